"""The tour names files and functions that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
SOURCES = [path for folder in ("model", "agents", "scenarios", "experiments") for path in (ROOT / folder).rglob("*.py")]


def test_every_file_and_folder_of_the_tour_exists():
    named = set(re.findall(r"`([a-z_]+/[a-z_/]*(?:[a-z_]+\.py)?)`", TOUR))
    assert len(named) > 15
    assert not [name for name in named if not (ROOT / name).exists()]


def test_every_function_and_class_of_the_tour_is_defined():
    """Names in back quotes that are neither paths, nor words of a funding file."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    written = {"term", "neutral_with", "python"}  # keys of funding files
    named = {
        name.split(".")[-1] for name in re.findall(r"`([A-Za-z_.]+)`", TOUR) if not name.endswith((".py", ".toml"))
    }
    named -= written | {"parquet"}
    assert len(named) > 30
    missing = [name for name in named if not re.search(rf"\b(def|class) {name}\b|^{name} = ", text, re.MULTILINE)]
    assert not missing
