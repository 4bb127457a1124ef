"""Levers in words, and which of them moved most and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..model.system import FundingFlows

WORDS = {
    ("practice", "appointments"): ("practices' appointments", "an appointment"),
    ("practice", "proactive"): ("practices' proactive care", "proactive care"),
    ("practice", "referral"): ("practices' referrals", "a referral"),
    ("practice", "recording"): ("practices' recording effort", "recording"),
    ("hospital", "elective"): ("hospitals' clinic and theatre throughput", "a clinic or an operation"),
    ("hospital", "admission"): ("hospitals' short emergency admissions", "a short emergency admission"),
    ("hospital", "stay"): ("hospitals' length of stay", "a longer stay"),
    ("hospital", "follow_up"): ("hospitals' follow-ups", "a follow-up"),
    ("hospital", "handback"): ("work handed back to GPs", "work handed back"),
    ("hospital", "coding"): ("hospitals' coding effort", "deeper coding"),
    ("social_care", "eligibility"): ("social care's eligibility", "taking on a new client"),
    ("social_care", "speed"): ("social care's speed of response", "a faster response"),
    ("social_care", "reablement"): ("social care's reablement", "reablement"),
}


def ends(model: FundingFlows) -> dict[str, float]:
    """Where each lever ended, by ``kind.lever``, weighted by the provider's income."""
    if model.funding is None:
        return {}
    out = {}
    for cohort in model.cohorts:
        weight = cohort.usual_income / cohort.usual_income.sum()
        out |= {f"{cohort.kind}.{name}": float(weight @ cohort.levers[:, k]) for k, name in enumerate(cohort.LEVERS)}
    return out


def hold(model: FundingFlows, held: Mapping[str, float]) -> None:
    """Put levers, by ``kind.lever``, where they are to stay while behaviour is frozen."""
    for cohort in model.cohorts:
        for k, name in enumerate(cohort.LEVERS):
            cohort.levers[:, k] *= held.get(f"{cohort.kind}.{name}", 1.0)


def moves(model: FundingFlows) -> list[dict[str, Any]]:
    """One row a lever: where it ended (weighted by the provider's income) and what the contract pays for it.

    ``pay`` and ``usual_pay``: £ a year that one per cent more of the lever brings all providers of the kind, under
    this contract and under the usual one.
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
                }
            )
    return rows


def pounds(x: float) -> str:
    """£ in words of a fit size."""
    size = abs(x)
    text = f"£{size / 1e6:,.2f}m" if size >= 1e6 else f"£{size / 1e3:,.0f},000" if size >= 1e4 else f"£{size:,.0f}"
    return f"−{text}" if x < 0 and text != "£0" else text


def sentence(title: str, rows: list[dict[str, Any]], baseline: list[dict[str, Any]] | None = None) -> str:
    """Which lever moved most, and the pay that moved it, in one sentence."""
    if not rows:
        return f"{title}: no lever can move."
    ends = {(r["kind"], r["lever"]): r["end"] for r in baseline or []}
    change = [r["end"] - ends.get((r["kind"], r["lever"]), 1.0) for r in rows]
    top = int(np.argmax(np.abs(change)))
    row = rows[top]
    what, _ = WORDS[row["kind"], row["lever"]]
    if abs(change[top]) < 0.005:
        return (
            f"{title}: no lever moved by more than half a per cent; what the contracts pay at the margin is as before."
        )
    way = "rose" if change[top] > 0 else "fell"
    if pounds(row["pay"]) == pounds(row["usual_pay"]):
        return f"{title}: {what} {way} most, by {abs(100 * change[top]):.1f} %, with pay at the margin as before."
    return (
        f"{title}: {what} {way} most, by {abs(100 * change[top]):.1f} %, because one per cent more of it now brings "
        f"{pounds(row['pay'])} a year instead of {pounds(row['usual_pay'])}."
    )
