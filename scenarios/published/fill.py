"""Fills in what files do not say of practices, and writes down how."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...model.parameters import Parameters
from ...model.place.place import BAND_COLUMNS, PEOPLE_COLUMNS, QUINTILE_COLUMNS, STAFF_COLUMNS
from ..synthetic import whole_rows
from .account import Account
from .area import Area
from .evidence import lists

LEAST_FTE = 0.05  #: GPs, full-time equivalents, of the smallest practice (assumed)
SPREAD = 0.2  #: of fifths around a practice's rank in deprivation: sd, in shares of all practices (assumed)
WEIGHTED = (("weighted", "weighted_of"), ("tool_weighted", "tool_of"))  #: weighted and plain lists, payments' first
STAFF = {"gp_fte": "gps", "nurse_fte": "nurses", "direct_care_fte": "direct_care", "admin_fte": "administrators"}


def people(found: pd.DataFrame, parameters: Parameters, account: Account) -> np.ndarray:
    """People (P, 14) by sex and age: as published, what is missing as in England."""
    shares = np.asarray(parameters.people.england_by_age, dtype=float)
    women = np.asarray(parameters.people.female_share, dtype=float)
    usual = np.concatenate([(1.0 - women) * shares, women * shares])
    usual = usual / usual.sum()
    given = found.reindex(columns=PEOPLE_COLUMNS).to_numpy(dtype=float)
    total = lists(found).to_numpy(dtype=float)
    lacks = np.isnan(given)
    none, some = lacks.all(axis=1), lacks.any(axis=1) & ~lacks.all(axis=1)
    if "registered" in found:
        published = found["registered"].to_numpy(dtype=float)
        total = np.where(some & ~np.isnan(published), np.maximum(published, np.nansum(given, axis=1)), total)
    rest = np.maximum(total - np.nansum(given, axis=1), 0.0)
    weight = np.where(lacks, usual, 0.0)
    fill = rest[:, None] * weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    source = "ONS, mid-year population estimates, 2015, in the baseline's people.toml"
    account.fill("people by age and sex", int(none.sum()), "the list, by the ages and sexes of England", source)
    account.fill("people of suppressed ages", int(some.sum()), "the rest of the list, by England's ages", source)
    return whole_rows(np.where(lacks, fill, given), np.round(total).astype(np.int64))


def staff(found: pd.DataFrame, size: np.ndarray, area: Area, account: Account) -> pd.DataFrame:
    """Staff (P, 4) in full-time equivalents: as published, or as per head in the place's others."""
    out = pd.DataFrame(index=found.index)
    for column in STAFF_COLUMNS:
        given = found[column].to_numpy(dtype=float) if column in found else np.full(len(found), np.nan)
        lacks = np.isnan(given)
        rate = float(getattr(area.shape, STAFF[column])) / 1000.0
        source = f"England's ratio, [synthetic] in {area.file.replace('_areas.csv', '.toml')}"
        if not lacks.all():
            rate, source = given[~lacks].sum() / size[~lacks].sum(), "the place's practices that responded"
        account.fill(column, int(lacks.sum()), f"{1000 * rate:.2f} per 1,000 people", source)
        out[column] = np.round(np.where(lacks, rate * size, given), 2)
    out["gp_fte"] = out["gp_fte"].clip(lower=LEAST_FTE)
    return out


def fifths(found: pd.DataFrame, size: np.ndarray, area: Area, account: Account) -> np.ndarray:
    """People (P, 5) by fifth of deprivation: counted, from the practice's rank, or the area's."""
    given = found.reindex(columns=QUINTILE_COLUMNS).to_numpy(dtype=float)
    counted = given.sum(axis=1) > 0
    rank = found["imd_rank"].to_numpy(dtype=float) if "imd_rank" in found else np.full(len(found), np.nan)
    ranked = ~counted & ~np.isnan(rank)
    middle = (np.arange(len(QUINTILE_COLUMNS)) + 0.5) / len(QUINTILE_COLUMNS)
    around = np.exp(-0.5 * ((np.nan_to_num(rank)[:, None] - middle) / SPREAD) ** 2)
    shares = np.where(ranked[:, None], around, area.fifths)
    shares = np.where(counted[:, None], np.nan_to_num(given), shares)
    shares = shares / shares.sum(axis=1, keepdims=True)
    account.fill(
        "fifths of deprivation", int(ranked.sum()),
        f"around the practice's rank by its score among all practices of the file, sd {SPREAD:g} of all ranks",
        "the practices' scores; the spread is assumed",
    )  # fmt: skip
    what = f"those of {area.name}" if area.known else "the mean of all areas"
    account.fill(
        "fifths of deprivation", int((~counted & ~ranked).sum()), f"{what}, the same for each practice", area.file
    )
    return whole_rows(shares * size[:, None], size.astype(np.int64))


def rural(found: pd.DataFrame, size: np.ndarray, area: Area, account: Account) -> np.ndarray:
    """1 for rural practices (P,): as published, or the smallest up to the area's rural share of people."""
    if "rural" in found and found["rural"].notna().any():
        given = found["rural"].astype(float)
        account.fill("rural", int(given.isna().sum()), "taken as urban", "")
        return given.fillna(0.0).to_numpy(dtype=np.int64)
    order = np.argsort(size, kind="stable")
    out = np.zeros(len(size), dtype=np.int64)
    out[order[np.cumsum(size[order]) <= area.rural * size.sum()]] = 1
    account.fill("rural", len(out), f"the smallest lists, up to {100 * area.rural:.0f} % of people", area.file)
    return out


def formula_weight(
    found: pd.DataFrame, counts: np.ndarray, parameters: Parameters, account: Account
) -> np.ndarray | None:
    """Weight in the formula for other things than age and sex (P,), from published weighted lists; mean 1."""
    weighted, of = next((pair for pair in WEIGHTED if pair[0] in found and found[pair[0]].notna().any()), ("", ""))
    if not weighted:
        return None
    by_age = np.asarray(parameters.general_practice.carr_hill_a, dtype=float)
    aged = (counts.reshape(-1, 2, len(BAND_COLUMNS)) * by_age).sum(axis=(1, 2)) / counts.sum(axis=1)
    ratio = (found[weighted] / found[of]).to_numpy(dtype=float)
    weight = ratio / aged
    lacks = ~np.isfinite(weight) | (weight <= 0)
    account.fill("formula_weight", int(lacks.sum()), "the place's mean", "")
    whole = aged * counts.sum(axis=1)
    weight = np.where(lacks, np.average(weight[~lacks], weights=whole[~lacks]), weight)
    return np.round(weight / np.average(weight, weights=whole), 4)
