"""What commands begin with. Kept here because importing the model takes seconds, and help must not."""

import tomllib
from pathlib import Path

FILE = Path(__file__).parents[1] / "scenarios" / "default.toml"
LONGEST = 4  #: variables in a loop that is listed, at most
PLACE: str = tomllib.loads(FILE.read_text(encoding="utf-8"))["place"]
