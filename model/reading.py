"""Reads TOML: one reader with limits, which says in one sentence what is wrong with a file."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from .errors import InputError
from .numbers import MOST

MOST_BYTES = 2_000_000  #: a funding file is a page of text; 2 MB are thousands of terms
DEEPEST = 20  #: tables within tables
YEARS = (1900, 2200)  #: first and last year of a date


def toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; see ``parsed``.

    Raises:
        InputError: for a file that cannot be read.
    """
    return parsed(text_of(path), path.name)


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte-order mark.

    Raises:
        InputError: for a file that is too large, or no text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name}: larger than {MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: cannot be read: expected text in UTF-8") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path.name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def parsed(text: str, name: str) -> dict[str, Any]:
    """The tables of TOML text; ``name``: its file in messages.

    Raises:
        InputError: for text that is not TOML, and for tables, numbers or dates beyond what makes sense.
    """
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: not valid TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{name}: not valid TOML: tables or lists are nested too deeply") from None
    except ValueError:  # digits beyond what Python reads, a date that does not exist
        raise InputError(f"{name}: not valid TOML: a number or date cannot be read") from None
    _check(name, tables, "", 0)
    return tables


def _check(name: str, thing: Any, where: str, depth: int) -> None:
    """Refuse what cannot be meant, anywhere in the tables."""
    if isinstance(thing, dict | list):
        if depth > DEEPEST:
            raise InputError(f"{name}: {where[:60]}: nested more than {DEEPEST} deep")
        for key, value in thing.items() if isinstance(thing, dict) else enumerate(thing, start=1):
            inner = f"{where}[{key}]" if isinstance(key, int) else f"{where}.{key}" if where else key
            _check(name, value, inner, depth + 1)
    elif isinstance(thing, date):
        if not YEARS[0] <= thing.year <= YEARS[1]:
            raise InputError(f"{name}: {where}: expected a year from {YEARS[0]} to {YEARS[1]}, got {thing.year}")
    elif isinstance(thing, int | float) and abs(thing) > MOST and thing == thing and abs(thing) != float("inf"):
        raise InputError(f"{name}: {where}: expected a number of at most {MOST:,}, got one beyond it")
