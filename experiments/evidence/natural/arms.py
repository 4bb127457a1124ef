"""The arms of a natural experiment as scenarios: payment before a reform, and under it or under each of several.

Adjustment costs are fitted under the control arm, since providers were used to it: its levers stay at 1.0, and any
change is an effect of the reform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ....agents.patients.calendar import WEEKS
from ....model.contracts.change import Change
from ....model.place.place import Place
from ....model.scenario import Funding, Scenario
from ....scenarios import USUAL, load_funding, load_place
from ....scenarios.changes import check
from ....scenarios.funding_files import read_funding
from ...sweeps.blend import solved
from .dates import begins, check_dates, years_to
from .groups import check_groups
from .outcome import Outcome
from .study import CONTROL, TREATMENT, Study


@dataclass(frozen=True)
class Arms:
    """An experiment's scenarios: the control arm, and each treatment by name."""

    study: Study
    control: Scenario
    treated: dict[str, Scenario]

    @property
    def cases(self) -> dict[str, Scenario]:
        """Scenarios to run, by arm; in a design with arms in one run there is one."""
        return self.treated if self.study.design == "arms" else {CONTROL: self.control, **self.treated}

    def case(self, outcome: Outcome) -> str:
        """Name of the treatment that an outcome is about."""
        return outcome.treatment or next(iter(self.treated))

    def begins(self, outcome: Outcome, arm: str) -> int:
        """Week in which the reform begins for an arm: with arms in one run that of its first marked change."""
        usual = self.study.before * WEEKS
        if self.study.design == "pair" or arm == CONTROL:
            return usual
        funding = self.treated[self.case(outcome)].funding
        return begins(funding, arm, self.control.place.file.starts) if funding else usual

    @property
    def years(self) -> int:
        """Years from the start of a run to the last that counts."""
        return max(
            max(years_to(self.begins(o, arm)) for arm in (o.arm, o.against)) + o.last_year for o in self.study.outcomes
        )


@cache
def _place(name: str) -> Place:
    return load_place(name)


def make(study: Study) -> Arms:
    """Scenarios of an experiment, with the control arm's neutral prices solved.

    Raises:
        InputError: for a place, a contract, a date or an arm that cannot be used; it names file and key.
    """
    place = _place(study.where)
    usual = load_funding(USUAL, place.baseline)
    numbers = place.baseline.parameters
    before = _funding(study, CONTROL, study.control, usual, place)
    check(before, place, numbers)
    before = replace(solved(place, before)[0], id=CONTROL)
    treated = {name: _funding(study, name, written, before, place) for name, written in study.reforms.items()}
    for after in treated.values():
        check(after, place, numbers)
    check_dates(study, before, treated, place.file.starts)
    check_groups(study, treated, place)
    if study.design == "pair" and any(o.arm for o in study.outcomes):
        before = replace(before, changes=(*before.changes, *_labels(treated, len(before.changes))))
    others = {USUAL: usual, usual.id: usual, CONTROL: before}
    control = Scenario(place, before, before, numbers, others)
    return Arms(study, control, {name: replace(control, funding=after) for name, after in treated.items()})


def _labels(treated: dict[str, Funding], first: int) -> list[Change]:
    """Changes that do no more than say which providers belong to an arm, for the run without the reform."""
    marked = next(iter(treated.values())).changes[first:]
    return [Change(change.when, change.where, who=change.who, arm=change.arm) for change in marked if change.arm]


def _funding(study: Study, arm: str, written: dict, base: Funding, place: Place) -> Funding:
    """The way of paying of one arm of a study's file."""
    texts = {"title": f"{study.title}: {arm}", "question": study.title, "source": study.citation}
    name = arm if arm in (CONTROL, TREATMENT) else f"treatments.{arm}"
    path = Path(study.path).with_name(f"{study.path.name} ({name})")
    text = f"{study.path.read_text(encoding='utf-8')}\n# {arm}"
    return replace(read_funding(path, {**texts, **written}, text, place.baseline, base=base), id=path.name)
