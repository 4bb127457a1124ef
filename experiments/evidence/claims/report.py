"""Answers as a table and as Markdown, written atomically."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ...results.numbers import interval, signed
from .claim import Answer, Claim
from .runs import Results, write


def table(claims: Sequence[Claim], answers: Mapping[str, Answer]) -> pd.DataFrame:
    """One row for each claim: effect, interval, unit, probability that the claim holds, verdict, sentence."""
    rows = [{"claim": c.key, "text": c.text, **vars(answers[c.key])} for c in claims]
    return pd.DataFrame(rows)


def markdown(rows: pd.DataFrame, found: Results, years: int) -> str:
    """The page docs/claims.md: the claims, the model's answers and how certain they are."""
    seeds = len(found.seeds)
    part = "" if found.sample == 1.0 else f" --sample {found.sample:g}"
    lines = [
        "# Claims of the debate, and what the model answers",
        "",
        f"Made by `fundingflows claims --place {found.place} --seeds {seeds}{part}`: {seeds} repeat runs of each way "
        f"of paying, up to {years} years. "
        "The 95 % intervals show chance alone; `compare --uncertainty` adds parameter uncertainty. The probability is "
        "that the effect has the sign the claim gives it. *Partly* means that the first part of a claim is certain and "
        "the second is not. The answers share the model's limits "
        "([model.md](model.md#what-is-not-in-the-model)).",
        "",
        "| Claim | Effect (95 % interval) | Unit | Probability | Verdict |",
        "|---|---|---|---|---|",
    ]  # fmt: skip
    for row in rows.to_dict("records"):
        known = row["effect"] == row["effect"]
        number = f"{signed(row['effect'], 2)} ({interval(row['low'], row['high'], 2)})" if known else "none found"
        chance = row["probability"]
        shown = "> 0.999" if chance > 0.999 else "< 0.001" if chance < 0.001 else f"{chance:.3f}"
        lines.append(f"| {row['text']} | {number} | {row['unit']} | {shown} | {row['verdict']} |")
    lines.append("")
    for number, row in enumerate(rows.to_dict("records"), start=1):
        lines += [f"{number}. **{row['text']}: {row['verdict']}.** {row['sentence']}", ""]
    return "\n".join(lines)


def keep(rows: pd.DataFrame, text: str, folder: Path) -> None:
    """Write ``claims.csv`` and ``claims.md``."""
    write(folder / "claims.csv", rows.to_csv(index=False))
    write(folder / "claims.md", text)
