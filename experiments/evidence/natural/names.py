"""Names of the model's figures: what may stand in ``of``, ``per`` and ``ages``, checked before anything runs."""

from __future__ import annotations

from typing import NamedTuple

from ....agents.cohorts import COHORTS
from ....agents.patients.events import EVENTS
from ....model.errors import InputError, unknown
from ....model.parameters import AXES
from ...results import measures
from .outcome import Outcome
from .study import Study

PEOPLE = "people"  #: figures of people by age, beside those of kinds of provider
STOCKS = ("number", "with_conditions", "controlled", "qalys")  #: columns of people that are not events
TALLIED = ("practice", "hospital")  #: kinds for which every event is counted by provider and week
PAYERS = ("commissioner", "nhs_england", "council", "treasury", "clients", "pools", *COHORTS)
PAYEES = (*COHORTS, "commissioner", "nhs_england", "council", "pools")


class Figure(NamedTuple):
    """A name taken apart: ``sort`` is measure, lever, paid or columns; ``parts`` are kinds and columns."""

    sort: str
    parts: list[tuple[str, str]]


def figure_of(name: str) -> Figure:
    """A name as written, taken apart; a column without a kind belongs to the kind before it."""
    if "." not in name:
        return Figure("measure", [("", name)])
    head, _, rest = name.partition(".")
    if head in ("lever", "paid"):
        one, _, other = rest.partition(".")
        return Figure(head, [(one, other)])
    parts, kind = [], ""
    for piece in name.split("+"):
        before, _, column = piece.strip().rpartition(".")
        kind = before or kind
        parts.append((kind, column))
    return Figure("columns", parts)


def owner(name: str) -> str:
    """The kind of provider whose arms can narrow a figure; nothing for one of the whole place."""
    figure = figure_of(name)
    kinds = {kind for kind, _ in figure.parts}
    if figure.sort not in ("lever", "columns") or len(kinds) > 1:
        return ""
    kind = kinds.pop()
    return "practice" if kind == PEOPLE else kind


def columns(kind: str, solve: str = "runs") -> list[str]:
    """Names that ``KIND.COLUMN`` may have."""
    if kind == PEOPLE:
        return [*STOCKS, *EVENTS] if solve == "runs" else []
    cohort = COHORTS[kind]
    if solve == "plans":
        return [*cohort.COUNTED, *cohort.INDICATORS]
    tallied = EVENTS if kind in TALLIED else ()
    return list(dict.fromkeys([*cohort.COUNTED, *(state.name for state in cohort.STATES), *tallied]))


def kinds(solve: str) -> list[str]:
    """Kinds that have columns."""
    return [*COHORTS, PEOPLE] if solve == "runs" else [*COHORTS]


def by_half(kind: str, column: str) -> bool:
    """Whether a column is known for each half-year."""
    return kind in TALLIED and column in EVENTS


def bands(ages: str) -> tuple[int, int]:
    """First and last age band that ages mean.

    Raises:
        ValueError: for ages that are not made of whole bands.
    """
    known = AXES["age_band"]
    lows = [band.removesuffix("+").split("-")[0] for band in known]
    highs = [*(band.split("-")[1] for band in known[:-1]), "+"]
    low, high = (ages[:-1], "+") if ages.endswith("+") else ages.partition("-")[::2]
    if low not in lows or high not in highs or lows.index(low) > highs.index(high):
        raise ValueError(f"expected whole age bands ({', '.join(known)}), such as 65+, 75+ or 45-74, got {ages!r}")
    return lows.index(low), highs.index(high)


def check(study: Study) -> None:
    """Names of every outcome.

    Raises:
        InputError: naming file, outcome and key.
    """
    for number, outcome in enumerate(study.outcomes, start=1):
        where = f"{study.path.name}: outcomes[{number}]"
        if outcome.parameter:
            study.parameters[outcome.parameter]
        if outcome.of and study.runs:
            figure = figure_of(outcome.of)
            _check_figure(f"{where}: of", outcome.of, figure, study.solve)
            _check_rest(where, outcome, figure, study.solve)
            if outcome.for_each:
                _check_for_each(where, outcome, figure, study.solve)


