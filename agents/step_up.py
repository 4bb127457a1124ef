"""Step-up beds: places in the community, run by GPs and nurses, for people who would otherwise go to hospital."""

from __future__ import annotations

from typing import Any

import numpy as np

from .links import link
from .patients.calendar import DAYS, WEEKS
from .patients.people import TINY

STEP_UP_ADMISSIONS = link(
    "step_up_admissions", "community staff", "emergency admissions", -1,
    "A bed in the community takes some of those who would be admitted.", usual={"community.step_up_beds": 0.0},
)  # fmt: skip


class StepUpBeds:
    """Step-up beds of each area, one row each; none unless a funding file opens them (``community.step_up_beds``).

    Small units stand empty often, and most of those whom they take would have stayed at home: only the rest count here.
    """

    def __init__(self, n: int) -> None:
        self.people = np.zeros(n)
        self.suited = np.zeros(n)  # overnight emergencies a year whom such a bed could take

    def observe_people(self, by_band: np.ndarray, parameters: Any) -> None:
        """Learn from people by age band, (N, BANDS), how many emergencies are suited."""
        hospital = parameters.hospital
        overnight = hospital.emergency_rate * (1.0 - hospital.zero_day_share)
        self.people = by_band.sum(axis=1)
        self.suited = by_band @ (overnight * parameters.community.step_up_suited)

    def open(self, staff: np.ndarray, p: Any) -> np.ndarray:
        """Beds open, (N,), that staff relative to the usual can run. ``p``: numbers of community services."""
        return p.step_up_beds / 1000.0 * self.people * staff

    def chance(self, staff: np.ndarray, p: Any) -> np.ndarray:
        """Chance that an emergency suited to a bed finds one, (N,)."""
        stays = self.open(staff, p) * DAYS * WEEKS * p.step_up_occupancy / p.step_up_nights
        return np.minimum(p.step_up_instead * stays / np.maximum(self.suited, TINY), 1.0)
