"""Both arms of a natural experiment as scenarios: payment before and after the reform.

Adjustment costs are fitted under the control arm, since providers were used to it: its levers stay at 1.0, and any
change is an effect of the reform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ....model.errors import InputError
from ....model.place.place import Place
from ....model.scenario import Funding, Scenario
from ....scenarios import USUAL, load_funding, load_place
from ....scenarios.changes import check
from ....scenarios.funding_files import read_funding
from ...sweeps.blend import solved
from .study import Study

CONTROL, TREATMENT = "control", "treatment"


@dataclass(frozen=True)
class Arms:
    """An experiment's scenarios; both are the same in a design with arms in one run."""

    study: Study
    control: Scenario
    treatment: Scenario

    @property
    def cases(self) -> dict[str, Scenario]:
        """Scenarios to run, by arm."""
        both = {CONTROL: self.control, TREATMENT: self.treatment}
        return both if self.study.design == "pair" else {TREATMENT: self.treatment}


@cache
def _place(name: str) -> Place:
    return load_place(name)


def make(study: Study) -> Arms:
    """Scenarios of an experiment, with the control arm's neutral prices solved.

    Raises:
        InputError: for a place, a contract or a change that cannot be used; it names file and key.
    """
    place = _place(study.where)
    usual = load_funding(USUAL, place.baseline)
    numbers = place.baseline.parameters
    before = _funding(study, CONTROL, study.control, usual, place)
    check(before, place, numbers)
    before = replace(solved(place, before)[0], id=CONTROL)
    after = _funding(study, TREATMENT, study.treatment, before, place)
    check(after, place, numbers)
    others = {USUAL: usual, usual.id: usual, CONTROL: before}
    cases = [Scenario(place, how, before, numbers, others) for how in (before, after)]
    if study.design == "arms" and not any(change.arm for change in after.changes):
        raise InputError(f'{study.path.name}: treatment: design = arms needs a change with an arm, such as "treated"')
    return Arms(study, *cases)


def _funding(study: Study, arm: str, written: dict, base: Funding, place: Place) -> Funding:
    """The way of paying of one arm of a study's file."""
    texts = {"title": f"{study.title}: {arm}", "question": study.title, "source": study.citation}
    path = Path(study.path).with_name(f"{study.path.name} ({arm})")
    text = f"{study.path.read_text(encoding='utf-8')}\n# {arm}"
    return replace(read_funding(path, {**texts, **written}, text, place.baseline, base=base), id=path.name)
