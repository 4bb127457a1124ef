"""Behaviour in words: what each kind of provider changed most, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...agents.cohorts import COHORTS
from ...agents.tables import Decision
from ...model.system import HealthEconomy
from .numbers import pounds

LEAST = 0.005  #: smallest change of a lever worth mentioning
#: decisions and their owners by kind of provider and name
DECISIONS = {
    (kind, decision.name): (cohort.OWNERS, decision)
    for kind, cohort in COHORTS.items()
    for decision in cohort.DECISIONS
}


def ends(model: HealthEconomy) -> dict[str, float]:
    """Each lever at the end of the run, by ``kind.lever``: the mean weighted by providers' income."""
    if model.funding is None:
        return {}
    out = {}
    for cohort in model.cohorts:
        weight = cohort.usual_income / cohort.usual_income.sum()
        out |= {f"{cohort.kind}.{name}": float(weight @ cohort.levers[:, k]) for k, name in enumerate(cohort.LEVERS)}
    return out


def hold(model: HealthEconomy, held: Mapping[str, float]) -> None:
    """Set levers, by ``kind.lever``, that stay there while behaviour is frozen."""
    for cohort in model.cohorts:
        for k, name in enumerate(cohort.LEVERS):
            cohort.levers[:, k] *= held.get(f"{cohort.kind}.{name}", 1.0)


def settle(model: HealthEconomy) -> None:
    """Bring levers to the best plan under the first day's contract, as those of providers who have known no other.

    What unusual behaviour costs stays as it is: it stands for norms as well as for habit.
    """
    for cohort in model.cohorts:
        if cohort.kind not in model.frozen:
            cohort.choose()
            step = cohort.target - cohort.levers
            cohort.levers += step
            cohort.count_lever_flow("planned", step)


def moves(model: HealthEconomy) -> list[dict[str, Any]]:
    """One row for each lever: its level at the end (weighted by providers' income) and what the contract pays for it.

    ``pay`` and ``usual_pay``: £ a year that 1 % more of the lever brings all providers of the kind together, under
    this contract and under the usual one; ``income``: what they are paid a year, £.
    """
    rows = []
    if model.funding is None or model.case.usual is None:
        return rows
    end = ends(model)
    for cohort in model.cohorts:
        now = cohort.marginal_pay(cohort.contract or model.funding.contracts[cohort.kind]).sum(axis=0) / 100.0
        usual = cohort.marginal_pay(model.case.usual.contracts[cohort.kind]).sum(axis=0) / 100.0
        for k, name in enumerate(cohort.LEVERS):
            rows.append(
                {
                    "kind": cohort.kind,
                    "lever": name,
                    "end": end[f"{cohort.kind}.{name}"],
                    "lowest": float(cohort.levers[:, k].min()),
                    "highest": float(cohort.levers[:, k].max()),
                    "pay": float(now[k]),
                    "usual_pay": float(usual[k]),
                    "income": float(cohort.usual_income.sum()),
                }
            )
    return rows


def sentence(
    title: str, rows: list[dict[str, Any]], baseline: list[dict[str, Any]] | None = None, few: bool = False
) -> str:
    """What each kind of provider changed most, and what the contract pays for it, in one sentence.

    ``few``: only the largest change, for a headline; one that changes care, if there is any.
    """
    if not rows:
        return f"{title}: nobody can change what they do."
    ends = {(r["kind"], r["lever"]): r["end"] for r in baseline or []}
    most: dict[str, tuple[float, dict[str, Any]]] = {}
    for row in rows:
        change = row["end"] - ends.get((row["kind"], row["lever"]), 1.0)
        if abs(change) >= max(abs(most.get(row["kind"], (0.0,))[0]), LEAST):
            most[row["kind"]] = change, row
    if not most:
        return f"{title}: nobody has changed what they do."
    moved = sorted(most.values(), key=lambda m: -abs(m[0]))
    if few:
        moved = ([m for m in moved if not _decision(m[1])[1].on_paper] or moved)[:1]
    return f"{title}: " + "; ".join(_moved(change, row) for change, row in moved) + "."


def _decision(row: dict[str, Any]) -> tuple[str, Decision]:
    return DECISIONS[row["kind"], row["lever"]]


def _moved(change: float, row: dict[str, Any]) -> str:
    """How far one behaviour changed, and why."""
    owners, decision = _decision(row)
    how = f"{owners} {decision.label} {'rose' if change > 0 else 'fell'} by {abs(100 * change):.1f} %"
    pay, usual = pounds(row["pay"]), pounds(row["usual_pay"])
    if pay == usual:
        return f"{how} for reasons other than pay, which is as before: need, crowding, money in hand or what others do"
    return f"{how}: each extra 1 % brought {_or_nothing(usual)} a year and now brings {_or_nothing(pay)}"


def _or_nothing(money: str) -> str:
    return "nothing" if money == "£0" else money
