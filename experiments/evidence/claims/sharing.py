"""Claims about outcomes: shared with others, and measured on few people."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, ward

from ....model.contracts.contract import Contract
from ....model.contracts.terms.outcome import Outcome
from ....scenarios import load_place
from ...results.numbers import interval, number, probability, signed
from ...runs.spec import RunSpec
from .claim import Answer, Claim, verdict
from .runs import Arm, Results, shipped

USUAL = Arm(
    "status_quo", 2, whole=True, seeds=2
)  # two years, everyone simulated: a sample would change chance in small numbers
SIZES = (1, 2, 3, 5, 10, 25)  #: practices that share an indicator
HARDLY = 0.01  #: of a response that is left; whoever answers less counts as this, since nothing has no logarithm
#: as the funding file outcome_based pays for avoidable admissions, each practice for its own
OWN = Outcome(indicator="acsc_rate", start=1.30, target=0.85, per_head=1.0)


def responses(run: RunSpec) -> dict[int, float]:
    """Mean change in proactive care for £60 a head on disease control, by the number of practices that share it."""
    practices = run.model().practices
    order = np.random.default_rng(run.seed).permutation(len(practices))
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


def elasticity(sizes: np.ndarray, kept: np.ndarray) -> float:
    """Elasticity of the response to the number who share, by ``sizes`` (n,) and the share ``kept`` (n,) of it."""
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(kept, HARDLY)), 1)[0])


def dilution(found: Results) -> Answer:
    """How the response to an indicator falls with the number of practices sharing it."""
    # at a draw of numbers one seed says as much as all
    each = [(k, found.seeds[0]) for k in range(len(found.draws))] if found.draws else found.cases
    moves = [responses(found.spec(USUAL, case)) for case in each]
    sizes = np.array(list(moves[0]))
    kept = np.array([[move[n] / move[1] for n in sizes] for move in moves])
    slopes = np.array([elasticity(sizes, row) for row in kept])
    slope, low, high, _ = found.effect(slopes)
    *_, below = found.effect(kept[:, -1] - 1.0, -1.0)
    halves = "; ".join(f"{n} share it: {100 * x:.0f} %" for n, x in zip(sizes[1:], kept.mean(axis=0)[1:], strict=True))
    return Answer(
        slope, low, high, "elasticity of the response to the number who share", below,
        f"The response to a shared outcome falls with the number who share it at an elasticity of {signed(slope, 2)} "
        f"({interval(low, high, 2)}): compared with an unshared outcome, the response left when {halves} "
        f"(probability of any dilution {probability(below)}).",
        verdict(below), slopes,
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
    """Share of the payment for avoidable admissions that each group would be paid (cases, years, groups)."""
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


def luck_share(found: Results, size: float, keep: np.ndarray | None = None) -> float:
    """Share of the variance in payment between groups, within a year, that is due to chance, over cases ``keep``."""
    luck, between = _variances(paid(found, size, keep))
    return float(luck.mean() / (luck.mean() + between)) if luck.size > 1 else float("nan")


def _variances(earned: np.ndarray) -> tuple[np.ndarray, float]:
    """Variance by chance of each group (groups,), and the true variance between groups, of ``earned`` over cases."""
    luck = earned.var(axis=0, ddof=1).mean(axis=0)
    # groups' means over cases still contain some chance variation
    between = earned.mean(axis=0).var(axis=1, ddof=1).mean() - luck.mean() / len(earned) if luck.size > 1 else 0.0
    return luck, max(float(between), 0.0)


def _shares(found: Results, size: float) -> np.ndarray:
    """The share due to chance: of each draw, or jackknife pseudo-values over seeds."""
    if found.draws:
        return np.array([luck_share(found, size, block) for block in found.blocks(USUAL)])
    n = len(found.cases_of(USUAL))
    if n < 3:
        return np.array([luck_share(found, size)])
    each = np.array([luck_share(found, size, np.delete(np.arange(n), k)) for k in range(n)])
    return n * luck_share(found, size) - (n - 1) * each


def own_luck(found: Results) -> list[tuple[float, float]]:
    """Mean list and share due to chance in three size classes; the true variance is that of all practices."""
    each = [_variances(paid(found, keep=block)) for block in found.blocks(USUAL)]
    luck, between = np.mean([luck for luck, _ in each], axis=0), float(np.mean([between for _, between in each]))
    lists = found.practices(USUAL, "list")[0, 0]
    parts = np.array_split(np.argsort(lists), min(3, lists.size))
    return [(float(lists[rows].mean()), float(luck[rows].mean() / (luck[rows].mean() + between))) for rows in parts]


def mostly_luck(found: Results) -> Answer:
    """The part of outcome payment due to chance, by list size and for networks of 50,000 people."""
    shares = _shares(found, 0.0)
    share, low, high, _ = found.effect(shares)
    share, low, high = (float(np.clip(x, 0.0, 1.0)) for x in (share, low, high))
    sizes = ", ".join(f"{100 * part:.0f} % at {people:,.0f} people" for people, part in own_luck(found))
    total = float(found.practices(USUAL, "list")[0, 0].sum())
    scale = min(50_000.0, total / 2.0)
    network = float(np.mean([luck_share(found, scale, block) for block in found.blocks(USUAL)]))
    spread = paid(found).std(axis=2).mean(), paid(found, scale).std(axis=2).mean()
    sure = found.effect(shares - 0.5).above
    return Answer(
        100 * share, 100 * low, 100 * high, "% of the variance between practices in outcome payment", sure,
        f"Of the differences between practices in a year's payment for avoidable admissions, "
        f"{100 * share:.0f} % ({number(100 * low, 0)} to {number(100 * high, 0)}) are due to chance: {sizes}. "
        f"In networks of {scale:,.0f} "
        f"people {100 * network:.0f} % are, and payment varies {spread[1] / spread[0]:.2f} times as much as between "
        "practices.",
        verdict(sure, 1.0 if network < share else 0.0), 100.0 * shares,
    )  # fmt: skip


CLAIMS = (
    Claim("dilution", "Outcomes shared across many providers are diluted by free riding", (), dilution),
    Claim("luck", "Outcome payments to small practices mostly reward chance, so that networks are needed for scale",
          (USUAL,), mostly_luck),
)  # fmt: skip
