"""Every experiment of a folder beside what the model says; paired seeds are added until that is precise enough."""

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
from .plan import Asked
from .row import Outcome, Row
from .score import Scored, needed, score

AHEAD = 1.2  #: seeds tried beyond those that the spread so far asks for


@dataclass
class Answer:
    """An experiment and what came of it; nothing is scored where the model was not asked."""

    row: Row
    scored: list[Scored] = field(default_factory=list)
    error: str = ""

    @property
    def verdict(self) -> str:
        """wired, not representable, pass, fail or error."""
        if not self.row.runs:
            return self.row.state.replace("_", " ")
        if self.error:
            return "error"
        return "pass" if self.scored and all(s.passed for s in self.scored) else "fail"


def prepare(rows: Sequence[Row]) -> list[Arms]:
    """Scenarios of all experiments that the model is asked about; everything is checked before anything is run.

    Raises:
        InputError: one sentence that names the file, the key and what was expected.
    """
    for row in rows:
        figure.check(row)
    return [make(row) for row in rows if row.runs]


def validate(
    rows: Sequence[Row], folder: Path, options: Options = HERE, say: Callable[[str], None] = print
) -> list[Answer]:
    """Answers to all experiments, in their order. Runs are kept in ``folder``, and the same call goes on from there.

    Raises:
        InputError: for a file that cannot be used.
        Stopped: when something outside stands in the way; finished runs are kept.
    """
    arms = prepare(rows)
    found = {a.row.id: _by_plans(a) for a in arms if a.row.solve == "plans"}
    by_runs = [a for a in arms if a.row.solve == "runs"]
    seeds = {a.row.id: a.row.seeds[0] for a in by_runs}
    while by_runs:
        engine.make([run for a in by_runs for run in _runs(a, seeds[a.row.id]).values()], folder, options)
        kept = shards.good_rows(folder)
        for a in by_runs:
            found[a.row.id] = _by_runs(a, seeds[a.row.id], kept, folder)
        more = {a.row.id: _more(found[a.row.id], seeds[a.row.id]) for a in by_runs}
        by_runs = [a for a in by_runs if more[a.row.id] > seeds[a.row.id]]
        for a in by_runs:
            say(f"{a.row.id}: {seeds[a.row.id]} paired seeds are not enough; trying {more[a.row.id]}")
            seeds[a.row.id] = more[a.row.id]
    return [found.get(row.id, Answer(row)) for row in rows]


def _by_plans(arms: Arms, parameters: Parameters | None = None) -> Answer:
    """Plans differ between seeds by providers' altruism only, so that the fewest seeds do."""
    n = arms.row.seeds[0]
    values = np.array([Asked(arms, seed).effects(parameters or arms.row.parameters) for seed in range(1, n + 1)])
    return Answer(arms.row, [score(o, values[:, k]) for k, o in enumerate(arms.row.scored)])


def _runs(arms: Arms, seeds: int) -> dict[tuple[int, str], RunSpec]:
    """Runs by seed and arm."""
    return {(seed, arm): runs.spec(arms, arm, seed, {}) for seed in range(1, seeds + 1) for arm in arms.cases}


def _by_runs(arms: Arms, seeds: int, kept: dict, folder: Path) -> Answer:
    keys = {which: run.key for which, run in _runs(arms, seeds).items()}
    whole = [s for s in range(1, seeds + 1) if all(keys[s, arm] in kept for arm in arms.cases)]
    if len(whole) < 2:
        said = shards.errors(folder, list(keys.values()))
        return Answer(arms.row, error=said[0] if said else "fewer than two paired seeds are done")
    pairs = [{arm: kept[keys[s, arm]] for arm in arms.cases} for s in whole]
    return Answer(arms.row, [score(o, [figure.effect(arms.row, o, p) for p in pairs]) for o in arms.row.scored])


def _more(answer: Answer, seeds: int) -> int:
    """How many seeds to try next; no more than there are when all is precise, or the row's most are used up."""
    open_ = [s for s in answer.scored if not s.precise]
    if answer.error or not open_:
        return seeds
    ask = max(int(np.ceil(AHEAD * needed(s))) for s in open_)
    return min(max(ask, seeds + 2), answer.row.seeds[1])


def table(answers: Sequence[Answer]) -> pd.DataFrame:
    """One row an outcome: published and simulated effect and interval, z, verdict of outcome and row, and why."""
    out = []
    for answer in answers:
        scored = {id(s.outcome): s for s in answer.scored}
        for outcome in answer.row.outcomes:
            out.append(_line(answer, outcome, scored.get(id(outcome))))
    return pd.DataFrame(out)


def _line(answer: Answer, outcome: Outcome, found: Scored | None) -> dict[str, object]:
    row, nan = answer.row, float("nan")
    verdict = "pass" if found and found.passed else "fail" if found else "not scored"
    if not row.runs:
        verdict = answer.verdict
    return {
        "row": row.id, "title": row.title, "citation": row.citation, "grade": row.grade, "state": row.state,
        "outcome": outcome.name, "figure": outcome.of, "unit": outcome.unit, "score": outcome.score,
        "published": nan if outcome.effect is None else outcome.effect,
        "published_low": nan if outcome.low is None else outcome.low,
        "published_high": nan if outcome.high is None else outcome.high, "sign": outcome.sign or "",
        "simulated": found.mean if found else nan, "simulated_low": found.low if found else nan,
        "simulated_high": found.high if found else nan, "error": found.error if found else nan,
        "z": found.z if found else nan, "seeds": found.seeds if found else 0,
        "precise": found.precise if found else False, "verdict": verdict, "row_verdict": answer.verdict,
        "why": answer.error or _why(row, outcome, found),
    }  # fmt: skip


def _why(row: Row, outcome: Outcome, found: Scored | None) -> str:
    if not row.runs:
        value = row.parameters[outcome.parameter].value if outcome.parameter else None
        return outcome.why or row.note + (f" {outcome.parameter} = {value:g}." if value is not None else "")
    if found and found.passed and found.precise:
        return ""
    if found and not found.precise:
        return f"{found.seeds} seeds did not reach the precision asked for. {outcome.why}".strip()
    return outcome.why


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """How many rows came to each verdict."""
    names = ("pass", "fail", "error", "wired", "not representable")
    return {name: sum(a.verdict == name for a in answers) for name in names}


def sentence(answers: Sequence[Answer]) -> str:
    """The result in one sentence."""
    t = tally(answers)
    asked = t["pass"] + t["fail"] + t["error"]
    failed = ", ".join(a.row.id for a in answers if a.verdict in ("fail", "error"))
    return (
        f"{t['pass']} of {asked} experiments that the model can be asked about pass with one set of parameters"
        + (f" (failing: {failed})" if failed else "")
        + f"; {t['wired']} are inputs and {t['not representable']} cannot be represented."
    )
