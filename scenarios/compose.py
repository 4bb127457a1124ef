"""Puts a place and a funding file together: what a run needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..model.baseline import Baseline
from ..model.contracts.neutral import references
from ..model.errors import InputError, unknown
from ..model.parameters import Parameters
from ..model.place.place import Place
from ..model.scenario import Funding, Scenario
from .changes import check
from .funding_files import USUAL, fundings, load_funding
from .path_files import Paths, along, load_paths
from .place_files import load_place


def scenario(
    place: str | Path | Place,
    funding: str | Path | Funding | None,
    *,
    parameters: Parameters | None = None,
    sample: float = 1.0,
    paths: str | Path | Paths | None = None,
) -> Scenario:
    """A place and a funding file, ready to run; habits are formed under the usual contract of the place's baseline.

    ``paths``: how prices, pay, need and allocations move; left out, they stay as in the baseline year in real terms.

    Raises:
        InputError: for a name or file that cannot be used, or a funding file that was read for another baseline.
    """
    where = place if isinstance(place, Place) else load_place(place, sample)
    if isinstance(place, Place) and sample != 1.0:
        where = replace(place, sample=float(sample))
    baseline = where.baseline
    parameters = parameters or baseline.parameters
    usual = load_funding(USUAL, baseline)
    how = load_funding(funding, baseline) if isinstance(funding, str | Path) else funding
    others = {usual.id: usual}
    if how is None and paths is not None:
        raise InputError("paths: prices and pay have no path in a run in which no money moves")
    if how is not None:
        if how.baseline not in ("", baseline.id):
            raise InputError(
                f"{how.id}: read for the baseline {how.baseline}, while {where.id} has {baseline.id}; "
                "load_funding(name, baseline) reads it for that"
            )
        if paths is not None:
            how = along(how, paths if isinstance(paths, Paths) else load_paths(paths), where)
        check(how, where, parameters)
        others = _references(how, others, baseline)
    return Scenario(where, how, usual if how is not None else None, parameters, others)


def _references(funding: Funding, known: dict[str, Funding], baseline: Baseline) -> dict[str, Funding]:
    """Files that prices and budgets are measured by, and those that these are measured by in turn, by name."""
    found, waiting = dict(known), [funding]
    names = [USUAL, *fundings(baseline)]
    while waiting:
        asking = waiting.pop()
        for name, key in references(asking).items():
            if name in found:
                continue
            if name not in names:
                raise unknown("funding file", name, names, where=f"{asking.id}: {key}")
            found[name] = load_funding(name, baseline)
            waiting.append(found[name])
    return found
