"""A synthetic place, drawn from a table of areas: invented practices, hospitals and councils of published shapes.

Everything is drawn from one seeded generator, so that the same file always gives the same place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ..model.errors import InputError
from ..model.parameters import Parameters
from ..model.people.population import origin
from ..model.place.place import BAND_COLUMNS, PEOPLE_COLUMNS, PRACTICE_COLUMNS, QUINTILE_COLUMNS
from .files import is_there
from .tables import Column, table, unique

AREA_COLUMNS = {
    **dict.fromkeys(("id", "name", "region"), Column(text=True, needed=True)),
    "latitude": Column(-90, 90), "longitude": Column(-180, 180), "radius_km": Column(0.1, 500),
    "registered": Column(1e-6), "rural": Column(0, 1), "over_65": Column(0, 1),
    **dict.fromkeys(QUINTILE_COLUMNS, Column()),
}  # fmt: skip
KM_A_DEGREE = 111.2
TOWN_PRACTICES = 8  #: practices in a town, on average (assumed)
TOWN_SPREAD_KM = 2.0  #: distance of practices from the centre of their town, sd (assumed)
AGE_SPREAD = 0.2  #: spread between practices of the share aged 65 and over, sd of its logarithm (assumed)
MIXING = 3.0  #: similarity in deprivation of an area's practices: concentration of a Dirichlet draw (assumed)
STAFF_SPREAD = 0.06  #: spread of staff around the number that the work needs, cv (assumed)
SMALLEST = 0.1  #: share of a hospital that is nearest to nobody, relative to the mean hospital's (assumed)


class Shape(BaseModel):
    """The ``[synthetic]`` table: numbers of providers, and how they vary."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    people: int = Field(gt=0, le=200_000_000)
    practices: int = Field(gt=0, le=20_000)
    hospitals: int = Field(gt=0, le=1_000)
    councils: int = Field(gt=0, le=1_000)
    list_cv: float = Field(gt=0, le=5)
    gps: float = Field(gt=0)
    nurses: float = Field(ge=0)
    direct_care: float = Field(ge=0)
    administrators: float = Field(ge=0)
    continuity_mean: float = Field(gt=0, lt=1)
    continuity_spread: float = Field(ge=0)
    style_cv: float = Field(ge=0)
    referral_cv: float = Field(ge=0)
    acute_beds: float = Field(gt=0)
    community_beds: float = Field(ge=0)
    margin: float = Field(gt=-1, lt=1)
    care_home_places: int | float = Field(gt=0)


def expanded(path: Path, raw: dict[str, Any], parameters: Parameters) -> tuple[dict[str, Any], pd.DataFrame]:
    """A place file with a table of ``areas`` as an ordinary one, and its table of practices.

    Raises:
        InputError: when the table of areas cannot be read or a column is missing.
        pydantic.ValidationError: when the ``[synthetic]`` table is not as it should be.
    """
    raw = dict(raw)
    shape = Shape.model_validate(raw.pop("synthetic", {}))
    areas = areas_of(path, str(raw.pop("areas")))
    rng = np.random.default_rng(origin(path.stem))
    n = {what: _divided(areas, getattr(shape, what)) for what in ("practices", "hospitals", "councils")}
    hospitals = _sites(areas, n["hospitals"], rng, "hospital")
    councils = _sites(areas, n["councils"], rng, "council")
    practices = _practices(areas, n["practices"], shape, parameters, hospitals, councils, rng)
    people = practices[PEOPLE_COLUMNS].sum(axis=1).to_numpy(dtype=float)
    note = {"status": "assumed", "source": "drawn; see the place file"}
    near = _nearest(practices, hospitals)
    share = np.maximum(np.bincount(near, people, minlength=len(hospitals)), SMALLEST * people.sum() / len(hospitals))
    share = share / share.sum()
    raw["lots"] = sorted(set(areas.region))
    raw["practices"] = path.name
    size = share * shape.people / 1000.0
    raw["hospitals"] = [
        {"id": x["id"], "name": x["name"], "town": x["town"], "latitude": x["latitude"], "longitude": x["longitude"],
         "share": float(share[k]), "acute_beds": float(size[k] * shape.acute_beds),
         "community_beds": float(size[k] * shape.community_beds), "beds_total": float(size[k] * shape.acute_beds),
         "margin": shape.margin, **note}
        for k, x in enumerate(hospitals)
    ]  # fmt: skip
    old = (
        practices[[c for c in PEOPLE_COLUMNS if c.endswith(("65_74", "75_84", "85"))]].sum(axis=1).to_numpy(dtype=float)
    )
    row = pd.Index([x["id"] for x in councils]).get_indexer(list(practices["council"]))
    places = np.bincount(row, old, minlength=len(councils)) / 1000.0 * shape.care_home_places
    raw["councils"] = [
        {"id": x["id"], "name": x["name"], "latitude": x["latitude"], "longitude": x["longitude"],
         "care_home_places": max(float(places[k]), 1.0), **note}
        for k, x in enumerate(councils)
    ]  # fmt: skip
    raw["commissioners"] = [
        {"id": a["id"], "name": f"{a['name']} commissioner", "latitude": a["latitude"], "longitude": a["longitude"],
         **note}
        for a in areas.to_dict("records")
    ]  # fmt: skip
    return raw, practices


