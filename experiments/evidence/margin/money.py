"""A little more or less money for one service for some years, found by its payers from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ....model.contracts.change import Change, Who
from ....model.contracts.contract import payer_of
from ....model.contracts.proportion import times
from ....model.errors import InputError
from ....model.scenario import Funding
from ....model.system import HealthEconomy
from ...results import usual_pay

#: where a payer's money comes in, £ a person and year; NHS England's follows what its contracts are expected to cost
ALLOCATIONS = {"commissioner": "money.commissioner_allocation", "council": "social_care.council_budget"}
FOLLOWS = "nhs_england"
WHOLE = "commissioner"  #: the service whose money is the commissioner's whole allocation


@dataclass(frozen=True)
class Service:
    """A service whose money is changed.

    ``key``: a kind of provider, or ``WHOLE``. ``title``: its name in tables. ``payers``: £ a person that each payer is
    expected to pay it in the first year; nothing for the whole allocation.
    """

    key: str
    title: str
    payers: Mapping[str, float]


def services(model: HealthEconomy) -> list[Service]:
    """The kinds of provider of a model before its first week, and the commissioner's whole allocation.

    Raises:
        InputError: when a pool pays, because its budget follows another file.
    """
    out = [Service(c.kind, c.TITLE, _payers(model, c)) for c in model.cohorts if c.contract is not None]
    return [*out, Service(WHOLE, "Commissioner's whole allocation", {})]


def _payers(model: HealthEconomy, cohort: Any) -> dict[str, float]:
    if model.timetable is None:
        raise ValueError("a way of paying is needed")
    out: dict[str, float] = {}
    for holding in model.timetable.held[cohort.kind]:
        payer = payer_of(cohort.kind, holding.term)
        if payer == FOLLOWS:
            continue
        if payer not in ALLOCATIONS:
            who = cohort.TITLE.lower()
            raise InputError(
                f"margin: pool '{payer}' pays {who}; choose a funding file without pools, such as status_quo"
            )
        out[payer] = out.get(payer, 0.0) + float(usual_pay.due(cohort, holding).sum())
    return {payer: pounds / model.treasury.people for payer, pounds in out.items()}


def changed(funding: Funding, service: Service, share: float, starts: date, years: int) -> Funding:
    """The funding file with a share more (or less, below 0) money for a service from the first day for some years."""
    until = date(starts.year + years, starts.month, starts.day)
    if service.key == WHOLE:
        money = {ALLOCATIONS[WHOLE]: {"multiply": 1.0 + share}}
        return replace(funding, changes=(*funding.changes, Change(starts, until=until, set=money)))
    money = {ALLOCATIONS[payer]: {"add": round(share * pounds, 4)} for payer, pounds in service.payers.items()}
    prices = times(service.key, funding.contracts[service.key], 1.0 + share)
    changes = (Change(starts, until=until, set=money), Change(starts, until=until, who=Who(service.key), set=prices))
    return replace(funding, changes=(*funding.changes, *changes))
