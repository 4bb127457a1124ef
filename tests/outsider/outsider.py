"""Runs every file of the outsider that can be run: ``python tests/outsider/outsider.py``.

The tests check all of them and run a few; this takes a minute or two.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fundingflows.experiments.evidence.natural import answer, study, validate

FILES = sorted((Path(__file__).parent / "files").glob("*.toml"))
REFUSED = "# refused: "


def expected(file: Path) -> str:
    """What the refusal of a file must say; nothing for one that can be run."""
    first = file.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix(REFUSED) if first.startswith(REFUSED) else ""


def main() -> int:
    """Print a line for each outcome; 1 when a run failed or a figure is missing."""
    with TemporaryDirectory() as folder:
        answers = validate.validate([study.read(f) for f in FILES if not expected(f)], Path(folder), say=lambda _: None)
    table = answer.table(answers)
    print(table[["row", "outcome", "simulated", "verdict"]].to_string(index=False))
    bad = table["simulated"].isna() | (table["row_verdict"] == "error")
    return int(bad.any())


if __name__ == "__main__":
    sys.exit(main())
