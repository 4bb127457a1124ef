"""Finds and reads TOML files; says in one sentence what is wrong with one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
        if not path.is_file():
            raise InputError(f"{text}: no such file{nearest(path.stem, known)}")
        return path
    if text not in known:
        raise unknown(what, text, known)
    return known[text]


def toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        InputError: for a file that cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path.name}: not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: cannot be read: expected text in UTF-8") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from None
