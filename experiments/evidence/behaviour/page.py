"""The page of what moved since the last release."""

from __future__ import annotations

from collections.abc import Sequence

from ...results.numbers import number, signed
from .changelog import FLAG, explanation
from .moves import Move, usual
from .release import Release

INTRODUCTION = """# What moved since the last release

Made by `fundingflows behaviour --page docs/behaviour.md`. The same {runs} runs ({place}, {years:g} years, {files} ways
of paying, {seeds} seeds) are made by the present model and compared with what release {version} said: each headline
measure under the {usual}, and every other file's difference from it. A *move* is a change beyond noise that tables can
show. The same seeds meet the same chance before and after, so changes are paired; noise is how far chance alone would
bring the largest of the {compared} changes, once in twenty times.

Every move needs its reason: an entry in the changelog's section *Unreleased* that is flagged **numbers** and names the
measure by its key. `.ci/run` fails otherwise. What the rule cannot see: a change smaller than noise; a second move of a
measure that an entry explains already; anything outside these runs. [Golden numbers](testing.md) notice every change,
and say nothing of its size. A release stores its own results with `fundingflows behaviour --store VERSION`.
"""


def markdown(before: Release, found: Sequence[Move], news: tuple[list[str], list[str]], flagged: list[str]) -> str:
    """The page: each measure that moved, file by file, with the entry that explains it."""
    names, measures = list(before.values), list(before.values[usual(before)])
    parts = [
        INTRODUCTION.format(
            runs=len(names) * before.seeds, place=before.place.title(), years=before.years, files=len(names),
            seeds=before.seeds, version=before.version, usual=usual(before).replace("_", " "),
            compared=len(names) * len(measures),
        )
    ]  # fmt: skip
    if not found:
        parts.append("Nothing moved.\n")
    for key in dict.fromkeys(move.measure.key for move in found):
        parts.append(_section([move for move in found if move.measure.key == key], usual(before), flagged))
    for label, keys in zip(("New measures", "Measures that are no more"), news, strict=True):
        if keys:
            parts.append(f"{label}: " + ", ".join(f"`{key}`" for key in keys) + ".\n")
    return "\n".join(parts)


def _section(moved: Sequence[Move], first: str, flagged: list[str]) -> str:
    measure = moved[0].measure
    why = explanation(measure.key, flagged).removeprefix(FLAG).lstrip(": ")
    rows = [_row(move, first) for move in moved]
    head = ["| | before | now | change | noise |", "|---|---|---|---|---|"]
    title = f"## {measure.label} (`{measure.key}`), {measure.unit}\n"
    return "\n".join([title, *head, *rows, "", f"> {why}" if why else "> **Not explained.**", ""])


def _row(move: Move, first: str) -> str:
    digits, usual_one = move.measure.digits, move.funding == first
    show = number if usual_one else signed
    cells = [
        f"`{move.funding}`" if usual_one else f"`{move.funding}`, difference", show(move.before, digits),
        show(move.now, digits), signed(move.change, digits), number(move.noise, digits + 1),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"
