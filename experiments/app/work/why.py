"""Why an answer is what it is: chains from clause to money, runs with a part held, and the difference taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from markupsafe import Markup

from ....agents.patients.calendar import WEEKS
from ...report import make, why
from ...report.book import Book
from ...results import chain, held
from ...results.chain import Chain
from ...results.compared import Compared
from ...results.parts import parts
from ...runs import why as running
from ...runs.spec import RunSpec, headline
from . import kept, making, state
from .question import Question
from .task import LOCK, Handle


@dataclass(frozen=True)
class Cut:
    """What is held: parts of a difference (``results.parts``) and links, by name."""

    parts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    def words(self) -> str:
        """What is held, in words."""
        return ", ".join([*(parts()[name].label for name in self.parts), *self.links])


@dataclass(frozen=True, eq=False)
class Followed:
    """The chains of each way of paying but the reference, and the comparison that they are of."""

    compared: Compared
    chains: Mapping[str, list[Chain]]


def behaviour() -> Cut:
    """The behaviour of every kind of provider: what is left is prices."""
    return Cut(tuple(name for name, part in parts().items() if part.kind))


def compared_of(question: Question, key: str) -> Compared:
    """The comparison behind the finished answer of a key, from its runs."""
    runs, folder = question.runs(), kept.folder_of(key)
    return making.compared_of(question, making.kept_results(runs, folder))


def chains(question: Question, key: str, handle: Handle) -> Followed:
    """The chains behind a finished answer."""
    handle.say(0.0, "Following the money")
    models = {name: state.reference_model(question.place, handle, name) for name in question.ways}
    compared = compared_of(question, key)
    with LOCK:
        return Followed(compared, {way: chain.chains(compared, models, way) for way in question.others})


def cut(question: Question, key: str, what: Cut, handle: Handle) -> dict[str, pd.DataFrame]:
    """Each difference with and without a part held (``held.table``), from runs with the same seeds; they are kept."""
    runs, folder = question.runs(), kept.folder_of(key)
    planned = [replace(running.without(run, what.parts, what.links), reader=headline) for run in runs]
    made = making.rows(planned, folder, handle)
    whole = _by(runs, (result.measures for result in making.kept_results(runs, folder)))
    without = _by(planned, (made[run.key] for run in planned))
    seeds = range(1, question.seeds + 1)
    return {way: held.table(whole, without, question.reference, way, seeds) for way in question.others}


def _by(runs: Iterable[RunSpec], rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    return {(run.funding, run.seed): row for run, row in zip(runs, rows, strict=True)}


def plan(question: Question) -> dict[str, running.Planned]:
    """The runs that take each difference apart."""
    cases = {run.funding: run.scenario for run in replace(question, seeds=1).runs()}
    seeds, weeks = range(1, question.seeds + 1), question.years * WEEKS
    return {way: running.plan([cases[question.reference], cases[way]], weeks, seeds) for way in question.others}


def apart(question: Question, key: str, handle: Handle) -> Markup:
    """Each difference taken apart as ``compare --why`` does, as the report shows it; finished runs are kept."""
    planned = plan(question)
    runs = [run for some in planned.values() for run in some.values()]
    made = making.rows(runs, kept.folder_of(key), handle)
    tables = {way: running.table(some, made) for way, some in planned.items()}
    return make.inside(why.section(Book(), replace(compared_of(question, key), apart=tables)))
