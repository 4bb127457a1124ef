"""Makes docs/structure.md and its drawings from the stocks, flows and links that the code declares."""

from pathlib import Path

from fundingflows.experiments.figures.structure import write
from fundingflows.scenarios import load_baseline

if __name__ == "__main__":
    write(Path(__file__).parent, load_baseline("2015_16").parameters)