def areas_of(place: Path, name: str) -> pd.DataFrame:
    """The table of areas that a place file names.

    Raises:
        InputError: when there is no such file, or it cannot be used.
    """
    path = place.parent / name
    if not is_there(path):
        missing = f"{place.name}: areas: {name}: no such file"
        raise InputError(f"{missing}; the table of areas is read from beside the place's TOML file")
    areas = table(path, AREA_COLUMNS, (), "areas")
    for column in ("id", "name"):
        unique(f"{path.name}: {column}", areas[column])
    empty = areas.loc[areas[QUINTILE_COLUMNS].sum(axis=1) <= 0.0, "id"]
    if len(empty):
        raise InputError(f"{path.name}: {empty.iloc[0]}: imd1 to imd5: expected people in one of them, got none")
    return areas


def _divided(areas: pd.DataFrame, total: int) -> np.ndarray:
    """Divide a total among areas in proportion to people, at least one each (largest remainders)."""
    people = areas.registered.to_numpy(dtype=float)
    exact = 1.0 + people / people.sum() * max(total - len(areas), 0)
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: max(total, len(areas)) - whole.sum()]] += 1
    return whole


def spots(areas: pd.DataFrame, row: np.ndarray, far: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude at a share ``far`` of an area's radius from its centre."""
    latitude, longitude, radius = (areas[c].to_numpy(dtype=float)[row] for c in ("latitude", "longitude", "radius_km"))
    north = far * radius * np.sin(angle) / KM_A_DEGREE
    east = far * radius * np.cos(angle) / (KM_A_DEGREE * np.cos(np.radians(latitude)))
    return latitude + north, longitude + east


def _sites(areas: pd.DataFrame, number: np.ndarray, rng: np.random.Generator, kind: str) -> list[dict[str, Any]]:
    """Hospitals or councils: the first near the centre of each area, the others around it."""
    row = np.repeat(np.arange(len(areas)), number)
    count = np.concatenate([np.arange(n) for n in number])
    far = np.where(count == 0, 0.1, 0.35 + 0.45 * rng.random(row.size))
    turn = 2.0 * np.pi * (count / np.maximum(number[row] - 1, 1) + rng.random(row.size) * 0.1)
    latitude, longitude = spots(areas, row, far, turn)
    return [
        {"id": f"{areas.id[a]}_{kind}_{k + 1}", "name": f"{areas.name[a]} {kind} {k + 1}", "town": areas.name[a],
         "area": int(a), "latitude": round(float(y), 4), "longitude": round(float(x), 4)}
        for a, k, y, x in zip(row, count, latitude, longitude, strict=True)
    ]  # fmt: skip


def _practices(
    areas: pd.DataFrame,
    number: np.ndarray,
    shape: Shape,
    parameters: Parameters,
    hospitals: list[dict[str, Any]],
    councils: list[dict[str, Any]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The table of practices, with the council and the commissioner of each."""
    row = np.repeat(np.arange(len(areas)), number)
    n = row.size
    latitude, longitude, town = _towns(areas, number, rng)
    sigma = np.sqrt(np.log1p(shape.list_cv**2))
    size = np.exp(rng.normal(0.0, sigma, n))
    size *= (areas.registered.to_numpy(dtype=float) / np.bincount(row, size))[row]
    lists = _whole(size / size.sum() * shape.people, shape.people)
    people = _ages(areas.over_65.to_numpy(dtype=float)[row], lists, parameters, rng)
    table = pd.DataFrame(people.reshape(n, -1), columns=PEOPLE_COLUMNS)
    quintiles = areas[QUINTILE_COLUMNS].to_numpy(dtype=float)[row]
    parts = rng.gamma(np.maximum(quintiles / quintiles.sum(axis=1, keepdims=True), 0.01) * MIXING)
    parts = np.maximum(parts / parts.sum(axis=1, keepdims=True) * lists[:, None], 0.0)
    table[QUINTILE_COLUMNS] = np.round(parts).astype(np.int64)
    rate = parameters.general_practice.consultation_rate
    need = (people * rate).sum(axis=(1, 2))
    need = need / need.sum() * shape.people
    spread = lambda cv: np.exp(rng.normal(-0.5 * cv**2, cv, n))  # noqa: E731
    table["consultation_style"] = np.round(spread(shape.style_cv), 3)
    table["referral_style"] = np.round(spread(shape.referral_cv), 3)
    work = need * table["consultation_style"].to_numpy() / 1000.0
    for column, ratio in (("gp_fte", shape.gps), ("nurse_fte", shape.nurses), ("direct_care_fte", shape.direct_care),
                          ("admin_fte", shape.administrators)):  # fmt: skip
        table[column] = np.round(np.maximum(work * ratio * spread(STAFF_SPREAD), 0.05), 2)
    table["continuity"] = np.round(np.clip(rng.normal(shape.continuity_mean, shape.continuity_spread, n), 0.2, 0.95), 2)
    table["code"] = [f"E{k + 1:05d}" for k in range(n)]
    name = areas.name.to_numpy()[row]
    table["town"] = [f"{a} {t + 1}" for a, t in zip(name, town, strict=True)]
    table["name"] = [f"{a} practice {k + 1}" for a, k in zip(name, _within(number), strict=True)]
    table["lot"] = areas.region.to_numpy()[row]
    table["latitude"], table["longitude"] = np.round(latitude, 4), np.round(longitude, 4)
    table["commissioner"] = areas.id.to_numpy()[row]
    near = _nearest(table, councils, row)
    table["council"] = [councils[k]["id"] for k in near]
    table["rural"] = _rural(areas, row, table, hospitals)
    return cast(pd.DataFrame, table[[*PRACTICE_COLUMNS, "council", "commissioner"]])


def _within(number: np.ndarray) -> np.ndarray:
    return np.concatenate([np.arange(n) for n in number])


def _towns(
    areas: pd.DataFrame, number: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Latitude and longitude of practices, (P,) each, and the number of their town within its area, (P,).

    Towns are spread evenly over the area; their sizes fall with rank (Zipf 1949), the largest in the middle.
    """
    latitude, longitude, town = [], [], []
    for a, n in enumerate(number):
        towns = max(int(n) // TOWN_PRACTICES, 2)
        far = np.sqrt(rng.random(towns)) * np.where(np.arange(towns) == 0, 0.15, 1.0)
        y, x = spots(areas, np.full(towns, a), far, 2.0 * np.pi * rng.random(towns))
        weight = 1.0 / (np.arange(towns) + 2.0)
        mine = np.sort(rng.choice(towns, size=int(n), p=weight / weight.sum()))
        jitter = rng.normal(0.0, TOWN_SPREAD_KM, (2, int(n)))
        latitude.append(y[mine] + jitter[0] / KM_A_DEGREE)
        longitude.append(x[mine] + jitter[1] / (KM_A_DEGREE * np.cos(np.radians(y[mine]))))
        town.append(mine)
    return np.concatenate(latitude), np.concatenate(longitude), np.concatenate(town)


def _whole(exact: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers that add to ``total``, by largest remainders."""
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def _ages(over_65: np.ndarray, lists: np.ndarray, parameters: Parameters, rng: np.random.Generator) -> np.ndarray:
    """People (P, 2, bands) of each list: England's ages, scaled to the practice's share of people aged 65 and over."""
    england = np.asarray(parameters.people.england_by_age, dtype=float)
    england = england / england.sum()
    old = np.arange(len(BAND_COLUMNS)) >= 4
    share = np.clip(over_65 * np.exp(rng.normal(0.0, AGE_SPREAD, lists.size)), 0.02, 0.5)
    by_band = np.where(old, england / england[old].sum() * share[:, None], 0.0)
    by_band += np.where(~old, england / england[~old].sum() * (1.0 - share)[:, None], 0.0)
    women = parameters.people.female_share
    exact = np.stack([by_band * (1.0 - women), by_band * women], axis=1).reshape(lists.size, -1) * lists[:, None]
    return whole_rows(exact, lists).reshape(lists.size, 2, len(BAND_COLUMNS))


def whole_rows(exact: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Whole numbers like ``exact`` (P, n), each row of which adds to its total (P,), by largest remainders."""
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(np.argsort(whole - exact, axis=1, kind="stable"), axis=1, kind="stable")
    return whole + (order < (totals - whole.sum(axis=1))[:, None])


def _nearest(practices: pd.DataFrame, sites: list[dict[str, Any]], area: np.ndarray | None = None) -> np.ndarray:
    """Row of the nearest site (P,); with ``area`` (P,), the nearest one of the practice's own area."""
    y, x = (practices[c].to_numpy(dtype=float)[:, None] for c in ("latitude", "longitude"))
    sy, sx = (np.array([s[c] for s in sites])[None] for c in ("latitude", "longitude"))
    away = (y - sy) ** 2 + ((x - sx) * np.cos(np.radians(y))) ** 2
    if area is not None:
        away = np.where(area[:, None] == np.array([s["area"] for s in sites])[None], away, np.inf)
    return away.argmin(axis=1)


def _rural(areas: pd.DataFrame, row: np.ndarray, table: pd.DataFrame, hospitals: list[dict[str, Any]]) -> np.ndarray:
    """1 for the practices farthest from a hospital, up to the area's rural share; 0 for the others."""
    near = _nearest(table, hospitals)
    sy, sx = (np.array([s[c] for s in hospitals])[near] for c in ("latitude", "longitude"))
    away = np.hypot(table.latitude.to_numpy() - sy, (table.longitude.to_numpy() - sx) * 0.62)
    out = np.zeros(row.size, dtype=np.int64)
    for a, share in enumerate(areas.rural.to_numpy(dtype=float)):
        mine = np.flatnonzero(row == a)
        out[mine[np.argsort(-away[mine], kind="stable")[: round(share * mine.size)]]] = 1
    return out
