"""Compare every study in a folder with the model, adding seeds until the simulated effect is precise enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ....model.parameters import Parameters
from ...runs import engine, shards
from ...runs.engine import HERE, Options
from ...runs.spec import RunSpec
from . import figure, runs
from .arms import Arms, make
from .plan import PlanStudy
from .score import Scored, needed, score
from .study import Outcome, Study

AHEAD = 1.2  #: factor on the number of seeds that the spread so far suggests


@dataclass
class Answer:
    """A study and its scores; empty where the model was not run."""

    study: Study
    scored: list[Scored] = field(default_factory=list)
    error: str = ""

    @property
    def verdict(self) -> str:
        """wired, not representable, pass, fail or error."""
        if not self.study.runs:
            return self.study.state.replace("_", " ")
        if self.error:
            return "error"
        return "pass" if self.scored and all(s.passed for s in self.scored) else "fail"


def prepare(studies: Sequence[Study]) -> list[Arms]:
    """Scenarios of all testable studies; every file is checked before the first run.

    Raises:
        InputError: one sentence that names the file, the key and what was expected.
    """
    for study in studies:
        figure.check(study)
    return [make(study) for study in studies if study.runs]


def validate(
    studies: Sequence[Study], folder: Path, options: Options = HERE, say: Callable[[str], None] = print
) -> list[Answer]:
    """Answers to all studies, in their order. Runs are kept in ``folder``; calling again resumes.

    Raises:
        InputError: for a file that cannot be used.
        Stopped: when something outside the program prevents it; finished runs are kept.
    """
    arms = prepare(studies)
    found = {a.study.id: _by_plans(a) for a in arms if a.study.solve == "plans"}
    by_runs = [a for a in arms if a.study.solve == "runs"]
    seeds = {a.study.id: a.study.seeds[0] for a in by_runs}
    while by_runs:
        engine.make([run for a in by_runs for run in _runs(a, seeds[a.study.id]).values()], folder, options)
        kept = shards.good_rows(folder)
        for a in by_runs:
            found[a.study.id] = _by_runs(a, seeds[a.study.id], kept, folder)
        more = {a.study.id: _more(found[a.study.id], seeds[a.study.id]) for a in by_runs}
        by_runs = [a for a in by_runs if more[a.study.id] > seeds[a.study.id]]
        for a in by_runs:
            say(f"{a.study.id}: {seeds[a.study.id]} repeat runs are not enough; trying {more[a.study.id]}")
            seeds[a.study.id] = more[a.study.id]
    return [found.get(study.id, Answer(study)) for study in studies]


def _by_plans(arms: Arms, parameters: Parameters | None = None) -> Answer:
    """Plans differ between seeds only in providers' altruism, so the smallest number of seeds is enough."""
    n = arms.study.seeds[0]
    values = np.array([PlanStudy(arms, seed).effects(parameters or arms.study.parameters) for seed in range(1, n + 1)])
    return Answer(arms.study, [score(o, values[:, k]) for k, o in enumerate(arms.study.scored)])


def _runs(arms: Arms, seeds: int) -> dict[tuple[int, str], RunSpec]:
    """Runs by seed and arm."""
    return {(seed, arm): runs.spec(arms, arm, seed, {}) for seed in range(1, seeds + 1) for arm in arms.cases}


def _by_runs(arms: Arms, seeds: int, kept: dict, folder: Path) -> Answer:
    keys = {which: run.key for which, run in _runs(arms, seeds).items()}
    whole = [s for s in range(1, seeds + 1) if all(keys[s, arm] in kept for arm in arms.cases)]
    if len(whole) < 2:
        said = shards.errors(folder, list(keys.values()))
        return Answer(arms.study, error=said[0] if said else "fewer than two repeat runs have finished")
    pairs = [{arm: kept[keys[s, arm]] for arm in arms.cases} for s in whole]
    return Answer(arms.study, [score(o, [figure.effect(arms.study, o, p) for p in pairs]) for o in arms.study.scored])


def _more(answer: Answer, seeds: int) -> int:
    """How many seeds to try next: unchanged when all is precise, at most the study's limit."""
    open_ = [s for s in answer.scored if not s.precise]
    if answer.error or not open_:
        return seeds
    ask = max(int(np.ceil(AHEAD * needed(s))) for s in open_)
    return min(max(ask, seeds + 2), answer.study.seeds[1])


def table(answers: Sequence[Answer]) -> pd.DataFrame:
    """One row for each outcome: published and simulated effect and interval, z, verdicts and reason."""
    out = []
    for answer in answers:
        scored = {id(s.outcome): s for s in answer.scored}
        for outcome in answer.study.outcomes:
            out.append(_line(answer, outcome, scored.get(id(outcome))))
    return pd.DataFrame(out)


def _line(answer: Answer, outcome: Outcome, found: Scored | None) -> dict[str, object]:
    study, nan = answer.study, float("nan")
    verdict = "pass" if found and found.passed else "fail" if found else "not scored"
    if not study.runs:
        verdict = answer.verdict
    return {
        "row": study.id, "title": study.title, "citation": study.citation, "grade": study.grade, "state": study.state,
        "outcome": outcome.name, "figure": outcome.of, "unit": outcome.unit, "score": outcome.score,
        "published": nan if outcome.effect is None else outcome.effect,
        "published_low": nan if outcome.low is None else outcome.low,
        "published_high": nan if outcome.high is None else outcome.high, "sign": outcome.sign or "",
        "simulated": found.mean if found else nan, "simulated_low": found.low if found else nan,
        "simulated_high": found.high if found else nan, "error": found.error if found else nan,
        "z": found.z if found else nan, "seeds": found.seeds if found else 0,
        "precise": found.precise if found else False, "verdict": verdict, "row_verdict": answer.verdict,
        "why": answer.error or _why(study, outcome, found),
    }  # fmt: skip


def _why(study: Study, outcome: Outcome, found: Scored | None) -> str:
    if not study.runs:
        value = study.parameters[outcome.parameter].value if outcome.parameter else None
        return outcome.why or study.note + (f" {outcome.parameter} = {value:g}." if value is not None else "")
    if found and found.passed and found.precise:
        return ""
    if found and not found.precise:
        return f"{found.seeds} seeds did not reach the required precision. {outcome.why}".strip()
    return outcome.why


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """Number of studies by verdict."""
    names = ("pass", "fail", "error", "wired", "not representable")
    return {name: sum(a.verdict == name for a in answers) for name in names}


def sentence(answers: Sequence[Answer]) -> str:
    """The result in one sentence."""
    t = tally(answers)
    asked = t["pass"] + t["fail"] + t["error"]
    failed = ", ".join(a.study.id for a in answers if a.verdict in ("fail", "error"))
    return (
        f"{t['pass']} of {asked} testable experiments pass with one set of parameters"
        + (f" (failing: {failed})" if failed else "")
        + f"; {t['wired']} are calibration inputs and {t['not representable']} cannot be represented."
    )
