"""Where the numbers of a contract come from: the note beside each in its funding file, and the grade in the note."""

from __future__ import annotations

import re

from ....model.errors import InputError
from ....model.parameters import STATUSES
from . import state, words

LINE = re.compile(r"^(\w+)\s*=\s*[^#\n]*#\s*(.+)$", re.M)
EXTENDS = re.compile(r'^extends\s*=\s*"([^"]+)"', re.M)
NAME, TERM = re.compile(r'^name\s*=\s*"([^"]+)"', re.M), re.compile(r'^term\s*=\s*"([^"]+)"', re.M)
NEUTRAL = re.compile(r'^(\w+)\s*=\s*\{[^}#]*neutral_with\s*=\s*"([^"]+)"', re.M)
SOLVED = "solved, so that providers of the kind are paid as much in all as under “{}”"


def source(way: str, place: str, kind: str, term: str, field: str) -> tuple[str, str]:
    """The source of a term's number, and its grade; that of the whole file where the number has no note of its own."""
    funding = state.funding_of(way, place)
    for block in _blocks(funding.text, kind, term):
        noted, solved = dict(LINE.findall(block)), dict(NEUTRAL.findall(block))
        if field in noted:
            return noted[field].strip(), grade(noted[field])
        if field in solved:
            return SOLVED.format(state.title(solved[field], place)), "solved"
        return funding.source, "not graded"
    parent = EXTENDS.search(funding.text)
    if parent and parent[1] != way:
        try:
            return source(parent[1], place, kind, term, field)
        except InputError:
            pass  # a file that only its author has
    return funding.source, "not graded"


def _blocks(text: str, kind: str, term: str) -> list[str]:
    """The parts of a file that write a term of a kind's contract."""
    found = [part for part in re.split(r"(?m)^(?=\[)", text) if part.startswith(f"[[contracts.{kind}]]")]
    return [part for part in found if term == (NAME.search(part) or TERM.search(part) or ("", ""))[1]]


def grade(note: str) -> str:
    """The weakest grade that a note names."""
    found = [word for word in re.findall(r"[a-z]+", note) if word in STATUSES]
    return max(found, key=STATUSES.index, default="not graded")


def said(field: str, item: str) -> str:
    """What a number of a term is, in words."""
    return words.field(field) + (f": {words.value(item)}" if item else "")
