"""Who gains and who loses: income by provider under two ways of paying, paired by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd

from ...model.errors import InputError
from ...model.place.place import Place
from .intervals import paired

OTHERS = {"social_care": "Social care", "community": "Community services"}  #: kinds that are one account


def providers(organisations: pd.DataFrame, first: str, other: str) -> pd.DataFrame:
    """Change in income by provider, largest gain first: kind, level (£ a year), change (%), low, high.

    ``organisations``: the table of all runs (``compare.frames``). Providers that are paid nothing under ``first`` are
    left out.
    """
    mean = cast(pd.Series, organisations.groupby(["organisation", "funding", "seed"], sort=False)["income"].mean())
    kinds = dict(zip(organisations["organisation"], organisations["kind"], strict=True))
    before, after = (
        cast(pd.DataFrame, cast(pd.Series, mean.xs(name, level="funding")).unstack("seed")) for name in (first, other)
    )
    rows = []
    for name in before.index:
        level = float(np.mean(before.loc[name].to_numpy(float)))
        if level > 0.0:
            found = paired(100.0 * np.subtract(after.loc[name], before.loc[name]) / level)
            rows.append((name, kinds[name], level, found.mean, found.low, found.high))
    table = pd.DataFrame(rows, columns=["organisation", "kind", "level", "change", "low", "high"])
    return table.sort_values("change", ascending=False, kind="stable", ignore_index=True)


def names(place: Place) -> dict[str, str]:
    """What providers are called, by code or id."""
    practices = dict(zip(place.practices["code"], place.practices["name"], strict=True))
    return practices | {site.id: site.name for site in place.file.hospitals} | OTHERS


def changes(table: pd.DataFrame, called: Mapping[str, str], each: int) -> list[tuple[str, float]]:
    """The largest gains and losses by name, in %, so many each; see ``providers``."""
    rows = ends(table, each).to_dict("records")
    return [(str(called.get(row["organisation"], row["organisation"])), float(row["change"])) for row in rows]


def ends(table: pd.DataFrame, each: int) -> pd.DataFrame:
    """The largest gains and losses, so many each; the whole table where it is no longer than that."""
    return table if len(table) <= 2 * each else pd.concat([table.iloc[:each], table.iloc[-each:]])


def places(organisations: pd.DataFrame, towns: Sequence[str], codes: Sequence[str]) -> pd.DataFrame:
    """Practice income, £ a year, by town (rows), way of paying and seed (columns); one town for each code.

    Raises:
        InputError: for results of a practice that has no town among ``codes``.
    """
    town = dict(zip(codes, towns, strict=True))
    own = cast(pd.DataFrame, organisations[organisations["kind"] == "practice"])
    for code in own["organisation"].unique():
        if code not in town:
            raise InputError(
                f"results have the practice '{code}', and the place's table of practices has not: results and place "
                "do not belong together"
            )
    own = own.assign(town=[town[code] for code in own["organisation"]])
    yearly = cast(pd.Series, own.groupby(["town", "funding", "seed", "year"], sort=False)["income"].sum())
    mean = cast(pd.Series, yearly.groupby(level=[0, 1, 2], sort=False).mean())
    return cast(pd.DataFrame, mean.unstack([1, 2]))
