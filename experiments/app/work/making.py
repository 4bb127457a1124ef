"""Answers in the making: one job a question, whoever watches it, so that a reload or a second visitor finds it."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from ....agents.patients.calendar import WEEKS
from ....model.errors import InputError
from ...figures.plots import new_figure
from ...report import make
from ...results.compared import Compared, Drawn
from ...results.result import Result
from ...runs import shards
from ...runs.recipe import comparison_recipe, of_comparison
from ...runs.spec import RunSpec
from ...sweeps import uncertainty
from ...sweeps.plan import Plan
from . import kept, state
from . import question as asking
from .answer import Answer, answer
from .question import Question
from .task import Handle, Reports, Stopped

PATIENCE = 30.0  #: seconds for which a job goes on although nobody watches it: a reload takes that long at most
REMEMBERED = 20  #: answers in memory, of all visitors together
LOOK = 0.1  #: seconds between looks at a job
log = logging.getLogger(__name__)
_jobs: dict[str, Job] = {}
_answers: OrderedDict[str, Answer] = OrderedDict()
_door = threading.Lock()
_drawing = threading.Lock()  # the picture library draws one picture at a time


def warm_up() -> None:
    """Load what draws pictures, which takes a second or two."""
    from matplotlib import pyplot

    with _drawing:
        pyplot.close(new_figure(1.0, 1.0)[0])


class Job:
    """An answer in the making. Visitors read ``share``, ``text`` and ``answer``."""

    def __init__(self, question: Question, key: str, runs: list[RunSpec], plan: Plan | None = None) -> None:
        self.question, self.key, self.runs, self.plan = question, key, runs, plan
        self.name = f"{key}/{question.about}"
        self.share, self.text = 0.0, "Starting"
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.ended, self.halt = threading.Event(), threading.Event()
        self.watchers, self.left = 0, monotonic()

    def say(self, share: float, text: str) -> None:
        """Report progress; raises ``Stopped`` as ``check`` does."""
        self.check()
        self.share, self.text = share, text

    def check(self) -> None:
        """Raise ``Stopped`` when somebody has stopped the job, or nobody has watched it for some time."""
        if self.halt.is_set() or (not self.watchers and monotonic() - self.left > PATIENCE):
            raise Stopped


def join(question: Question) -> Job:
    """The job of a question, begun unless it is at work.

    Raises:
        InputError: when a way of paying cannot be used in the place.
    """
    runs, plan = question.runs(), question.plan()
    fresh = Job(question, asking.key([*runs, *(plan.runs if plan else ())]), runs, plan)
    with _door:
        job = _jobs.get(fresh.name)
        if job is None or job.halt.is_set():
            job = fresh
            job.answer = _answers.get(job.name) if kept.complete(job.key) else None
            if job.answer is None:
                _jobs[job.name] = job
                threading.Thread(target=_body, args=(job,), daemon=True).start()
            else:
                job.ended.set()
        job.watchers += 1
        return job


def leave(job: Job) -> None:
    """No longer watch a job, which goes on for a while."""
    with _door:
        job.watchers -= 1
        job.left = monotonic()


def stop(question: Question) -> None:
    """End the job of a question unless another visitor watches it too."""
    with _door:
        for job in _jobs.values():
            if job.question == question and job.watchers <= 1:
                job.halt.set()


def watch(question: Question, handle: Handle) -> Answer:
    """Follow a job to its end, showing what it has so far.

    Raises:
        InputError: when the question cannot be answered.
    """
    job, shown = join(question), None
    try:
        while True:
            ended = job.ended.wait(LOOK)
            if job.answer is not None and job.answer is not shown:
                shown = job.answer
                handle.show(shown)
            if ended:
                break
            handle.say(job.share, job.text)
        if job.error is not None:
            raise job.error
        if shown is None:
            raise Stopped
        return shown
    finally:
        leave(job)


def _body(job: Job) -> None:
    try:
        _make(job)
    except Stopped as stopped:
        job.error = stopped
    except InputError as error:
        job.error = error
    except Exception as error:
        log.exception("an answer could not be made")
        job.error = error
    finally:
        with _door:
            if _jobs.get(job.name) is job:
                del _jobs[job.name]
        job.ended.set()


def _make(job: Job) -> None:
    """A first estimate, then the whole, with draws if asked, then all on disk. Each finished run is kept at once."""
    question, folder, plan = job.question, kept.folder_of(job.key), job.plan
    usual, end = replace(question, draws=0), 0.2 if plan else 0.95
    shards.borrow(folder, [run.key for run in (*job.runs, *(plan.runs if plan else ()))])
    rough = question.estimate()
    if not all(shards.kept(folder, [run.key]) for run in job.runs) and rough != usual:
        compared, report = _answered(rough, _results(rough.runs(), job, 0.0, 0.1, "First estimate"))
        job.answer = answer(rough, compared, report, first=True)
    compared, report = _answered(question, _results(job.runs, job, 0.1, end, "Run"))
    job.answer = answer(usual, compared, report, first=False, key=_known(asking.key(job.runs)))
    if plan:
        compared = replace(compared, drawn=_drawn(plan, job, end, 0.95))
        report = make.composed(compared)
        job.answer = answer(question, compared, report, first=False)
    job.say(0.96, "Writing the files to hand on")
    with _drawing:
        if not kept.complete(job.key):
            kept.keep(question, job.key, compared, report)
    job.answer = replace(job.answer, key=job.key)
    _answers[job.name] = job.answer
    while len(_answers) > REMEMBERED:
        _answers.popitem(last=False)


def _known(key: str) -> str:
    """The key of an answer that is kept already; empty where it is not."""
    return key if kept.complete(key) else ""


def _drawn(plan: Plan, job: Job, low: float, high: float) -> Drawn:
    """The comparison at all draws, draw by draw, with the time that the rest may take."""
    runs = sorted(plan.runs, key=lambda run: run.point)
    rows, begun, made = [], monotonic(), 0
    for k, run in enumerate(runs):
        left = f", {_span((monotonic() - begun) / made * (len(runs) - k))} left" if made else ""
        text = f"Draw {run.point + 1} of {len(plan.points)}{left}"
        made += not shards.kept(kept.folder_of(job.key), [run.key])
        span = (low + (high - low) * k / len(runs), low + (high - low) * (k + 1) / len(runs))
        rows.append(_row(run, kept.folder_of(job.key), job, span, text))
    return uncertainty.of_rows(plan, rows)


def _span(seconds: float) -> str:
    """A time to wait, in words."""
    minutes = round(seconds / 60.0)
    return f"about {minutes} minute{'s' * (minutes != 1)}" if minutes else "less than a minute"


def _results(runs: list[RunSpec], job: Job, low: float, high: float, text: str) -> list[Result]:
    made = rows(runs, kept.folder_of(job.key), job, low, high, text)
    return [Result(run.place, run.funding, run.seed, made[run.key]) for run in runs]


def rows(
    runs: Sequence[RunSpec], folder: Path, reports: Reports, low: float = 0.0, high: float = 1.0, text: str = "Run"
) -> dict[str, dict[str, Any]]:
    """Rows of runs by key: kept in a folder, or made now and kept there."""
    out = {}
    for k, run in enumerate(runs):
        span = (low + (high - low) * k / len(runs), low + (high - low) * (k + 1) / len(runs))
        out[run.key] = _row(run, folder, reports, span, f"{text} {k + 1} of {len(runs)}")
    return out


def _row(run: RunSpec, folder: Path, reports: Reports, span: tuple[float, float], text: str) -> dict[str, Any]:
    if shards.kept(folder, [run.key]):
        return shards.row_of(folder, run.key)
    model = state.model_of(run, reports, said=(span[0], text) if span[0] else None)
    state.advance(model, run.weeks, reports, text, *span)
    row = run.identity() | {"digest": model.digest} | run.reader(model)
    shards.write(folder, [row])
    return row


def _answered(question: Question, results: list[Result]) -> tuple[Compared, make.Report]:
    compared = compared_of(question, results)
    return compared, make.composed(compared)


def compared_of(question: Question, results: list[Result]) -> Compared:
    """The comparison of a question, from its results."""
    cases = {run.funding: run.scenario for run in replace(question, seeds=1).runs()}
    facts: Mapping[str, Any] = of_comparison(
        "compare", results, cases,
        comparison_recipe(question.place, kept.paths(question), question.sample, question.years * WEEKS),
    )  # fmt: skip
    return Compared(results, cases, facts)
