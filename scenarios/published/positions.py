"""Where practices and hospitals lie: as published, by postcode, by network, or invented within the area."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from ..synthetic import KM_A_DEGREE, TOWN_SPREAD_KM
from .account import Account
from .area import Area

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))  #: radians: turns by it spread points evenly over a disc
POSTCODE = re.compile(r"([A-Z]{1,2})(\d[A-Z\d]?) ?(\d)[A-Z]{2}")


def parts(postcode: str) -> list[str]:
    """A postcode, its sector, district and area, from the smallest: TA1 1AA, TA1 1, TA1, TA."""
    found = POSTCODE.fullmatch(" ".join(postcode.upper().split()))
    if not found:
        return []
    area, district, sector = found.groups()
    return [postcode.upper().replace(" ", ""), f"{area}{district} {sector}", f"{area}{district}", area]


class Gazetteer:
    """Mean position of practices by postcode, sector, district and area, from files that have both."""

    def __init__(self, found: pd.DataFrame) -> None:
        self.at: dict[str, tuple[float, float]] = {}
        if not {"postcode", "latitude", "longitude"} <= set(found):
            return
        known = found.dropna(subset=["postcode", "latitude", "longitude"])
        keys = known["postcode"].map(parts)
        each = known[["latitude", "longitude"]].astype(float).assign(key=keys).explode("key").dropna()
        for key, latitude, longitude in each.groupby("key").mean().itertuples():
            self.at[str(key)] = (float(latitude), float(longitude))

    def look_up(self, postcode: str) -> tuple[float, float] | None:
        """Latitude and longitude of the smallest known part of a postcode; ``None`` where even its area is unknown."""
        return next((self.at[part] for part in parts(postcode) if part in self.at), None)


def placed(found: pd.DataFrame, gazetteer: Gazetteer, area: Area, account: Account) -> np.ndarray:
    """Latitude and longitude of practices (P, 2)."""
    out = found.reindex(columns=["latitude", "longitude"]).to_numpy(dtype=float, copy=True)
    unplaced = np.isnan(out).any(axis=1)
    for k in np.flatnonzero(unplaced):
        code = found["postcode"].iloc[k] if "postcode" in found else None
        out[k] = (isinstance(code, str) and gazetteer.look_up(code)) or (np.nan, np.nan)
    lacks = np.isnan(out).any(axis=1)
    account.fill(
        "position", int((unplaced & ~lacks).sum()), "the mean of practices that share most of the postcode", ""
    )
    if lacks.any() and not lacks.all():
        mean = out[~lacks].mean(axis=0)
        for k in np.flatnonzero(lacks):
            mine = ~lacks & _fellows(found, k)
            out[k] = out[mine].mean(axis=0) if mine.any() else mean
        account.fill("position", int(lacks.sum()), "the middle of the practice's network, or of the place", "")
    elif lacks.all():
        out = _invented(found, area)
        where = f"in {area.name}" if area.known else "around the mean of all areas"
        how = f"invented: networks spread evenly over a disc of {area.radius_km:.0f} km {where}"
        account.fill("position", len(out), how, f"{area.file}; add the allocation tool's file for real positions")
    return np.round(out, 4)


def _fellows(found: pd.DataFrame, k: int) -> np.ndarray:
    if "pcn" not in found or pd.isna(found["pcn"].iloc[k]):
        return np.zeros(len(found), dtype=bool)
    return (found["pcn"] == found["pcn"].iloc[k]).fillna(False).to_numpy(dtype=bool)


def _invented(found: pd.DataFrame, area: Area) -> np.ndarray:
    """Networks on a sunflower's spiral over the area's disc, their practices on a small one of their own."""
    networks = found["pcn"].fillna("") if "pcn" in found else pd.Series("", index=found.index)
    row, names = pd.factorize(networks)
    if len(names) == 1:
        row = np.arange(len(found))
    number = row.max() + 1
    within = pd.Series(row).groupby(row).cumcount().to_numpy()
    north, east = _spiral(row, number, area.radius_km)
    more_north, more_east = _spiral(within, int(within.max()) + 1, TOWN_SPREAD_KM)
    latitude = area.latitude + (north + more_north) / KM_A_DEGREE
    longitude = area.longitude + (east + more_east) / (KM_A_DEGREE * np.cos(np.radians(area.latitude)))
    return np.stack([latitude, longitude], axis=1)


def _spiral(row: np.ndarray, number: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    far = radius * np.sqrt((row + 0.5) / number)
    return far * np.sin(row * GOLDEN), far * np.cos(row * GOLDEN)
