"""Advice: practices ask a specialist about patients whom they would otherwise refer."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .forecast.activity import Contract
from .patients.calendar import WEEKS, share_closed
from .patients.events import EVENTS
from .referring import Referring
from .single import Dues, Single
from .stocks import Flow, Stock


class Advising(Referring):
    """Practices by the needs that they put to a specialist in writing, (P,) each.

    A request for advice takes time at both ends. Some requests come back as referrals; the others spare a patient one.
    The share of needs that is put as a request follows what one more request pays, as a behaviour follows marginal pay
    (``habit``), but is chosen by itself: nothing else that a practice decides bears on it. What a contract pays for
    referrals moves the propensity to refer, whose response was fitted to all ways of referring less.
    """

    STOCKS: ClassVar[tuple[Stock, ...]] = (
        Stock("advice_share", "needs for referral put to a specialist as a request for advice", "share", "practice",
              mean=True),
    )  # fmt: skip
    FLOWS: ClassVar[tuple[Flow, ...]] = (
        Flow("advice_learnt", "towards the share that pays best", "", "advice_share", delay="behaviour.years_advice",
             law="(best share − share) · (1 − e^(−Δt/τ)) each quarter", both_ways=True),
    )  # fmt: skip

    def __init__(self, model: Any, table: Any, parameters: Any) -> None:
        super().__init__(model, table, parameters)
        self.advice = np.full(len(table), parameters.general_practice.advice_usual)  # share of needs put as a request
        self.best_advice = self.advice.copy()  # share that pays best
        self.usual_advice_pay = np.zeros(len(table))  # £ a year that the usual contract pays for all needs

    # what it does ---------------------------------------------------------------------------------------

    def spared(self, share: np.ndarray | float) -> np.ndarray:
        """Share of needs, (P,), that advice settles without a referral where a ``share`` of them is put as requests."""
        return np.asarray(share * (1.0 - self.p.general_practice.advice_returned))

    def requests_per_referral(self, share: np.ndarray | float) -> np.ndarray:
        """Requests for advice for each referral that is made, (P,)."""
        return np.asarray(share / (1.0 - self.spared(share)))

    def referral_need(self) -> np.ndarray:
        """Needs for referral per consultation relative to the usual, (P,), without those that advice settles."""
        usual = self.spared(self.p.general_practice.advice_usual)
        return super().referral_need() * ((1.0 - self.spared(self.advice)) / (1.0 - usual))

    def requests_beyond(self) -> np.ndarray:
        """Requests for advice a week beyond the usual share of needs, whole place, (P,)."""
        usual = self.requests_per_referral(self.p.general_practice.advice_usual)
        beyond = self.requests_per_referral(self.advice) - usual
        return beyond * self.lately("gp_referrals") / WEEKS

    def shape_week(self, practices: np.ndarray, hospitals: np.ndarray) -> None:
        """Specialists answer beyond the usual number of requests in time taken from clinics."""
        beyond = self.requests_beyond()
        if beyond.any():
            answered = self.model.share.T @ beyond * self.p.hospital.advice_clinic_time * self.model.sample
            hospitals["clinic_slots"] = np.maximum(hospitals["clinic_slots"] - answered, 0.0)

    def with_requests(self, counted: np.ndarray) -> np.ndarray:
        """A week's counts of practices' events, with a row for the requests for advice that go with their referrals."""
        at = self.COUNTED.index("advice_requests")
        referrals = counted[[name for name in self.COUNTED if name in EVENTS].index("gp_referrals")]
        return np.insert(counted, at, referrals * self.requests_per_referral(self.advice), axis=0)

    def levels(self) -> dict[str, float]:
        return super().levels() | {"advice_share": float(self.advice.mean())}

    # what it pays -------------------------------------------------------------------------------------------

    def fit_adjustment_cost(self, usual: Contract) -> None:
        super().fit_adjustment_cost(usual)
        self.usual_advice_pay = self._asking().slope(self._dues_of_advice(usual))

    def decide(self, years: float, look_around: bool = True) -> None:
        """Compare plans, and how many needs to put to a specialist; then move towards both."""
        super().decide(years, look_around)
        if self.contract is None or self.motives is None:
            return
        self.best_advice = self._best_advice(self.contract)
        step = (self.best_advice - self.advice) * share_closed(years, self.p.behaviour.years_advice)
        self.advice = self.advice + step
        self.count_flow("advice_learnt", step.mean())

    def _asking(self) -> Single:
        """The share of needs that is put as requests."""
        behaviour, usual = self.p.behaviour, self.p.general_practice.advice_usual
        return Single(usual, usual, behaviour.room_up_advice, behaviour.response_advice)

    def _best_advice(self, contract: Contract) -> np.ndarray:
        """The share of needs (P,) that is worth most under a contract."""
        dues = self._dues_of_advice(contract)
        return self._asking().best(dues, self.usual_advice_pay, self.usual_income, self.best_advice)

    def _dues_of_advice(self, contract: Contract) -> Dues:
        """£ a year (K, P) that a contract pays where some share of needs, (K, P) or (K, 1), is put as requests."""
        return self.dues_by(contract, "advice_requests", self.lately("gp_referrals") / (1.0 - self.spared(self.advice)))
