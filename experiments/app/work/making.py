"""Answers in the making: one job a question, whoever watches it, so that a reload or a second visitor finds it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

from ....agents.patients.calendar import WEEKS
from ....model.errors import InputError
from ...figures.plots import new_figure
from ...report import make
from ...results.compared import Compared, Drawn
from ...results.result import Result
from ...runs import shards
from ...runs.engine import failure
from ...runs.recipe import comparison_recipe, of_comparison
from ...runs.spec import RunSpec
from ...sweeps import uncertainty
from ...sweeps.plan import Plan
from . import kept, state, workers
from . import question as asking
from .answer import Answer, answer
from .question import Question
from .task import Handle, Reports, Stopped, tell_of

PATIENCE = 30.0  #: seconds for which a job goes on although nobody watches it: a reload takes that long at most
REMEMBERED = 20  #: answers in memory, of all visitors together
LOOK = 0.1  #: seconds between looks at a job
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
        tell_of("an answer could not be made")
        job.error = error
    finally:
        with _door:
            if _jobs.get(job.name) is job:
                del _jobs[job.name]
        job.ended.set()


def _make(job: Job) -> None:
    """Estimates, then the whole, with draws if asked, then all on disk. Each finished run is kept at once."""
    question, folder, plan = job.question, kept.folder_of(job.key), job.plan
    usual, end = replace(question, draws=0), 0.2 if plan else 0.95
    shards.borrow(folder, [run.key for run in (*job.runs, *(plan.runs if plan else ()))])
    estimates = {} if all(shards.kept(folder, [run.key]) for run in job.runs) else _estimates(usual)

    def after(made: set[str]) -> None:
        """Show the latest estimate whose runs are there."""
        there = [rough for rough, runs in estimates.items() if made.issuperset(run.key for run in runs)]
        if there:
            rough = there[-1]
            job.answer = answer(rough, *_answered(rough, kept_results(estimates[rough], folder)), first=True)
            for passed in there:
                del estimates[passed]

    early = [run for runs in estimates.values() for run in runs]
    _make_missing([[run] for run in _once([*early, *job.runs])], folder, job, (0.0, end), _finished, after)
    compared, report = _answered(question, kept_results(job.runs, folder))
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


def _estimates(question: Question) -> dict[Question, list[RunSpec]]:
    """What is shown before the answer, with its runs: a few seconds' worth of people, then everyone with one seed."""
    rough = (question.estimate(), replace(question, seeds=1))
    return {one: one.runs() for one in rough if one != question}


def _once(runs: Iterable[RunSpec]) -> list[RunSpec]:
    return list({run.key: run for run in runs}.values())


def _known(key: str) -> str:
    """The key of an answer that is kept already; empty where it is not."""
    return key if kept.complete(key) else ""


def _drawn(plan: Plan, job: Job, low: float, high: float) -> Drawn:
    """The comparison at all draws, with the time that the rest may take."""
    lanes: dict[int, list[RunSpec]] = {}  # by draw: its runs begin at one state, which the first of them makes
    for run in plan.runs:
        lanes.setdefault(run.point, []).append(run)
    begun, folder = monotonic(), kept.folder_of(job.key)
    last, seconds = 0, 0.0  # new runs when one last finished, and how long a run had taken by then

    def words(made: int, new: int, of: int) -> str:
        nonlocal last, seconds
        if new > last:
            last, seconds = new, (monotonic() - begun) / new
        known = new >= 2 * len(plan.runs) // len(lanes)  # of two draws: the first run of a draw takes longer
        left = f", {_span(seconds * (of - made))} left" if known else ""
        return f"Draw {min(made * len(lanes) // of + 1, len(lanes))} of {len(lanes)}{left}"

    _make_missing([lanes[point] for point in sorted(lanes)], folder, job, (low, high), words)
    return uncertainty.of_rows(plan, [shards.row_of(folder, run.key) for run in plan.runs])