def _check_figure(where: str, name: str, figure: Figure, solve: str) -> None:
    (first, second), *_ = figure.parts
    if figure.sort == "measure":
        known = [] if solve == "plans" else [m.key for m in measures.MEASURES]
        if second not in known:
            raise unknown("measure", name, known or ["practice.…", "lever.…"], where=where)
    elif figure.sort == "lever":
        if first not in COHORTS:
            raise unknown("kind of provider", first, COHORTS, where=where)
        if second not in COHORTS[first].LEVERS:
            raise unknown("lever", second, COHORTS[first].LEVERS, where=where)
    elif figure.sort == "paid":
        if solve == "plans":
            raise InputError(f"{where}: '{name}' needs runs; with solve = plans name a column or a lever")
        if first not in PAYERS:
            raise unknown("payer", first, PAYERS, where=where)
        if second not in PAYEES:
            raise unknown("payee", second, PAYEES, where=where)
    else:
        _check_columns(where, figure, solve)


def _check_columns(where: str, figure: Figure, solve: str) -> None:
    for kind, column in figure.parts:
        if kind not in kinds(solve):
            raise unknown("kind of provider", kind, kinds(solve), where=where)
        if column not in (known := columns(kind, solve)):
            raise unknown("column", column, known, where=where)
    if solve == "plans" and len({kind for kind, _ in figure.parts}) > 1:
        raise InputError(f"{where}: a sum over kinds of provider needs runs")
    means = [m for m in figure.parts if m[0] != PEOPLE and m[1] in means_of(m[0])]
    if means and len(figure.parts) > 1:
        raise InputError(f"{where}: {'.'.join(means[0])} is a mean and cannot be added to others")


def means_of(kind: str) -> list[str]:
    """Columns of a kind of provider that are means and no sums."""
    return [state.name for state in COHORTS[kind].STATES if state.mean] if kind in COHORTS else []


def _check_rest(where: str, outcome: Outcome, figure: Figure, solve: str) -> None:
    """``per``, ``ages`` and ``halves``, which not every figure can have."""
    if outcome.per:
        if figure.sort != "columns":
            raise InputError(f"{where}: per: '{outcome.of}' is divided by nothing; name columns, or leave per out")
        below = figure_of(per_of(outcome))
        _check_figure(f"{where}: per", outcome.per, below, solve)
        if solve == "plans" and below.parts[0][0] != figure.parts[0][0]:
            raise InputError(f"{where}: per: another kind of provider needs runs")
    if outcome.ages:
        if figure.sort != "columns" or any(kind != PEOPLE for kind, _ in figure.parts):
            raise InputError(f"{where}: ages: only people.EVENT is known by age, not '{outcome.of}'")
        try:
            bands(outcome.ages)
        except ValueError as error:
            raise InputError(f"{where}: ages: {error}") from None
    if outcome.halves:
        _check_halves(where, outcome, figure, solve)


def counterpart(outcome: Outcome) -> Outcome:
    """The change that an outcome's own is divided by, ``for_each``, as an outcome."""
    per = per_of(outcome) if outcome.per else ""
    return outcome.model_copy(update={"of": outcome.for_each, "for_each": "", "per": per, "ages": ""})


def _check_for_each(where: str, outcome: Outcome, figure: Figure, solve: str) -> None:
    other = counterpart(outcome)
    below = figure_of(other.of)
    _check_figure(f"{where}: for_each", other.of, below, solve)
    _check_rest(f"{where}: for_each", other, below, solve)
    if (solve == "plans" or outcome.arm) and owner(other.of) != owner(outcome.of):
        raise InputError(f"{where}: for_each: with arms or plans expected a figure of the same kind of provider")
    if other.of == outcome.of:
        raise InputError(f"{where}: for_each: '{other.of}' would be divided by itself")


def _check_halves(where: str, outcome: Outcome, figure: Figure, solve: str) -> None:
    parts = figure.parts + (figure_of(per_of(outcome)).parts if outcome.per else [])
    known = figure.sort in ("lever", "paid") or (figure.sort == "columns" and all(by_half(*part) for part in parts))
    if not known or solve == "plans":
        raise InputError(
            f"{where}: halves: half-years are known for runs' events of practices and hospitals, levers and "
            f"payments, not for '{outcome.of}'"
        )


def per_of(outcome: Outcome) -> str:
    """The column to divide by with its kind."""
    if "." in outcome.per:
        return outcome.per
    return f"{figure_of(outcome.of).parts[-1][0]}.{outcome.per}"
