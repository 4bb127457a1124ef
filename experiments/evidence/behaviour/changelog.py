"""Which entry of the changelog explains a move.

An entry explains the move of a measure when it is in the section *Unreleased*, is flagged **numbers**, and names the
measure's key in backquotes: a reader who looks for what became of ``failed`` finds the reason.
"""

from __future__ import annotations

import re

FLAG = "**numbers**"


def entries(text: str) -> list[str]:
    """Flagged entries of the section *Unreleased*, each on one line, the newest first."""
    section = re.search(r"^## Unreleased$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    every = re.split(r"^- ", section[1], flags=re.MULTILINE)[1:] if section else []
    return [" ".join(entry.split()) for entry in every if entry.startswith(FLAG)]


def explanation(key: str, flagged: list[str]) -> str:
    """The first entry that names the measure of this key; empty when none does."""
    return next((entry for entry in flagged if f"`{key}`" in entry), "")
