"""What is known of a board's area when files say nothing: the shipped table of areas, and the shape of practices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...model.place.place import QUINTILE_COLUMNS
from ...model.reading import toml
from ..files import FOLDER
from ..synthetic import Shape, areas_of
from .choose import plain

ALIKE = 0.8  #: likeness of two names of one board


@dataclass(frozen=True)
class Area:
    """Where an area lies and what it is like; ``known``: whether it is the board's own, not the mean of all.

    ``fifths``: shares of people by national fifth of deprivation, (5,). ``need`` and ``residents`` are the drawn
    place's ``need_factor`` and ``resident_share``, ``numbers`` what it ``set``s of the baseline's.
    """

    name: str
    known: bool
    latitude: float
    longitude: float
    radius_km: float
    rural: float
    fifths: np.ndarray
    shape: Shape
    need: float
    residents: float
    numbers: Mapping[str, Any]
    file: str


def area_of(board: str, baseline: str) -> Area:
    """The area of a board by its name, or the mean of all areas, weighted by people."""
    path = _drawn(baseline)
    raw = toml(path)
    areas = areas_of(path, str(raw["areas"]))
    shape = Shape.model_validate(raw["synthetic"])
    likeness = areas["name"].map(lambda name: SequenceMatcher(None, plain(name), plain(board)).ratio())
    known = bool(plain(board)) and likeness.max() >= ALIKE
    if known:
        row = areas.loc[likeness.idxmax()]
    else:
        numbers = areas.select_dtypes("number")
        weight = areas["registered"].to_numpy(dtype=float)
        row = pd.Series(np.average(numbers, axis=0, weights=weight), index=numbers.columns)
    fifths = row[QUINTILE_COLUMNS].to_numpy(dtype=float)
    return Area(
        str(row["name"]) if known else str(raw["title"]), known, float(row["latitude"]), float(row["longitude"]),
        float(row["radius_km"]), float(row["rural"]), fifths / fifths.sum(), shape, float(raw["need_factor"]),
        float(raw["resident_share"]), raw.get("set", {}), str(raw["areas"]),
    )  # fmt: skip


def _drawn(baseline: str) -> Path:
    """The shipped place that is drawn from areas; of several, the one of the baseline year."""
    drawn = {path: toml(path) for path in sorted((FOLDER / "places").glob("*.toml"))}
    drawn = {path: raw for path, raw in drawn.items() if "areas" in raw}
    return next((path for path, raw in drawn.items() if raw["baseline"] == baseline), next(iter(drawn)))
