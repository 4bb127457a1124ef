"""Answers as a table and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ....scenarios import baseline_of
from ...results.leading import leading
from ...results.numbers import NOTHING, interval, signed
from ...results.variance import parts
from ...results.words import LIKELIHOOD, likelihood
from ...sweeps.draws import lost_words
from .claim import Answer, Claim
from .runs import Results


def table(
    claims: Sequence[Claim], answers: Mapping[str, Answer], found: Results, own: Mapping[str, Answer] | None = None
) -> pd.DataFrame:
    """One row for each claim: effect, interval, unit, probability that the claim holds, verdict, sentence.

    At drawn numbers also ``own``, the probability at the baseline's own; ``chance``, share of the variance between
    single runs that is chance; and the number that the effect hangs on, if any, with its rank correlation.
    """
    rows = []
    for claim in claims:
        answer = answers[claim.key]
        facts = {"claim": claim.key, "text": claim.text, **vars(answer)}
        del facts["values"]
        rows.append(facts | (_uncertainty(answer, found) | {"own": own[claim.key].probability} if own else {}))
    return pd.DataFrame(rows)


def _uncertainty(answer: Answer, found: Results) -> dict[str, Any]:
    many = len(found.draws)
    wide = answer.values.reshape(many, -1)
    chance = 1.0 - parts(wide).share if wide.shape[1] > 1 and np.isfinite(wide).all() else float("nan")
    top = leading(wide.mean(axis=1), found.draws)
    return {"chance": chance, "hangs_on": top.path if top else "", "correlation": top.correlation if top else 0.0}


def markdown(rows: pd.DataFrame, found: Results, years: int) -> str:
    """The page docs/claims.md: the claims, the model's answers and how certain they are."""
    drawn = "own" in rows
    lines = ["# Claims of the debate, and what the model answers", "", _how(found, years), ""]
    lines += [_head(drawn), "|---" * _head(drawn).count(" | ") + "|---|"]
    lines += [_row(row, drawn) for row in rows.to_dict("records")]
    lines.append("")
    for number, row in enumerate(rows.to_dict("records"), start=1):
        lines += [f"{number}. **{row['text']}: {row['verdict']}.** {row['sentence']}", ""]
    if drawn:
        lines += ["## What the answers hang on", "", *_moved(rows, found), ""]
    return "\n".join(lines)


def _how(found: Results, years: int) -> str:
    part = "" if found.sample == 1.0 else f" --sample {found.sample:g}"
    seeds, many = len(found.seeds), len(found.draws)
    asked = max(found.asked, many)
    lost = lost_words(asked - many, asked)
    scale = ", ".join(f"{word} from {100 * least:g} %" for least, word in LIKELIHOOD)
    repeats = f"{seeds} repeat run{'s' * (seeds != 1)} of each way of paying"
    sources = (
        f"{repeats} at each of {many} draws of everything that is not known "
        f"([uncertainty.md](uncertainty.md)){lost and f' ({lost})'}"
        if many
        else repeats
    )
    shows = (
        "The 95 % intervals and probabilities allow for uncertainty about all numbers and for chance; *own numbers* is "
        "the probability at the baseline's own numbers, where only chance is uncertain. *Chance* is its share of the "
        "variance between single runs."
        if many
        else "The 95 % intervals show chance alone; `--uncertainty` adds uncertainty about numbers."
    )
    return (
        f"Made by `fundingflows claims --place {found.place} --seeds {seeds}{part}"
        f"{f' --uncertainty {asked}' if many else ''}`: {sources}, up to {years} years. {shows} "
        "The probability is that the effect has the sign the claim gives it. Its words are of one scale: "
        f"{scale}, exceptionally unlikely below. A claim with a second part has a word for each. The answers share the "
        "model's limits ([model.md](model.md#what-is-not-in-the-model))."
    )


def _head(drawn: bool) -> str:
    more = " Own numbers | Chance |" if drawn else ""
    return f"| Claim | Effect (95 % interval) | Unit | Probability |{more} Verdict |"


def _row(row: Mapping[Any, Any], drawn: bool) -> str:
    known = row["effect"] == row["effect"]
    effect = f"{signed(row['effect'], 2)} ({interval(row['low'], row['high'], 2)})" if known else "none found"
    chance = row["chance"] if drawn else 0.0
    share = f"{100 * chance:.0f} %" if chance == chance else NOTHING
    more = f" {_probability(row['own'])} | {share} |" if drawn else ""
    return f"| {row['text']} | {effect} | {row['unit']} | {_probability(row['probability'])} |{more} {row['verdict']} |"


def _probability(p: float) -> str:
    return "> 0.999" if p > 0.999 else "< 0.001" if p < 0.001 else f"{p:.3f}" if p == p else NOTHING


def _moved(rows: pd.DataFrame, found: Results) -> list[str]:
    """A sentence for each claim: how likely it is with uncertain numbers, and the number that its effect hangs on."""
    numbers = baseline_of(found.place).parameters
    lines = []
    for row in rows.to_dict("records"):
        before, now = likelihood(row["own"]), likelihood(row["probability"])
        moved = (
            f"still {now}" if before == now else f"{before} at the baseline's own numbers, {now} with uncertain ones"
        )
        rises = "larger" if row["correlation"] > 0 else "smaller"
        hangs = (
            f"its effect is {rises} where *{numbers[row['hangs_on']].label}* (`{row['hangs_on']}`, "
            f"{numbers[row['hangs_on']].status}) is larger (rank correlation {signed(row['correlation'], 2)})"
            if row["hangs_on"]
            else "no one number explains its spread"
        )
        lines.append(f"- {row['text']}: {moved}; {hangs}.")
    return lines


def keep(rows: pd.DataFrame, text: str, folder: Path) -> None:
    """Write ``claims.csv`` and ``claims.md``."""
    rows.to_csv(folder / "claims.csv", index=False)
    (folder / "claims.md").write_text(text, encoding="utf-8")
