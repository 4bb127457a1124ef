"""Studies that concern behaviour alone, solved by comparing plans without simulating a week.

Each provider chooses its best plan once, on the day of the reform. Each lever moves there with its time constant τ:
``years`` after the reform it has moved ``1 − e^(−years/τ)`` of the way; in a study that is ``settled``, all of it at
once. Activity is the forecast at these levers. Outcomes are read without the payer's delay, because the studies read
them from records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....agents import plans
from ....agents.habit import shares_closed
from ....agents.provider import Providers
from ....model.parameters import Parameters
from ...results import room
from ...runs.spec import RunSpec
from .arms import Arms
from .figure import change, ratio
from .names import counterpart, figure_of
from .outcome import Outcome


def kind_of(outcome: Outcome) -> str:
    """The kind of provider that an outcome is about."""
    return figure_of(outcome.of).parts[0][0]


class PlanStudy:
    """Providers of both arms on the day of the reform, ready to be solved again under other parameters."""

    def __init__(self, arms: Arms, seed: int) -> None:
        self.arms = arms
        self.models = {arm: RunSpec(case, arm, seed).model() for arm, case in arms.cases.items()}
        self.first = next(iter(arms.treated))  # by which arms and altruism are read, alike under every treatment
        self.kinds = sorted({kind_of(o) for o in arms.study.scored})
        self.altruism_draws = {
            kind: np.log(self._cohort(self.first, kind).altruism / self._behaviour().altruism)
            / self._behaviour().altruism_spread
            for kind in self.kinds
        }  # fmt: skip

    def _behaviour(self) -> Any:
        return self.models[self.first].parameters.behaviour

    def _cohort(self, arm: str, kind: str) -> Providers:
        return next(c for c in self.models[arm].cohorts if c.kind == kind)

    def targets(self, parameters: Parameters) -> dict[tuple[str, str], np.ndarray]:
        """The best plan (N, L) by arm and kind."""
        out = {}
        b = parameters.behaviour
        for arm, model in self.models.items():
            for kind in self.kinds:
                cohort = self._cohort(arm, kind)
                cohort.p = self._numbers(arm, parameters)
                cohort.levers[:] = cohort.target[:] = 1.0
                cohort.altruism = b.altruism * np.exp(b.altruism_spread * self.altruism_draws[kind])
                cohort.fit_adjustment_cost(model.case.usual.contracts[kind])  # type: ignore[union-attr]
                cohort.choose()
                out[arm, kind] = cohort.target.copy()
        return out

    def ends(self, parameters: Parameters) -> dict[str, float]:
        """Share of providers, over treatments, whose best plan has a lever at the end of its room, by KIND.LEVER."""
        targets = self.targets(parameters)
        out = {}
        for kind in self.kinds:
            cohort = self._cohort(self.first, kind)
            best = np.concatenate([targets[arm, kind] for arm in self.arms.treated])
            stuck = room.at_end(parameters, cohort, best).mean(axis=0)
            out |= {f"{kind}.{name}": float(x) for name, x in zip(cohort.LEVERS, stuck, strict=True) if x}
        return out

    def _numbers(self, arm: str, parameters: Parameters) -> Parameters:
        """These parameters with those that the arm's file sets on the first day."""
        provisions = self.models[arm].timetable.provisions  # type: ignore[union-attr]
        provisions.base_parameters = parameters
        return provisions.parameters(0)

    def effects(self, parameters: Parameters) -> list[float]:
        """Effect on every scored outcome, in its unit."""
        targets = self.targets(parameters)
        return [self._effect(o, targets, parameters) for o in self.arms.study.scored]

    def _effect(self, outcome: Outcome, targets: Mapping[tuple[str, str], np.ndarray], parameters: Parameters) -> float:
        found = self._after(outcome, targets, parameters, outcome.years[1])
        if outcome.for_each:
            return ratio(found, self._after(counterpart(outcome), targets, parameters, outcome.years[1]))
        return found - self._after(outcome, targets, parameters, outcome.less[1]) if outcome.less else found

    def _after(self, outcome: Outcome, targets: Any, parameters: Parameters, years: int) -> float:
        kind = kind_of(outcome)
        pace = np.inf if self.arms.study.settled else years
        gone = shares_closed(parameters.behaviour, self._cohort(self.first, kind).LEVERS, pace)
        levels = []
        for arm in (outcome.against, self.arms.case(outcome)):
            levers = 1.0 + (targets[arm, kind] - 1.0) * gone
            levels.append(self._level(outcome, self._cohort(arm, kind), levers, years))
        return change(outcome, *levels)

    def _level(self, outcome: Outcome, cohort: Providers, levers: np.ndarray, years: int) -> float:
        rows = self._rows(outcome, cohort)
        if outcome.of.startswith("lever."):
            return float(levers[rows, cohort.LEVERS.index(outcome.of.split(".")[2])].mean())
        paid = cohort.p
        cohort.p = paid.replaced({"outcomes.measured_late": 0.0})
        activity = cohort.forecast(levers[None], np.array([[years - 1]])).activity
        shape = (1, len(cohort), plans.NODES.size)

        def total(name: str) -> float:
            value = np.broadcast_to(np.asarray(activity[name]), shape)[0] @ plans.WEIGHTS
            return float(value[rows].sum())

        names = [column for _, column in figure_of(outcome.of).parts]
        top = sum(total(name) for name in names)
        under = total(outcome.per.split(".")[-1]) if outcome.per else 0.0
        cohort.p = paid
        if outcome.per:
            return top / under
        return top / (rows.sum() if names[0] in cohort.INDICATORS else 1.0)

    def _rows(self, outcome: Outcome, cohort: Providers) -> np.ndarray:
        if not outcome.arm:
            return np.ones(len(cohort), dtype=bool)
        timetable = self.models[self.arms.case(outcome)].timetable
        return timetable.provisions.arms(cohort.kind) == outcome.arm  # type: ignore[union-attr]
