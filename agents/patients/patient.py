"""A readable view of one person."""

from __future__ import annotations

from dataclasses import dataclass

WHERE = ("gone", "home", "in hospital", "fit to leave, waiting for care", "in a step-up bed")
CARE = (
    "none",
    "home care",
    "care home, council-funded",
    "care home, self-funded",
    "care home, NHS-funded",
    "waiting for care",
    "refused care",
)
FRAILTY = ("fit", "mild", "moderate", "severe")


@dataclass(frozen=True)
class Patient:
    """One person, read from the columns. ``control`` is 0 to 1; ``age`` in whole years."""

    id: str
    age: int
    sex: str
    deprivation_quintile: int
    conditions: int
    frailty: str
    control: float
    unmet_need: bool
    practice: int
    care: str
    where: str
