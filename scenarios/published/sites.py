"""Hospitals, councils and commissioners of a place, from published files or in England's proportions."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.cluster.vq import kmeans2

from ...model.parameters import Parameters
from .account import Account
from .area import Area

FEWEST = 20_000  #: people of a council's practices; those of a smaller one belong to the largest (assumed)
OLD = 4  #: the first age band of 65 and over
RATIOS = "England's ratio, [synthetic] of the drawn place"


def identity(name: str) -> str:
    """A name as the ``id`` of a site: small letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def in_beds(counts: np.ndarray, parameters: Parameters) -> np.ndarray:
    """People of each practice as their nights in hospital count, (P,): a person of England's mean age is one.

    ``counts``: people (P, 14) by sex and age band. Nights are those of emergencies that stay and of planned admissions.
    """
    care = parameters.hospital
    overnight = (
        np.asarray(care.emergency_rate) * (1.0 - np.asarray(care.zero_day_share)) * np.asarray(care.overnight_stay)
    )
    nights = overnight + np.asarray(care.inpatient_rate) * np.asarray(care.inpatient_stay)
    england = np.average(nights, weights=np.asarray(parameters.people.england_by_age, dtype=float))
    return counts.reshape(len(counts), 2, -1).sum(axis=1) @ nights / england


def hospitals(
    practices: pd.DataFrame, size: np.ndarray, used: np.ndarray, name: str, area: Area, account: Account
) -> list[dict[str, Any]]:
    """Hospitals where people live, as many as England has for so many people, with its beds for people of these ages.

    ``size``: people of each practice, ``used``: as their nights in hospital count, (P,).
    """
    shape = area.shape
    number = max(round(size.sum() * shape.hospitals / shape.people), 1)
    spots = practices[["latitude", "longitude"]].to_numpy(dtype=float)
    number = min(number, len(np.unique(spots, axis=0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty cluster, which is left out below
        centres, nearest = kmeans2(spots, number, minit="++", rng=np.random.default_rng(0))
    share = np.bincount(nearest, used, minlength=number)
    account.fill("hospitals", number, "one for each cluster of practices, of invented name and place", RATIOS)
    sites = [{"name": f"Hospital {k + 1} of {name}", "at": centres[k], "share": share[k]} for k in range(number)]
    return with_beds([site for site in sites if site["share"] > 0], size, used, area, account, "assumed", RATIOS)


def with_beds(
    sites: list[dict[str, Any]],
    size: np.ndarray,
    used: np.ndarray,
    area: Area,
    account: Account,
    status: str,
    source: str,
) -> list[dict[str, Any]]:
    """Hospitals as a place file has them, with England's beds for people of these ages by their part of the work."""
    shape, whole, people = area.shape, sum(site["share"] for site in sites), float(used.sum())
    older = f"{people / size.sum():.2f} times as many nights as England's for so many people, by age"
    beds = f"{shape.acute_beds:g} acute and {shape.community_beds:g} step-down beds per 1,000 people and {older}"
    account.fill("beds", len(sites), f"{beds}, by each hospital's share of the place's work", RATIOS)
    account.fill("hospitals' margin", len(sites), f"{100 * shape.margin:g} % of income", RATIOS)
    out = []
    for site in sites:
        share = site["share"] / whole
        acute = share * people / 1000.0 * shape.acute_beds
        out.append({
            "id": identity(site.get("id", site["name"])), "name": site["name"],
            "latitude": round(float(site["at"][0]), 4), "longitude": round(float(site["at"][1]), 4),
            "neighbour": bool(site.get("neighbour", False)), "share": round(float(share), 6),
            "acute_beds": round(acute, 1), "community_beds": round(share * people / 1000.0 * shape.community_beds, 1),
            "beds_total": round(acute, 1), "margin": shape.margin, "status": status, "source": source,
        })  # fmt: skip
    return out


def councils(
    found: pd.DataFrame, practices: pd.DataFrame, counts: np.ndarray, name: str, area: Area, account: Account
) -> tuple[list[dict[str, Any]], list[str]]:
    """Councils with their care-home places, and the council of each practice."""
    named = found["council_name"].fillna("") if "council_name" in found else pd.Series("", index=found.index)
    size = counts.sum(axis=1)
    people = pd.Series(size, index=found.index).groupby(named).sum().drop("", errors="ignore").sort_values()
    whole = f"{name} council" if people.empty else str(people.index[-1])
    small = [str(one) for one in people.index if people[one] < FEWEST and one != whole]
    if small:
        account.notes.append(f"Practices in {', '.join(small)} count with {whole}: too few for a council of their own.")
    if people.empty:
        account.fill("councils", 1, "one council for the whole place", "")
    of = named.where(~named.isin([*small, ""]), whole)
    old = pd.Series(counts.reshape(len(found), 2, -1)[:, :, OLD:].sum(axis=(1, 2)), index=found.index)
    rate = area.shape.care_home_places
    account.fill("care-home places", of.nunique(), f"{rate:g} per 1,000 people aged 65 and over", RATIOS)
    sites = []
    for one in sorted(of.unique()):
        mine = (of == one).to_numpy()
        at = np.average(practices.loc[mine, ["latitude", "longitude"]], axis=0, weights=size[mine])
        places = max(round(float(old[mine].sum()) / 1000.0 * rate, 1), 1.0)
        sites.append({
            "id": identity(one), "name": one, "latitude": round(float(at[0]), 4), "longitude": round(float(at[1]), 4),
            "care_home_places": places, "status": "assumed", "source": RATIOS,
        })  # fmt: skip
    return sites, [identity(one) for one in of]


def commissioners(
    found: pd.DataFrame, practices: pd.DataFrame, size: np.ndarray, name: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """One commissioner for each board, and that of each practice."""
    codes = found["icb"].fillna("") if "icb" in found else pd.Series("", index=found.index)
    names = found["icb_name"].fillna(codes) if "icb_name" in found else codes
    of = pd.Series([one or code or f"{name} board" for one, code in zip(names, codes, strict=True)], index=found.index)
    sites = []
    for one in sorted(of.unique()):
        mine = (of == one).to_numpy()
        at = np.average(practices.loc[mine, ["latitude", "longitude"]], axis=0, weights=size[mine])
        sites.append({
            "id": f"board_{identity(one)}", "name": one, "latitude": round(float(at[0]), 4),
            "longitude": round(float(at[1]), 4),
        })  # fmt: skip
    return sites, [f"board_{identity(one)}" for one in of]
