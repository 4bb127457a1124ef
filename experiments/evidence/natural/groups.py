"""Which providers an outcome is about: names of arms and treatments are checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ....agents.patients.calendar import WEEKS
from ....model.contracts.provisions import Provisions
from ....model.errors import InputError, unknown
from ....model.place.place import Place
from ....model.scenario import Funding
from ....scenarios.changes import names_of
from .dates import begins
from .names import owner
from .outcome import Outcome
from .study import CONTROL, Study


def check_groups(study: Study, treated: Mapping[str, Funding], place: Place) -> None:
    """Whether every outcome names a treatment and an arm that exist and have providers.

    Raises:
        InputError: naming the outcome and its key.
    """
    for number, outcome in enumerate(study.outcomes, start=1):
        where = f"{study.path.name}: outcomes[{number}]"
        name = _treatment(where, study, outcome, treated)
        if study.design == "arms" and outcome.asked and not outcome.arm:
            raise InputError(f"{where}: arm: missing; which arm is compared with the control providers?")
        if outcome.arm:
            _check_arm(where, study, outcome, treated[name], place)
            _check_same(where, outcome, treated, place)


def _treatment(where: str, study: Study, outcome: Outcome, treated: Mapping[str, Funding]) -> str:
    """Name of the treatment that an outcome is about."""
    if not outcome.treatment and len(treated) > 1 and outcome.asked:
        raise InputError(f"{where}: treatment: missing; expected one of {', '.join(treated)}")
    if outcome.treatment and outcome.treatment not in treated:
        raise unknown("treatment", outcome.treatment, treated, where=f"{where}: treatment")
    others = [CONTROL, *treated]
    if study.design == "pair" and outcome.against not in others:
        raise unknown("treatment", outcome.against, others, where=f"{where}: against")
    if study.design == "pair" and outcome.against == (outcome.treatment or next(iter(treated))):
        raise InputError(f"{where}: against: '{outcome.against}' would be compared with itself")
    return outcome.treatment or next(iter(treated))


def labels(funding: Funding, kind: str, place: Place) -> np.ndarray:
    """Arm (N,) of each provider of a kind."""
    names = names_of(place)
    provisions = Provisions(funding.contracts, funding.changes, names, place, place.baseline.parameters)
    return provisions.arms(kind)


def _check_arm(where: str, study: Study, outcome: Outcome, funding: Funding, place: Place) -> None:
    kind = owner(outcome.of)
    if not kind:
        raise InputError(
            f"{where}: arm: '{outcome.of}' is a figure of the whole place; name a column of a kind of provider, "
            "or leave arm out"
        )
    marked = list(dict.fromkeys(change.arm for change in funding.changes if change.arm))
    if not marked:
        raise InputError(f'{where}: arm: no change is marked; write arm = "{outcome.arm}" beside its who')
    compared = [("arm", outcome.arm), *([("against", outcome.against)] if study.design == "arms" else [])]
    for key, arm in compared:
        if arm not in (*marked, CONTROL):
            raise unknown("arm", arm, [*marked, CONTROL], where=f"{where}: {key}")
        if not (labels(funding, kind, place) == arm).any():
            raise InputError(f"{where}: {key}: no {kind} of {place.id} is in arm '{arm}'")
        if study.design == "arms" and arm != CONTROL and begins(funding, arm, place.file.starts) < WEEKS:
            raise InputError(f"{where}: {key}: arm '{arm}' begins in the first year and has no past to compare with")
    if study.design == "arms" and outcome.arm == outcome.against:
        raise InputError(f"{where}: arm: '{outcome.arm}' would be compared with itself")


def _check_same(where: str, outcome: Outcome, treated: Mapping[str, Funding], place: Place) -> None:
    """With several treatments an arm is the same providers in each, as the control run has only one labelling."""
    kind = owner(outcome.of)
    rows = [labels(funding, kind, place) == outcome.arm for funding in treated.values()]
    if any((row != rows[0]).any() for row in rows):
        raise InputError(f"{where}: arm: treatments mark different providers as '{outcome.arm}'; write a file for each")
