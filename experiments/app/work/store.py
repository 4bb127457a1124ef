"""Saved scenarios: TOML funding files in one folder of the user. Pages know them by name, never by path."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from ....model.errors import InputError, unknown
from ....model.reading import parsed
from ....model.scenario import Funding
from ....scenarios import USUAL, fundings, load_funding

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_BYTES = 64_000  #: largest file that may be loaded
MOST_SAVED = 200
MOST_VERSIONS = 50  #: earlier versions of a scenario that are kept
MOST_NOTE = 80  #: characters of what somebody says of a version


def folder() -> Path:
    """The folder of saved scenarios; created on the first save."""
    return user_data_path("fundingflows") / "scenarios"


def saved() -> list[str]:
    """Names of saved scenarios."""
    shipped = fundings()
    return sorted(f.stem for f in folder().glob("*.toml") if NAME.fullmatch(f.stem) and f.stem not in shipped)


def path(name: str) -> Path:
    """The file of a saved scenario.

    Raises:
        InputError: when the name is malformed or belongs to a built-in funding file.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"name '{name[:40]}': use at most 40 lower-case letters, digits and underscores, starting with a letter"
        )
    if name in fundings():
        raise InputError(f"name '{name}': is a built-in funding file; choose another name")
    return folder() / f"{name}.toml"


def stamp(name: str) -> int:
    """When a scenario was last saved, in nanoseconds; 0 when none has this name."""
    if not NAME.fullmatch(name) or name in fundings():
        return 0
    try:
        return path(name).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def write(raw: dict[str, Any]) -> str:
    """The tables of a funding file as TOML text."""
    import tomli_w

    return tomli_w.dumps(raw)


def read(text: str, name: str = "scenario") -> tuple[dict[str, Any], Funding]:
    """Read a funding file from text: its tables and the way of paying.

    Raises:
        InputError: one sentence, whatever is wrong with the text.
    """
    file = f"{name}.toml"
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise InputError(f"{file}: larger than {MOST_BYTES // 1000} kB; a funding file is a page of text")
    try:
        raw = parsed(text, file)
        extends = raw.get("extends")
        if extends not in (None, USUAL, *fundings()):
            raise unknown("funding file", str(extends)[:60], fundings(), where=f"{file}: extends")
        with tempfile.TemporaryDirectory() as place:
            written = Path(place) / file
            written.write_text(text, encoding="utf-8")
            return raw, load_funding(written)
    except InputError:
        raise
    except (RecursionError, ValueError, TypeError, AttributeError, KeyError, OverflowError):
        raise InputError(f"{file}: cannot be read as a funding file; compare it with a built-in one") from None


def save(name: str, text: str) -> Funding:
    """Check a funding file and save it under a name, replacing any earlier one.

    Raises:
        InputError: one sentence; nothing is written in that case.
    """
    target = path(name)
    _, funding = read(text, name)
    if name not in saved() and len(saved()) >= MOST_SAVED:
        raise InputError(f"{MOST_SAVED} scenarios are saved already; delete one first")
    target.parent.mkdir(parents=True, exist_ok=True)
    _keep(name, text)
    temporary = target.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)
    return funding


def text(name: str) -> str:
    """A saved scenario's text."""
    return path(name).read_text(encoding="utf-8")


def delete(name: str) -> None:
    """Delete a saved scenario and its versions."""
    path(name).unlink(missing_ok=True)
    shutil.rmtree(_versions(name), ignore_errors=True)


def _versions(name: str) -> Path:
    return folder() / "versions" / path(name).stem


def _keep(name: str, text: str) -> None:
    """Keep a version beside the earlier ones, unless it is the latest of them."""
    earlier = versions(name)
    if earlier and version(name, earlier[0]) == text:
        return
    home = _versions(name)
    home.mkdir(parents=True, exist_ok=True)
    (home / f"{earlier[0] + 1 if earlier else 1:05d}.toml").write_text(text, encoding="utf-8")
    for number in earlier[MOST_VERSIONS - 1 :]:
        (home / f"{number:05d}.toml").unlink(missing_ok=True)


def versions(name: str) -> list[int]:
    """Numbers of the versions of a scenario, the latest first."""
    return sorted((int(file.stem) for file in _versions(name).glob("[0-9]*.toml") if file.stem.isdigit()), reverse=True)


def version(name: str, number: int) -> str:
    """The text of a version."""
    return (_versions(name) / f"{number:05d}.toml").read_text(encoding="utf-8")


def note(text: str) -> str:
    """What somebody wrote of a version: the comment in its first line, if there is one."""
    first = text.partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def noted(text: str, words: str) -> str:
    """The text with a note in its first line."""
    plain = " ".join("".join(c for c in words if c.isprintable()).split())[:MOST_NOTE]
    return f"# {plain}\n{text}" if plain else text
