"""Convert between the values of a funding file and the text in its fields."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from ....model.errors import InputError
from .fields import parse_number


def shown(value: Any) -> str:
    """A value as text for its field: a number, or ``neutral`` with a share."""
    if isinstance(value, dict):
        share = value.get("share")
        return "neutral" + (f" {share:g}" if isinstance(share, int | float) else "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def parse(typed: str, sort: str) -> Any:
    """The value of some typed text; ``None`` means the default.

    Raises:
        InputError: when the text does not fit the sort of field.
    """
    plain = typed.strip()[:200]
    if not plain:
        return None
    if sort == "date":
        return _day(plain)
    if sort == "words" or (sort == "choice" and plain not in ("true", "false")):
        return plain
    if sort == "choice":
        return plain == "true"
    if sort in ("whole", "share"):
        low, high = (1, 50) if sort == "whole" else (0, 1)
        return (int if sort == "whole" else float)(parse_number(plain, "", low, high, sort == "whole"))
    neutral = re.fullmatch(r"neutral(?:\s+(0?\.[0-9]{1,6}|1(?:\.0)?))?", plain)
    if neutral:
        return {"neutral_with": "status_quo"} | ({"share": float(neutral[1])} if neutral[1] else {})
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", plain):
        raise InputError(f"enter a number, or neutral with a share such as neutral 0.2, not '{plain[:30]}'")
    return float(plain)


def _day(plain: str) -> date:
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise InputError(f"enter a date such as 2017-04-01, not '{plain[:30]}'") from None
