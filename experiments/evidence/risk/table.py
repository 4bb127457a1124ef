"""How far budgets end from what their people cost: by chance, and by what the formula misses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from ...results.numbers import pounds
from .spending import ADJUSTED, COSTLIEST

SIZES = (10_000, 50_000, 250_000, 500_000)  #: a practice, a neighbourhood, several of them, an area
LOSS = 0.02  #: share of the budget; how often it is overspent by more is shown
COVERED = 0.95  #: of results lie within the range shown
COLUMNS = {
    "people": "People", "adjusted": "Budget", "part": "Pool", "chance": "Chance, sd",
    "formula": "Formula, sd", "range": "95 % of results", "loss": f"Overspent by more than {100 * LOSS:g} %",
    "pooled": "It pays",
}  # fmt: skip


def table(rows: Sequence[Mapping[str, Any]], sizes: Sequence[int] = SIZES) -> pd.DataFrame:
    """One row for each size, way to divide the budget and pool; figures are shares of the mean spending on a person.

    ``chance``: standard deviation of a group's result from the luck of its people, which falls with the root of their
    number: the pooled variance of persons about their practice's mean. ``formula``: that of what the formula misses in
    a group, year after year, a random effect of practices: the covariance over seeds of their results, as chance is
    independent between seeds, over the number of practices of mean size, weighted by people, that make up the group.
    ``loss``: how often a group overspends by more than ``LOSS``, both normal.
    """
    people = np.mean([json.loads(row["people"]) for row in rows], axis=0)
    mean = float(np.mean([row["mean"] for row in rows]))
    share = people / people.sum()
    typical = float(share @ people)  # size of the practice that a person is registered with, on average
    out = []
    for how in ADJUSTED:
        for part in COSTLIEST:
            found = [json.loads(row["results"])[f"{how}/{part:g}"] for row in rows]
            person = float(np.mean([one["variance"] for one in found]))
            practice = between(np.array([one["result"] for one in found]), share)
            pooled = float(np.mean([one["pooled"] for one in found]))
            for size in sizes:
                chance, formula = np.sqrt(person / size) / mean, np.sqrt(practice * min(typical / size, 1.0)) / mean
                spread = float(np.hypot(chance, formula))
                out.append({
                    "people": size, "adjusted": how, "part": part, "chance": chance, "formula": formula,
                    "range": float(norm.ppf(0.5 + COVERED / 2)) * spread, "loss": float(norm.sf(LOSS / spread)),
                    "pooled": pooled / mean, "mean": mean, "above": float(np.mean([one["above"] for one in found])),
                })  # fmt: skip
    return pd.DataFrame(out)


def between(results: np.ndarray, share: np.ndarray) -> float:
    """Variance of practices' lasting results, from results (seeds, P) and shares of people (P,): not below 0.

    The mean over pairs of seeds of the product of two seeds' deviations: chance cancels, since it is independent.
    """
    apart = results - (results @ share)[:, None]
    total = apart.sum(axis=0)
    products = (total**2 - (apart**2).sum(axis=0)) / (len(apart) * (len(apart) - 1))
    return max(float(products @ share), 0.0)


def cells(row: Mapping[str, Any]) -> list[str]:
    """A row as it is read."""
    return [
        f"{row['people']:,}", ADJUSTED[row["adjusted"]],
        f"above {pounds(row['above'])} a person" if row["part"] else "none",
        f"{100 * row['chance']:.2f} %", f"{100 * row['formula']:.2f} %", f"±{100 * row['range']:.1f} %",
        f"{100 * row['loss']:.0f} %", f"{100 * row['pooled']:.0f} %" if row["part"] else "",
    ]  # fmt: skip


def finding(rows: pd.DataFrame) -> str:
    """What the table says, in two sentences."""
    sizes = rows["people"].to_numpy(int)
    few, many = int(sizes.min()), int(sizes.max())
    own = rows[rows["adjusted"] == "age"].set_index(["people", "part"])
    one, other, pooled = own.loc[(few, 0.0)], own.loc[(many, 0.0)], own.loc[(few, max(COSTLIEST))]
    return (
        f"In 19 years of 20 a budget by age and sex for {few:,} people ends within ±{100 * one['range']:.1f} % "
        f"of what they cost, one for {many:,} within ±{100 * other['range']:.1f} %. A pool for the costliest "
        f"{100 * max(COSTLIEST):g} % narrows the first to ±{100 * pooled['range']:.1f} %."
    )
