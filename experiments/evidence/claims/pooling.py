"""Claims about pooled budgets and savings."""

from __future__ import annotations

import numpy as np

from ....model.scenario import KINDS
from ....scenarios import load_funding
from ...results.numbers import interval, probability, signed, valued
from .activity import USUAL
from .claim import Answer, Claim, verdict
from .runs import Arm, Results

SOMERSET, LEAD = Arm("somerset_obc"), Arm("prime_provider")
FIRST, LAST = 2, 7  #: years of the savings plan, from April 2017: the third to the seventh of a run
MORE, SAME = Arm("status_quo", 8, {"practice.proactive": 1.5}, True), Arm("status_quo", 8, {}, True)


def out_of_general_practice(found: Results) -> Answer:
    """Practices' income under pooled contracts against the status quo."""

    def change(arm: Arm, first: int) -> np.ndarray:
        paid, usual = (found.total(a, "practice", "income")[:, first:].sum(axis=1) for a in (arm, USUAL))
        return 100.0 * (paid / usual - 1.0)

    mean, low, high, below = found.effect(change(SOMERSET, FIRST), -1.0)
    lead = found.effect(change(LEAD, 0), -1.0)
    return Answer(
        mean, low, high, "% of practices' income, years 3-10", below,
        f"Somerset's pooled contract changes practices' income by {signed(mean, 1)} % ({interval(low, high)}) "
        "while it runs "
        f"(probability of a fall {probability(below)}), a hospital-led pool by {signed(lead[0], 1)} % "
        f"({interval(lead[1], lead[2])}; "
        f"{probability(lead[3])}).",
        verdict(below, lead[3]), change(SOMERSET, FIRST),
    )  # fmt: skip


def where_savings_go(found: Results) -> dict[str, np.ndarray]:
    """The savings target of five years and where it ends up, £m (cases,).

    The target is the reduction in payers' contributions to the pool. Payers pay part of it after all, to cover the
    pool's deficit. Providers lose another part as income, through lower costs or worse results. The rest would not have
    been spent in the status quo either: the budget grows with allocations, prices do not.
    """
    years = np.arange(1, LAST - FIRST + 1)
    factor = (1.0 - load_funding(SOMERSET.funding).pools[0].savings) ** years
    given = np.zeros((len(found.cases), years.size))
    back = np.zeros_like(given)
    for payer in ("commissioner", "nhs_england", "council"):
        given += found.money(SOMERSET, payer, "outcomes_contract", "pooled budget")[:, FIRST:LAST]
        back += found.money(SOMERSET, payer, "outcomes_contract", "pool settlement")[:, FIRST:LAST]
        back -= found.money(SOMERSET, "outcomes_contract", payer, "pool settlement")[:, FIRST:LAST]

    def less(kind: str, column: str) -> np.ndarray:
        usual, ours = (found.total(arm, kind, column)[:, FIRST:LAST].sum(axis=1) for arm in (USUAL, SOMERSET))
        return usual - ours

    ends = {
        "made good by the payers": back.sum(axis=1),
        **{f"{kind} cost": less(kind, "cost") for kind in KINDS},
        **{f"{kind} result": less(kind, "income") - less(kind, "cost") for kind in KINDS},
    }
    target = (given * (1.0 / factor - 1.0)).sum(axis=1)
    return {"target": target, "not spent anyhow": target - sum(ends.values()), **ends,
            "years with a surplus": (back < 0.0).sum(axis=1).astype(float)}  # fmt: skip


def _proactive(found: Results) -> np.ndarray:
    """Change in avoidable admissions when proactive care rises by half, % (cases, years)."""
    more, same = (found.practices(arm, "acsc_admissions").sum(axis=2) for arm in (MORE, SAME))
    return 100.0 * (more / same - 1.0)


def _millions(value: float) -> str:
    return valued(round(value), "£m")


def _lower(pounds: float) -> str:
    """By how much surpluses, £m, are lower; sums that would round to nothing are said as small."""
    if abs(pounds) < 0.5:
        return "change by less than £0.5m"
    return f"are {_millions(abs(pounds))} {'lower' if pounds > 0 else 'higher'}"


def years_not_months(found: Results) -> Answer:
    """When proactive care pays for itself, and where the planned savings go."""
    path = _proactive(found)
    first, last = found.effect(path[:, 0]), found.effect(path[:, -1], -1.0)
    turn = next((y + 1 for y in range(path.shape[1]) if found.effect(path[:, y], -1.0)[3] > 0.5), None)
    gone = {name: found.effect(value) for name, value in where_savings_go(found).items()}
    target = gone["target"][0]
    cost = sum(gone[f"{kind} cost"][0] for kind in KINDS)
    others = gone["practice result"][0] + gone["social_care result"][0]
    surplus = gone["years with a surplus"][0]
    when = "never within eight years" if turn is None else f"from year {turn}"
    return Answer(
        *last[:3], "% of avoidable admissions in year 8, with half as much proactive care again", first[3] * last[3],
        f"Raising proactive care by half changes avoidable admissions by {signed(first[0], 1)} % "
        f"({interval(first[1], first[2])}) in its first year, when it finds unmet need, and by {signed(last[0], 1)} % "
        f"({interval(last[1], last[2])}) in year 8: it saves {when}. Of the {_millions(target)} that Somerset's plan "
        f"takes from the pool in five years, {_millions(gone['made good by the payers'][0])} is paid by the payers "
        f"after all, "
        f"{_millions(gone['hospital result'][0])} lowers hospitals' surpluses (those of other providers "
        f"{_lower(others)}), "
        f"{_millions(gone['not spent anyhow'][0])} would not have been spent in any case, and {_millions(cost)} is "
        f"care that costs less; the pool has a surplus to reinvest in {surplus:.0f} of the five years.",
        verdict(first[3] * last[3]), path[:, -1],
    )  # fmt: skip


CLAIMS = (
    Claim("pooling", "Pooling moves money out of general practice", (SOMERSET, LEAD, USUAL), out_of_general_practice),
    Claim("years", "Savings need years and reinvestment, not months", (MORE, SAME, SOMERSET, USUAL), years_not_months),
)
