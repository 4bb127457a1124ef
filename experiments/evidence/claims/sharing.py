"""Claims about outcomes: shared with others, and measured on few people."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, ward

from ....model.contracts.contract import Contract
from ....model.contracts.terms.outcome import Outcome
from ....scenarios import load_place
from ...results.numbers import interval, probability, signed
from ...runs.spec import spec_of
from .claim import Answer, Claim, effect, verdict
from .runs import Arm, Results, shipped

USUAL = Arm("status_quo", 2, whole=True)  # two years, everyone simulated: a sample would change chance in small numbers
SIZES = (1, 2, 3, 5, 10, 25)  #: practices that share an indicator
#: as the funding file outcome_based pays for avoidable admissions, each practice for its own
OWN = Outcome(indicator="acsc_rate", start=1.30, target=0.85, per_head=1.0)


def responses(place: str, seed: int) -> dict[int, float]:
    """Mean change in proactive care for £60 a head on disease control, by the number of practices that share it."""
    practices = spec_of(place, USUAL.funding, seed).model().practices
    order = np.random.default_rng(seed).permutation(len(practices))
    k = practices.LEVERS.index("proactive")
    out = {}
    for n in (n for n in SIZES if n <= len(practices)):
        practices.lot = np.empty(len(practices), dtype=np.int64)
        practices.lot[order] = np.arange(len(practices)) // n
        practices.measure(np.zeros((len(practices.INDICATORS), len(practices))))
        term = Outcome(indicator="control", start=0.0, target=1.0, per_head=60.0, shared="lot")
        contract = Contract((*practices.contract, term))  # type: ignore[misc]
        best = practices.best_plan(contract, np.ones_like(practices.levers), free=(k,))
        out[n] = float(np.mean(best[:, k]) - 1.0)
    return out


def dilution(found: Results) -> Answer:
    """How the response to an indicator falls with the number of practices sharing it."""
    moves = [responses(found.place, seed) for seed in found.seeds]
    sizes = np.array(list(moves[0]))
    kept = np.array([[move[n] / move[1] for n in sizes] for move in moves])
    slope, low, high, _ = effect([np.polyfit(np.log(sizes), np.log(np.maximum(row, 1e-9)), 1)[0] for row in kept])
    *_, below = effect(kept[:, -1] - 1.0, -1.0)
    halves = "; ".join(f"{n} share it: {100 * x:.0f} %" for n, x in zip(sizes[1:], kept.mean(axis=0)[1:], strict=True))
    return Answer(
        slope, low, high, "elasticity of the response to the number who share", below,
        f"The response to a shared outcome falls with the number who share it at an elasticity of {signed(slope, 2)} "
        f"({interval(low, high, 2)}): compared with an unshared outcome, the response left when {halves} "
        f"(probability of any dilution {probability(below)}).",
        verdict(below),
    )  # fmt: skip


def _groups(found: Results, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Neighbouring practices merged into groups of about ``size`` people: group by practice, and lists."""
    table = load_place(found.place).practices.sort_values("code")
    lists = found.practices(USUAL, "list")[0, 0]
    points = table[["longitude", "latitude"]].to_numpy() * [np.cos(np.radians(51.0)), 1.0]
    if size <= 0.0 or len(points) < 2:
        return np.arange(len(points)), lists
    n = max(round(float(lists.sum()) / size), 1)
    return fcluster(ward(points), n, "maxclust") - 1, lists


def paid(found: Results, size: float = 0.0, keep: np.ndarray | None = None) -> np.ndarray:
    """Share of the payment for avoidable admissions that each group would be paid (seeds, years, groups)."""
    group, lists = _groups(found, size)
    did, expected = (found.practices(USUAL, c) for c in ("acsc_admissions", "expected_acsc"))
    error = shipped(found.place, "outcomes.acsc_measure_error") * np.sqrt(1000.0 / lists)
    noise = np.random.default_rng(1).standard_normal(did.shape)  # of coding and recording, by practice
    did = did * (1.0 + error * noise)
    first = np.zeros((lists.size, group.max() + 1))
    first[np.arange(lists.size), group] = 1.0
    rate = (did @ first) / (expected @ first)
    earned: Any = OWN.due({"acsc_rate": rate, "people_at_start": 1.0, "elapsed": 1.0})
    return earned if keep is None else earned[keep]


def luck_share(found: Results, size: float, leave: int | None = None) -> float:
    """Share of the variance in payment between groups, within a year, that is due to chance."""
    keep = np.array([k for k in range(len(found.seeds)) if k != leave])
    earned = paid(found, size, keep)
    luck = earned.var(axis=0, ddof=1).mean()
    if earned.shape[2] < 2:
        return float("nan")
    # groups' means over seeds still contain some chance variation
    between = max(earned.mean(axis=0).var(axis=1, ddof=1).mean() - luck / len(keep), 0.0)
    return float(luck / (luck + between))


def _jackknife(found: Results, size: float) -> tuple[float, float, float]:
    """The share due to chance, with a jackknife interval over seeds."""
    whole, n = luck_share(found, size), len(found.seeds)
    if n < 3:
        return whole, float("nan"), float("nan")
    each = np.array([luck_share(found, size, k) for k in range(n)])
    pseudo = n * whole - (n - 1) * each
    _, low, high, _ = effect(pseudo)
    return whole, float(np.clip(low, 0.0, 1.0)), float(np.clip(high, 0.0, 1.0))


def own_luck(found: Results) -> list[tuple[float, float]]:
    """Mean list and share due to chance in three size classes; the true variance is that of all practices."""
    earned = paid(found)
    luck = earned.var(axis=0, ddof=1).mean(axis=0)  # by practice
    between = max(earned.mean(axis=0).var(axis=1, ddof=1).mean() - luck.mean() / len(found.seeds), 0.0)
    lists = found.practices(USUAL, "list")[0, 0]
    parts = np.array_split(np.argsort(lists), min(3, lists.size))
    return [(float(lists[rows].mean()), float(luck[rows].mean() / (luck[rows].mean() + between))) for rows in parts]


def mostly_luck(found: Results) -> Answer:
    """The part of outcome payment due to chance, by list size and for networks of 50,000 people."""
    share, low, high = _jackknife(found, 0.0)
    sizes = ", ".join(f"{100 * part:.0f} % at {people:,.0f} people" for people, part in own_luck(found))
    total = float(found.practices(USUAL, "list")[0, 0].sum())
    scale = min(50_000.0, total / 2.0)
    network = luck_share(found, scale)
    spread = paid(found).std(axis=2).mean(), paid(found, scale).std(axis=2).mean()
    error = (high - low) / 2.0
    sure = 1.0 if low > 0.5 else 0.0 if high < 0.5 else float(np.clip(0.5 + (share - 0.5) / (2 * error), 0.0, 1.0))
    return Answer(
        100 * share, 100 * low, 100 * high, "% of the variance between practices in outcome payment", sure,
        f"Of the differences between practices in a year's payment for avoidable admissions, "
        f"{100 * share:.0f} % ({100 * low:.0f} to {100 * high:.0f}) are due to chance: {sizes}. In networks of "
        f"{scale:,.0f} "
        f"people {100 * network:.0f} % are, and payment varies {spread[1] / spread[0]:.2f} times as much as between "
        "practices.",
        verdict(sure, 1.0 if network < share else 0.0),
    )  # fmt: skip


CLAIMS = (
    Claim("dilution", "Outcomes shared across many providers are diluted by free riding", (), dilution),
    Claim("luck", "Outcome payments to small practices mostly reward chance, so that networks are needed for scale",
          (USUAL,), mostly_luck),
)  # fmt: skip
