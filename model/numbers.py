"""What counts as a number or a seed, whichever library it comes from."""

from __future__ import annotations

import secrets
from decimal import Decimal
from numbers import Real
from operator import index
from typing import Any

import numpy as np

from .errors import InputError

MOST = 10**10  #: largest number of a file or a change; in £, more than a health economy spends in a year
SEED_BITS = 63  #: a seed is a whole number below 2 to this power


def real(value: Any) -> float | None:
    """The finite number that ``value`` is: of Python, numpy, pandas, decimal or another library.

    ``None`` for everything else: text, true or false, several numbers, infinity.
    """
    if isinstance(value, bool | np.bool_ | str | bytes | complex):
        return None
    if not isinstance(value, Real | Decimal | np.number) and getattr(value, "shape", None) != ():
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def bounded(value: Any, where: str, what: str = "a finite number") -> float:
    """The number that ``value`` is.

    Raises:
        InputError: when it is none, or so large that it must be a slip; ``where`` begins the sentence.
    """
    number = real(value)
    if number is None:
        raise InputError(f"{where}: expected {what}, got {value!r}")
    if abs(number) > MOST:
        raise InputError(f"{where}: expected a number of at most {MOST:,}, got {number:g}")
    return number


def seed_of(given: Any) -> int:
    """A seed: a whole number from 0 to 2^63 − 1, of any library or as text; ``None`` draws a fresh one.

    Raises:
        InputError: for anything else.
    """
    if given is None:
        return secrets.randbits(SEED_BITS)
    seed = _whole(given)
    if seed is None or not 0 <= seed < 2**SEED_BITS:
        raise InputError(f"rng: expected a whole number of at least 0 and below 2^{SEED_BITS}, got {given!r}")
    return seed


def _whole(given: Any) -> int | None:
    if isinstance(given, str):
        text = given.strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= SEED_BITS else None
    if isinstance(given, bool | np.bool_):
        return None
    try:
        return index(given)
    except TypeError:
        number = real(given)
        return int(number) if number is not None and number.is_integer() else None
