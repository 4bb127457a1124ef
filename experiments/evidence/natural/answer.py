"""Answers to natural experiments: verdicts, the table of outcomes and the result in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from .outcome import Outcome
from .score import Scored
from .study import Study

PASS, FAIL, NO_CHANNEL = "pass", "fail", "no channel"
VERDICTS = (PASS, FAIL, "error", NO_CHANNEL, "wired", "not representable")
HALF = 0.5  #: share of providers at the end of a lever's room from which the table says so

SILENT = "Exactly nought with every seed: nothing that the reform changes reaches this figure."
NOTHING = "There is none of it under the control arm, so there is no share of it; use units."


@dataclass(frozen=True)
class Unseen:
    """An outcome as predicted by a fit to all other experiments."""

    predicted: float
    low: float  # 95 % interval
    high: float
    passed: bool


@dataclass
class Answer:
    """A study and its scores; empty where the model was not run.

    ``ends``: share of providers whose plan has a lever at the end of its room, by KIND.LEVER. ``unseen``: what a fit
    to all other experiments predicts, by name of outcome; empty where there is none. ``held_out``: no part of the fit,
    so that what is simulated is itself a prediction.
    """

    study: Study
    scored: list[Scored] = field(default_factory=list)
    error: str = ""
    ends: dict[str, float] = field(default_factory=dict)
    unseen: Mapping[str, Unseen] = field(default_factory=dict)
    held_out: bool = False

    @property
    def verdict(self) -> str:
        """One of ``VERDICTS``."""
        if not self.study.runs:
            return self.study.state.replace("_", " ")
        if self.error:
            return "error"
        return worst([s.verdict for s in self.scored])

    @property
    def left_out(self) -> str:
        """The verdict on what a fit predicts that has not seen the experiment; empty where an outcome lacks it."""
        if self.held_out:
            return self.verdict
        known = [self.unseen.get(s.outcome.name) for s in self.scored]
        if not known or None in known:
            return ""
        return PASS if all(one.passed for one in known if one) else FAIL

    @property
    def stuck(self) -> list[str]:
        """Levers at the end of their room for half of the providers or more."""
        return [lever for lever, share in self.ends.items() if share >= HALF]


def worst(verdicts: Sequence[str]) -> str:
    """The verdict on several outcomes, or on several files of one experiment: a single failure decides."""
    asked = [v for v in verdicts if v not in ("wired", "not representable")]
    for verdict in ("error", FAIL, NO_CHANNEL):
        if verdict in asked:
            return verdict
    return PASS if asked else verdicts[0] if verdicts else NO_CHANNEL


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
    verdict = found.verdict if found else "not scored"
    if not study.runs:
        verdict = answer.verdict
    low, high = outcome.range or (outcome.low, outcome.high)
    unseen = answer.unseen.get(outcome.name) if found else None
    return {
        "row": study.id, "title": study.title, "citation": study.citation, "grade": study.grade, "state": study.state,
        "reach": study.reach or "", "experiment": study.experiment or study.id,
        "outcome": outcome.name, "figure": outcome.of, "unit": outcome.unit, "score": outcome.score,
        "published": nan if outcome.published is None else outcome.published,
        "published_low": nan if low is None else low, "published_high": nan if high is None else high,
        "range": outcome.range is not None, "sign": outcome.sign or "",
        "simulated": found.mean if found else nan, "simulated_low": found.low if found else nan,
        "simulated_high": found.high if found else nan, "error": found.error if found else nan,
        "z": found.z if found else nan, "seeds": found.seeds if found else 0,
        "precise": found.precise if found else False, "verdict": verdict, "row_verdict": answer.verdict,
        "left_out": unseen.predicted if unseen else nan,
        "left_out_verdict": _unseen(answer, found, unseen), "held_out": answer.held_out,
        "at_end": ", ".join(answer.stuck) if found else "", "why": answer.error or _why(study, outcome, found),
    }  # fmt: skip


def _unseen(answer: Answer, found: Scored | None, unseen: Unseen | None) -> str:
    """The verdict on an outcome by a fit that has not seen its experiment; empty where there is none."""
    if answer.held_out and found:
        return found.verdict
    return (PASS if unseen.passed else FAIL) if unseen else ""


def _why(study: Study, outcome: Outcome, found: Scored | None) -> str:
    if not study.runs:
        value = study.parameters[outcome.parameter].value if outcome.parameter else None
        return outcome.why or study.note + (f" {outcome.parameter} = {value:g}." if value is not None else "")
    if found is None:
        return outcome.why
    if not found.channel:
        return f"{SILENT} {outcome.why}".strip()
    if found.mean != found.mean:
        return f"{NOTHING} {outcome.why}".strip()
    if not found.precise:
        return f"{found.seeds} seeds did not reach the required precision. {outcome.why}".strip()
    return "" if found.passed else outcome.why


def by_experiment(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    """Answers by experiment: files that name the same one belong together."""
    out: dict[str, list[Answer]] = {}
    for answer in answers:
        out.setdefault(answer.study.experiment or answer.study.id, []).append(answer)
    return out


def verdicts(answers: Sequence[Answer]) -> dict[str, str]:
    """The verdict on each experiment."""
    return {name: worst([a.verdict for a in group]) for name, group in by_experiment(answers).items()}


def left_out(answers: Sequence[Answer]) -> dict[str, str]:
    """The verdict on each experiment that is asked, by a fit that has not seen it; those without are absent."""
    groups = {name: [a.left_out for a in group if a.scored] for name, group in by_experiment(answers).items()}
    return {name: worst(found) for name, found in groups.items() if found and all(found)}


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """Number of experiments by verdict."""
    found = list(verdicts(answers).values())
    return {name: found.count(name) for name in VERDICTS}


def sentence(answers: Sequence[Answer]) -> str:
    """The result in one sentence: what can be asked and what passes; the rest never counts as a success."""
    t = tally(answers)
    asked = t[PASS] + t[FAIL] + t["error"]
    failed = ", ".join(name for name, verdict in verdicts(answers).items() if verdict in (FAIL, "error"))
    silent = ", ".join(name for name, verdict in verdicts(answers).items() if verdict == NO_CHANNEL)
    unseen = list(left_out(answers).values())
    return (
        f"{t[PASS]} of {asked} experiments that the model can be asked pass with one set of parameters"
        + (f" (failing: {failed})" if failed else "")
        + (f"; {unseen.count(PASS)} of {len(unseen)} pass when the fit has not seen them" if unseen else "")
        + (f"; {t[NO_CHANNEL]} more have no channel ({silent})" if silent else "")
        + f"; {t['wired']} are wired in and {t['not representable']} cannot be represented."
    )