def _span(seconds: float) -> str:
    """A time to wait, in words."""
    minutes = round(seconds / 60.0)
    return f"about {minutes} minute{'s' * (minutes != 1)}" if minutes else "less than a minute"


def _finished(made: int, new: int, of: int) -> str:
    return f"{made} of {of} runs finished"


def kept_results(runs: Sequence[RunSpec], folder: Path) -> list[Result]:
    """Results of finished runs, in their order, from the folder that keeps them.

    Raises:
        InputError: when the input of a run could not be used.
    """
    return [Result(run.place, run.funding, run.seed, _sound(shards.row_of(folder, run.key))) for run in runs]


def _sound(row: dict[str, Any]) -> dict[str, Any]:
    if row["error"] is not None:
        raise failure(row["error"])
    return row


def rows(runs: Sequence[RunSpec], folder: Path, reports: Reports) -> dict[str, dict[str, Any]]:
    """Rows of runs by key: kept in a folder or a neighbour, or made now and kept there.

    Raises:
        InputError: when the input of a run cannot be used.
    """
    shards.borrow(folder, [run.key for run in runs])
    _make_missing([[run] for run in runs], folder, reports, (0.0, 1.0), _finished)
    return {run.key: _sound(shards.row_of(folder, run.key)) for run in runs}


def results(runs: Sequence[RunSpec], folder: Path, reports: Reports) -> list[Result]:
    """The same as results, in the order of the runs."""
    made = rows(runs, folder, reports)
    return [Result(run.place, run.funding, run.seed, made[run.key]) for run in runs]


def _make_missing(
    lanes: Sequence[Sequence[RunSpec]],
    folder: Path,
    reports: Reports,
    span: tuple[float, float],
    words: Callable[[int, int, int], str],
    after: Callable[[set[str]], None] = lambda made: None,
) -> None:
    """Make the runs that a folder lacks, on the server's processes where it has some; runs of a lane stay together.

    ``words``: what is said of so many finished runs, so many of them new, of all. ``after`` is told the keys of the
    finished runs, after each.
    """
    every = [run for lane in lanes for run in lane]
    missing = [[run for run in lane if not shards.kept(folder, [run.key])] for lane in lanes]
    todo = [run for lane in missing for run in lane]
    there, all_weeks = {run.key for run in every} - {run.key for run in todo}, workers.weight(every) or 1.0
    before, told = all_weeks - workers.weight(todo), 0

    def share(weeks: float) -> float:
        return span[0] + (span[1] - span[0]) * (before + weeks) / all_weeks

    def look(weeks: float, made: Sequence[RunSpec]) -> None:
        nonlocal told
        reports.say(share(weeks), words(len(there) + len(made), len(made), len(every)))
        if len(made) > told:
            told = len(made)
            after(there | {run.key for run in made})

    if workers.crew is None:
        _in_turn(todo, folder, reports, share, look)
        return
    for place in {run.place: run.scenario.place for run in todo}.values():
        state.prepare(place, reports)
    try:
        workers.crew.make_all([lane for lane in missing if lane], folder, look)
    except workers.Unwanted:
        raise Stopped from None
    except workers.GivenUp as lost:
        raise InputError(f"{lost}; is there enough memory?") from None


def _in_turn(
    runs: Sequence[RunSpec], folder: Path, reports: Reports, share: Callable[[float], float],
    look: Callable[[float, Sequence[RunSpec]], None],
) -> None:  # fmt: skip
    """Make runs one after the other in this process, with a look after each."""
    for k, run in enumerate(runs):
        low, high = (share(workers.weight(runs[:end])) for end in (k, k + 1))
        began = perf_counter()
        try:
            model = state.model_of(run, reports)
            state.advance(model, run.weeks, reports, f"Run {k + 1} of {len(runs)}", low, high)
            row = run.finished(model, perf_counter() - began)
        except InputError as error:
            row = run.failed(error)
        shards.write(folder, [row])
        look(workers.weight(runs[: k + 1]), runs[: k + 1])


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
