"""Finds files by name or path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..model.errors import InputError, nearest, unknown

FOLDER = Path(__file__).parent


def find(what: str, name: str | Path, known: Mapping[str, Path]) -> Path:
    """The path of a file that is named, or given by a path that ends in ``.toml``.

    Raises:
        InputError: for a name that is not known, or a file that is not there.
    """
    text = str(name)
    if text.endswith(".toml"):
        path = Path(text)
        if not is_there(path):
            raise InputError(f"{text}: no such file{nearest(path.stem, known)}")
        return path
    if text not in known:
        raise unknown(what, text, known)
    return known[text]


def is_there(path: Path) -> bool:
    """Whether a path is one of a file; one that no file can have is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
