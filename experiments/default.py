"""The place that commands begin with. Read here because importing the scenarios takes seconds, and help must not."""

import tomllib
from pathlib import Path

FILE = Path(__file__).parents[1] / "scenarios" / "default.toml"
PLACE: str = tomllib.loads(FILE.read_text(encoding="utf-8"))["place"]
