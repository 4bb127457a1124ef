"""When a reform begins: dates are checked before anything runs, so that no effect is nought for want of a reform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ....agents.patients.calendar import WEEKS
from ....model.clock import week_of
from ....model.contracts.change import Change
from ....model.errors import InputError
from ....model.scenario import Funding
from .study import Study


def years_to(week: int) -> int:
    """Whole years until the first year that begins in a week or after it."""
    return -(-week // WEEKS)


def begins(funding: Funding, arm: str, starts: date) -> int:
    """Week of the first change that is marked with an arm."""
    return min(week_of(change.when, starts) for change in funding.changes if change.arm == arm)


def acts(change: Change) -> bool:
    """Whether a change does more than label providers."""
    return change.pays or bool(change.together) or bool(change.set)


def check_dates(study: Study, control: Funding, treated: Mapping[str, Funding], starts: date) -> None:
    """Whether each reform begins when the file says, and within the run.

    Raises:
        InputError: naming the change, or the treatment, that does not.
    """
    for name, funding in treated.items():
        changes = funding.changes[len(control.changes) :]
        contracts = "contracts" in study.reforms[name]
        if not contracts and not any(acts(change) for change in changes):
            raise InputError(f"{funding.id}: changes nothing; expected contracts, or changes by date that do something")
        if study.solve == "plans":
            _check_plans([*control.changes, *changes], starts)
        else:
            _check_runs(study, funding.id, changes, contracts, starts)


def _check_plans(changes: list[Change], starts: date) -> None:
    for change in changes:
        if change.when != starts or change.over > 1:
            what = f"over: {change.over} years" if change.when == starts else f"when: {change.when}"
            raise InputError(
                f'{change.where}: {what}; with solve = "plans" levers are solved on the first day, {starts}: '
                'date the change then and at once, or write solve = "runs"'
            )


def _check_runs(study: Study, where: str, changes: tuple[Change, ...], contracts: bool, starts: date) -> None:
    reform = starts.replace(year=starts.year + study.before)
    if contracts and study.before and study.design == "pair":
        raise InputError(
            f"{where}: contracts: they hold from the first day, {starts}, but before = {study.before}; "
            f"write before = 0, or changes dated {reform}"
        )
    acting = [change for change in changes if acts(change)]
    first = min(acting, key=lambda change: change.when, default=None)
    if first is not None and not contracts and first.when != reform:
        raise InputError(
            f"{first.where}: when: {first.when}; with before = {study.before} the reform begins on {reform}"
        )
    last = study.before + max(o.last_year for o in study.outcomes)
    for change in acting:
        if study.design == "pair" and week_of(change.when, starts) >= last * WEEKS:
            raise InputError(f"{change.where}: when: {change.when} is after the last year that an outcome counts")
