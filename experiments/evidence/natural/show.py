"""The table of experiments, printed and as Markdown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ...results.numbers import NOTHING, signed
from .study import UNITS
from .validate import Answer, sentence

WORDS = {"wired": "calibration input"}  #: verdicts as readers see them
SHORT: dict[str, str] = dict(zip(UNITS, (" %", " pp", ""), strict=True))


def number(x: float, unit: str) -> str:
    """A figure with its sign and unit; empty where there is none."""
    digits = 2 if abs(x) < 10 else 1
    text = signed(x, digits)
    return "" if text == NOTHING else text + SHORT[unit]


def _published(row: dict[str, Any]) -> str:
    if row["score"] == "sign":
        return {"+": "rises", "-": "falls"}[row["sign"]]
    text = number(row["published"], row["unit"])
    if row["published_low"] == row["published_low"]:
        ends = " to ".join(number(row[k], "units") for k in ("published_low", "published_high"))
        return f"{text} ({ends})"
    return f"{text} (±50 %)" if text and row["score"] == "numeric" else text


def _simulated(row: dict[str, Any]) -> str:
    text = number(row["simulated"], row["unit"])
    ends = " to ".join(number(row[k], "units") for k in ("simulated_low", "simulated_high"))
    return f"{text} ({ends})" if text else ""


def cells(table: pd.DataFrame) -> list[list[str]]:
    """Text of the table: study, outcome, published, simulated, z, seeds, verdict, why."""
    out, last = [], ""
    for row in table.to_dict("records"):
        name = f"{row['row']} {row['title']}" if row["row"] != last else ""
        last = str(row["row"])
        z = signed(row["z"], 1).replace(NOTHING, "")
        out.append([name, str(row["outcome"]), _published(row), _simulated(row), z, str(row["seeds"] or ""),
                    WORDS.get(str(row["verdict"]), str(row["verdict"])), str(row["why"])])  # fmt: skip
    return out


HEADS = ("experiment", "outcome", "published", "simulated", "z", "seeds", "verdict", "why")


def markdown(answers: Sequence[Answer], table: pd.DataFrame, head: str) -> str:
    """The table as a page."""
    lines = [head.rstrip(), "", f"**{sentence(answers)}**", "", f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|"]
    lines += [f"| {' | '.join(text.replace('|', '/') for text in row)} |" for row in cells(table)]
    notes = [
        f"- **{a.study.id}** ({a.study.grade}): {a.study.citation}. {a.study.setting}. {a.study.note}".rstrip()
        for a in answers
    ]
    return "\n".join([*lines, "", "## The experiments", "", *notes, ""])


def write(folder: Path, answers: Sequence[Answer], table: pd.DataFrame, head: str) -> None:
    """``validation.csv``, ``.parquet`` and ``.md`` in the folder, each written atomically."""
    folder.mkdir(parents=True, exist_ok=True)
    text = markdown(answers, table, head)
    for name, save in (
        ("validation.csv", lambda path: table.to_csv(path, index=False)),
        ("validation.parquet", lambda path: table.to_parquet(path, compression="zstd", index=False)),
        ("validation.md", lambda path: path.write_text(text, encoding="utf-8")),
    ):
        temporary = folder / f".{name}.{os.getpid()}"
        save(temporary)
        temporary.replace(folder / name)


def show(console: Any, table: pd.DataFrame) -> None:
    """Print the table; reasons follow it, one a line."""
    from rich.table import Table

    made = Table(title="Published experiments compared with the model", title_justify="left", show_lines=False)
    for name in HEADS[:-1]:
        made.add_column(name, justify="right" if name in ("z", "seeds") else "left")
    colours = {"pass": "green", "fail": "red", "error": "red"}
    for row in cells(table):
        colour = colours.get(row[6])
        made.add_row(*row[:6], f"[{colour}]{row[6]}[/]" if colour else row[6])
    console.print(made)
    for row in table.to_dict("records"):
        if row["verdict"] not in ("fail", "error") or not row["why"]:
            continue
        console.print(f"• {row['row']}, {row['outcome']}: {row['why']}")
