"""Lists of practices: codes in a line, codes in any text file, or places saved in NHS England's allocation tool."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ...model.errors import InputError, unknown
from ..tables import decoded, raw

FILES = (".json", ".csv", ".txt")
CODE = re.compile(r"\b[A-Z]\d{5}\b")


def practices(asked: str, group: str = "") -> dict[str, str]:
    """Codes of practices, each with the name of its group in a saved session, or nothing.

    ``asked``: codes with commas between, or the path of a file; ``group``: one place of a session, all when empty.

    Raises:
        InputError: for a file that cannot be read or has no codes, and for a place that it has not.
    """
    path = Path(asked)
    if path.suffix.lower() not in FILES:
        if group:
            raise InputError("--group: names a place of a saved session; give its file to --practices")
        return dict.fromkeys((code.strip().upper() for code in asked.split(",") if code.strip()), "")
    text = decoded(path.name, raw(path))
    found = _session(path.name, text, group) if path.suffix.lower() == ".json" else _codes(text)
    if not found:
        raise InputError(f"{path.name}: expected codes of practices, such as A81001; found none")
    return found


def absolute(asked: str) -> str:
    """Codes as they are, the path of a file made absolute, so that it is found from any folder."""
    return str(Path(asked).absolute()) if Path(asked).suffix.lower() in FILES else asked


def _codes(text: str) -> dict[str, str]:
    return dict.fromkeys(CODE.findall(text.upper()), "")


def _session(name: str, text: str, group: str) -> dict[str, str]:
    """Practices of a saved session: ``{"North": {"gps": ["A81001: THE SURGERY", …], "icb": …}, …}``."""
    try:
        saved: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{name}: cannot be read: expected JSON as the allocation tool saves it") from None
    tables = {key: one for key, one in saved.items() if isinstance(one, dict)} if isinstance(saved, dict) else {}
    places = {key: one["gps"] for key, one in tables.items() if isinstance(one.get("gps"), list)}
    if not places:
        raise InputError(f"{name}: expected places, each with a list 'gps'; found none")
    if group and group not in places:
        raise unknown("place", group, places, where=f"--group: {name}")
    wanted = {group: places[group]} if group else places
    return {
        code: place for place, listed in wanted.items() for one in listed for code in _codes(str(one).split(":")[0])
    }
