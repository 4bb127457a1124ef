"""What practices do with the needs that consultations bring forth: treat them themselves, or refer."""

from __future__ import annotations

from typing import Any

import numpy as np

from .links import link
from .ratios import ratio
from .staffing import Staffing

WAITS_REFERRALS = link(
    "waits_referrals", "waiting list", "referrals", -1, "The longer hospital waits are, the fewer patients GPs refer.",
    usual={"general_practice.referral_wait_elasticity": 0.0},
)  # fmt: skip
ACCESS_REFERRALS = link(
    "access_referrals", "access", "referrals", -1,
    "The fewer first requests end in a consultation, the more often a practice refers those that it sees.",
    usual={"general_practice.referral_substitution": 0.0},
)  # fmt: skip
OWN_WORK = ("gp_consultations", "other_consultations", "first_requests")


class Referring(Staffing):
    """Practices by what they treat and what they refer, (P,) each.

    Own work and referral are substitutes. A practice that does less for each request than usual refers more often what
    it does see; one that refers less than it needs to treats what it can itself, which takes consultations. What it can
    neither treat nor refer stays a need.
    """

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        self.referral_style = table.referral_style.to_numpy(dtype=float)
        gp = parameters.general_practice
        in_the_end = (1.0 - gp.failed_ask) / (1.0 - gp.failed_ask * gp.after_failure_ask_again)
        self.usual_work: np.ndarray = np.full(len(table), in_the_end)
        self.wait = 1.0  # hospital waits relative to the usual

    def restore_expected_year(self, did: dict[str, np.ndarray], outcomes: dict[str, np.ndarray]) -> None:
        super().restore_expected_year(did, outcomes)
        if did:
            self.usual_work = own_work(did)

    def observe_waits(self, relative: float) -> None:
        """Learn how long hospitals keep patients waiting, relative to the usual wait."""
        self.wait = relative

    def own_work(self) -> np.ndarray:
        """Share of first requests that end in a consultation, (P,), in the last quarter.

        Requests made again are left out: they are no further need, so that own work falls as consultations do.
        """
        return own_work({name: self.last_quarter(name) for name in OWN_WORK})

    def passed_on(self, work: np.ndarray) -> np.ndarray:
        """Needs for referral per consultation, relative to the usual, at own work ``work``, as in ``own_work``.

        (P,) or (K, P). The less of its own work a practice does for its patients, the more of what it would have
        treated in time, or over several visits, goes to specialists.
        """
        less = 1.0 - work / self.usual_work
        return np.maximum(1.0 + self.p.general_practice.referral_substitution * less, 0.0)

    def referral_need(self) -> np.ndarray:
        """Needs for referral per consultation relative to the usual, (P,): style, what is found, what is passed on."""
        found = self.found(self.p.general_practice.found_referral, self.lever("proactive"))
        return found * self.referral_style * self.passed_on(self.own_work())

    def willing(self, referral: np.ndarray) -> np.ndarray:
        """Referrals for each need at a behaviour ``referral``, (P,) or (K, P): the longer waits are, the fewer."""
        return referral * self.wait**self.p.general_practice.referral_wait_elasticity

    def propensity(self) -> np.ndarray:
        """Referrals per consultation relative to the usual, (P,): need, and how willing the practice is to refer."""
        return self.referral_need() * self.willing(self.lever("referral"))

    def time_treating(self, referral: np.ndarray | None = None) -> np.ndarray:
        """Further consultations to treat needs that are not referred, as a share of all consultations.

        (P,) at the current behaviour, or as ``referral``. Beyond what a practice can treat itself none are made; where
        it refers more than it needs to, those that it would have made are saved.
        """
        gp = self.p.general_practice
        kept = 1.0 - self.willing(self.lever("referral") if referral is None else referral)
        seen = self.before["gp_consultations"] + self.before["other_consultations"]
        needs = ratio(self.before["gp_referrals"], seen)
        return gp.treatment_contacts * needs * np.minimum(kept, gp.treatable_share)

    @staticmethod
    def found(share: float, proactive: np.ndarray) -> np.ndarray:
        """Need that looking for it finds: what follows at once from proactive time, relative to the baseline year."""
        return np.maximum(1.0 + share * (proactive - 1.0), 0.0)


def own_work(year: dict[str, np.ndarray]) -> np.ndarray:
    """Share of a year's first requests that end in a consultation, (P,), of its counts by name; never quite nothing."""
    seen = year["gp_consultations"] + year["other_consultations"]
    return np.clip(ratio(seen, year["first_requests"]), 1e-9, 1.0)
