"""A place: practices, hospitals, councils and commissioners on a map, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ..baseline import Baseline

BAND_COLUMNS = ("0_4", "5_14", "15_44", "45_64", "65_74", "75_84", "85")
PEOPLE_COLUMNS = [f"{sex}_{band}" for sex in "mf" for band in BAND_COLUMNS]
QUINTILE_COLUMNS = [f"imd{q}" for q in range(1, 6)]
STAFF_COLUMNS = ["gp_fte", "nurse_fte", "direct_care_fte", "admin_fte"]
PRACTICE_COLUMNS = [
    "code", "name", "town", "lot", "latitude", "longitude", "rural", *STAFF_COLUMNS,
    "continuity", "consultation_style", "referral_style", *QUINTILE_COLUMNS, *PEOPLE_COLUMNS,
]  # fmt: skip
REACH_KM = 120.0  #: a practice needs a hospital nearer than this


class _Site(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class HospitalSite(_Site):
    """A hospital as the place sees it. ``acute_beds`` serve the place; ``beds_total`` serve everybody."""

    town: str = ""
    neighbour: bool = False
    share: float = Field(gt=0, le=1)
    acute_beds: float = Field(gt=0)
    community_beds: float = Field(ge=0, default=0)
    beds_total: float = Field(gt=0)
    margin: float = Field(gt=-1, lt=1)
    status: str
    source: str


class CouncilSite(_Site):
    """A council area with its care-home places."""

    care_home_places: float = Field(gt=0)
    status: str
    source: str


class CommissionerSite(_Site):
    """A commissioner of health care."""

    status: str = "assumed"
    source: str = ""


class PlaceFile(BaseModel):
    """A place file as written (see ``scenarios/places``)."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    title: str
    description: str
    vintage: str
    source: str
    status: str
    practices: str
    baseline: str = Field(min_length=1)
    starts: date
    lots: list[str] = Field(min_length=1)
    need_factor: float = Field(gt=0, le=100)
    resident_share: float = Field(gt=0, le=1.2)
    set: dict[str, float | dict[str, float]] = Field(
        {}, description="numbers of the baseline that are others here, by path: a number, or { multiply = 1.1 }"
    )
    hospitals: list[HospitalSite] = Field(min_length=1)
    councils: list[CouncilSite] = Field(min_length=1)
    commissioners: list[CommissionerSite] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class Place:
    """A place ready for use: the file, its practices (one row each), its baseline year, and a digest of the whole.

    The baseline's parameters are those of the place: with what the file sets.

    Places are equal when their digests are.
    """

    id: str
    file: PlaceFile
    practices: pd.DataFrame
    baseline: Baseline
    sample: float = 1.0

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the place and its baseline's parameters; its first day only dates the changes of funding files."""
        text = (
            self.file.model_dump_json(exclude={"starts", "set"})
            + self.practices.to_csv(index=False)
            + f"{self.sample:.6f}"
        )
        text += self.baseline.parameters.digest
        return sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.digest == other.digest

    @cached_property
    def people(self) -> np.ndarray:
        """Registered people (practice, sex, age band). To be read only."""
        counts = self.practices[PEOPLE_COLUMNS].to_numpy(dtype=np.int64)
        counts = counts.reshape(len(self.practices), 2, len(BAND_COLUMNS))
        counts.flags.writeable = False
        return counts

    @cached_property
    def council(self) -> np.ndarray:
        """Row of the council whose area each practice lies in, (P,)."""
        return self._row_of("council", [site.id for site in self.file.councils])

    @cached_property
    def commissioner(self) -> np.ndarray:
        """Row of the commissioner that each practice belongs to, (P,)."""
        return self._row_of("commissioner", [site.id for site in self.file.commissioners])

    @cached_property
    def lot(self) -> np.ndarray:
        """Row of the lot that each practice belongs to, (P,)."""
        return self._row_of("lot", self.file.lots)

    @cached_property
    def formula_weight(self) -> np.ndarray:
        """Weight of each practice (P,) in Carr-Hill formulas for other things than age, sex and care homes."""
        if "formula_weight" not in self.practices:
            return np.ones(len(self.practices))
        return self.practices["formula_weight"].to_numpy(dtype=float)

    def _row_of(self, column: str, ids: list[str]) -> np.ndarray:
        if column not in self.practices:
            return np.zeros(len(self.practices), dtype=np.int64)
        return pd.Index(ids).get_indexer(list(self.practices[column])).astype(np.int64)

    @cached_property
    def registered(self) -> int:
        """People registered in all."""
        return int(self.people.sum())

    def distances(self) -> np.ndarray:
        """Kilometres from each practice to each hospital, (P, H), along great circles."""
        here = np.radians(self.practices[["latitude", "longitude"]].to_numpy(dtype=float))[:, None]
        there = np.radians([[h.latitude, h.longitude] for h in self.file.hospitals])[None]
        half = (there - here) / 2.0
        chord = np.sin(half[..., 0]) ** 2
        chord += np.cos(here[..., 0]) * np.cos(there[..., 0]) * np.sin(half[..., 1]) ** 2
        return 2.0 * 6371.0 * np.arcsin(np.sqrt(chord))
