"""The table of experiments, printed and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...results.numbers import NOTHING, signed
from .answer import Answer, sentence
from .outcome import UNITS
from .study import Study

SHORT: dict[str, str] = dict(zip(UNITS, (" %", " pp", ""), strict=True))


def number(x: float, unit: str) -> str:
    """A figure with its sign and unit; empty where there is none."""
    digits = 2 if abs(x) < 10 else 1
    text = signed(x, digits)
    return "" if text == NOTHING else text + SHORT[unit]


def _published(row: dict[str, Any]) -> str:
    if row["score"] == "sign":
        return {"+": "rises", "-": "falls"}[row["sign"]]
    if row["score"] in ("at_least", "at_most"):
        bound = row["published_low" if row["score"] == "at_least" else "published_high"]
        nought = {"at_least": "does not fall", "at_most": "does not rise"}
        return f"{row['score'].replace('_', ' ')} {number(bound, row['unit'])}" if bound else nought[row["score"]]
    text = number(row["published"], row["unit"])
    if row["published_low"] == row["published_low"]:
        ends = " to ".join(number(row[k], "units") for k in ("published_low", "published_high"))
        return f"{ends}{SHORT[row['unit']]} (range)" if row["range"] else f"{text} ({ends})"
    return f"{text} (±50 %)" if text and row["score"] == "numeric" else text


def _simulated(row: dict[str, Any]) -> str:
    text = number(row["simulated"], row["unit"])
    ends = " to ".join(number(row[k], "units") for k in ("simulated_low", "simulated_high"))
    return f"{text} ({ends})" if text else ""


def cells(table: pd.DataFrame) -> list[list[str]]:
    """Text of the table: study, outcome, published, simulated, z, seeds, verdicts in sample and left out, why."""
    out, last = [], ""
    for row in table.to_dict("records"):
        name = f"{row['row']} {row['title']}" if row["row"] != last else ""
        last = str(row["row"])
        z = signed(row["z"], 1).replace(NOTHING, "")
        out.append([name, str(row["outcome"]), _published(row), _simulated(row), z, str(row["seeds"] or ""),
                    str(row["verdict"]), _left_out(row), _reason(row)])  # fmt: skip
    return out


def _left_out(row: dict[str, Any]) -> str:
    """The verdict of a fit that has not seen the experiment, with what it predicts."""
    if not row["left_out_verdict"]:
        return ""
    if row["held_out"]:
        return f"{row['left_out_verdict']} (not fitted)"
    return f"{row['left_out_verdict']} ({number(row['left_out'], row['unit'])})"


def _reason(row: dict[str, Any]) -> str:
    """Why it fails, and which levers stand at the end of their room, so that the effect could not be larger."""
    mark = f"† {row['at_end']} at the end of its room." if row["at_end"] else ""
    return f"{mark} {row['why']}".strip()


HEADS = ("experiment", "outcome", "published", "simulated", "z", "seeds", "verdict", "left out", "why")


def _note(study: Study) -> str:
    """One experiment in words."""
    known = ", ".join(filter(None, (study.grade, study.reach)))
    return f"- **{study.id}** ({known}): {study.citation}. {study.setting}. {study.note}".rstrip()


def markdown(answers: Sequence[Answer], table: pd.DataFrame, head: str) -> str:
    """The table as a page."""
    lines = [head.rstrip(), "", f"**{sentence(answers)}**", "", f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    lines += [f"| {' | '.join(text.replace('|', '/') for text in row)} |" for row in cells(table)]
    notes = [_note(a.study) for a in answers]
    return "\n".join([*lines, "", "## The experiments", "", *notes, ""])


def write(folder: Path, answers: Sequence[Answer], table: pd.DataFrame, head: str) -> None:
    """``validation.csv``, ``.parquet`` and ``.md`` into a folder that takes its place when all are there."""
    table.to_csv(folder / "validation.csv", index=False)
    table.to_parquet(folder / "validation.parquet", compression="zstd", index=False)
    (folder / "validation.md").write_text(markdown(answers, table, head), encoding="utf-8")


def show(console: Any, table: pd.DataFrame) -> None:
    """Print the table; reasons follow it, one a line."""
    from rich.table import Table

    made = Table(title="Published experiments compared with the model", title_justify="left", show_lines=False)
    for name in HEADS[:-1]:
        made.add_column(name, justify="right" if name in ("z", "seeds") else "left")
    colours = {"pass": "green", "fail": "red", "error": "red", "no channel": "yellow"}
    for row in cells(table):
        colour = colours.get(row[6])
        made.add_row(*row[:6], f"[{colour}]{row[6]}[/]" if colour else row[6], row[7])
    console.print(made)
    for row in table.to_dict("records"):
        if row["verdict"] in ("fail", "error", "no channel") and (said := _reason(row)):
            console.print(f"• {row['row']}, {row['outcome']}: {said}")
