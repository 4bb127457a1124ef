"""Settings of a page in its address, so that a link, a reload and Back open the same page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlencode

import solara

from ....model.errors import InputError, unknown
from ..controls.fields import parse_number
from ..controls.numbers import LONGEST_NOTE, factor
from . import state
from .life import MOST_RANK, SORTS
from .task import sentence

LONGEST = 30_000  #: letters of an address; browsers and the server take a little more
CHANGES = ("set", "why")  #: changed assumptions and the visitor's notes on them: left out where there are none
RUN = "run"  #: in an address: the settings were run, and are run again when it is opened


def given(search: str | None, known: Iterable[str]) -> dict[str, str]:
    """The settings of an address as text, by name.

    Raises:
        InputError: for a setting that the page does not have, or an address that is too long.
    """
    known = tuple(known)
    if len(search or "") > LONGEST:
        raise InputError(f"address: it has more than {LONGEST:,} letters; restore some assumptions or shorten notes")
    out = {name: values[-1].strip() for name, values in parse_qs(search or "").items()}
    for name in out:
        if name not in known:
            raise unknown("setting", name[:40], known, where="address")
    return out


def one_of(what: str, text: str, known: Iterable[str]) -> str:
    """A name that is among the known ones.

    Raises:
        InputError: when it is not, with the nearest.
    """
    known = tuple(known)
    if text not in known:
        raise unknown(what, text[:60], known, where="address")
    return text


def way(text: str, where: str) -> str:
    """A way of paying that is on offer for a place; raises as ``one_of``."""
    return one_of("way of paying", text, state.fundings(where))


def whole(name: str, text: str, bounds: tuple[int, int]) -> int:
    """A whole number within bounds.

    Raises:
        InputError: when it is none.
    """
    low, high = bounds
    if not (text.isascii() and text.isdigit() and len(text) < 8 and low <= int(text) <= high):
        raise InputError(f"address: {name}: expected a whole number from {low} to {high}, got '{text[:20]}'")
    return int(text)


def assumptions(text: str, where: str) -> dict[str, float]:
    """Changed assumptions from ``path:value,path:value``; a table by its factor.

    Raises:
        InputError: for an unknown assumption or a value outside its range.
    """
    known, out = state.known(where), {}
    for part in filter(None, text.split(",")):
        path, _, value = part.partition(":")
        one_of("assumption", path, known)
        low, high = known[path].range
        label = f"address: {path}{' (factor)' * factor(known, path)}"
        out[path] = parse_number(value, label, low, high, whole=False)
    return out


def notes(text: str, where: str) -> dict[str, str]:
    """Notes on changed assumptions, one a line: ``path: note``.

    Raises:
        InputError: for an unknown assumption.
    """
    pairs = [line.partition(":") for line in text.splitlines() if line.strip()]
    known = state.known(where)
    return {one_of("assumption", path.strip(), known): note.strip()[:LONGEST_NOTE] for path, _, note in pairs}


READ: dict[str, Callable[[str, str], Any]] = {
    "way": way,
    "other": way,
    "ways": lambda text, where: [way(name.strip(), where) for name in text.split(",") if name.strip()],
    "years": lambda text, _: whole("years", text, state.YEARS),
    "seed": lambda text, _: whole("seed", text, state.SEED),
    "seeds": lambda text, _: whole("seeds", text, state.SEEDS),
    "person": lambda text, _: one_of("person", text, SORTS),
    "number": lambda text, _: whole("number", text, (1, MOST_RANK)),
    "set": assumptions,
    "why": notes,
}  #: how the settings of an address are read, given the place


def _written(name: str, value: Any) -> str:
    if name == "why":
        return "\n".join(f"{path}: {note}" for path, note in state.reasons().items())
    if isinstance(value, dict):
        return ",".join(f"{path}:{number!r}" for path, number in sorted(value.items()))
    return ",".join(value) if isinstance(value, list) else str(value)


class Address:
    """The address of a page: its path, and its settings by name, each a value of the visitor's.

    ``ran``: the settings that were run last, as in the address. ``wrong``: why an address could not be opened, and
    the settings that stand meanwhile. ``taking``: whether some settings of an address have been taken, not all.
    """

    def __init__(self, path: str, **settings: solara.Reactive[Any]) -> None:
        self.path, self.settings = f"/{path}", settings
        self.ran: solara.Reactive[str] = solara.reactive("")
        self.wrong: solara.Reactive[tuple[str, str]] = solara.reactive(("", ""))
        self.taking = solara.reactive(False)

    def query(self) -> str:
        """The settings as the query string of an address."""
        texts = {name: _written(name, value.value) for name, value in self.settings.items()}
        return urlencode({name: text for name, text in texts.items() if text or name not in CHANGES}, safe=",:")

    def shown(self) -> str:
        """What the page's address ends in: the settings, and whether they were run; empty to leave it alone."""
        now = self.query()
        if self.taking.value or (self.wrong.value[0] and self.wrong.value[1] == now):
            return ""
        return f"{now}&{RUN}=1" if now == self.ran.value else now

    def trouble(self) -> str:
        """Why the address could not be opened, until a setting is changed."""
        sentence, then = self.wrong.value
        return sentence if then == self.query() else ""

    def take(self, search: str | None) -> bool:
        """Take up the settings of an address; whether they should be run now. A bad address changes nothing."""
        try:
            found = given(search, (*self.settings, RUN))
            values = self._read(found)
        except InputError as error:
            said = sentence(str(error).removeprefix("address: "))
            self.wrong.value = (f"This address cannot be opened: {said}", self.query())
            return False
        self.wrong.value, self.taking.value = ("", ""), True
        for name, value in values.items():
            self.settings[name].value = value
        if values:
            state.forgive()
        self.taking.value = False
        return RUN in found and self.ran.peek() != self.query()

    def _read(self, found: dict[str, str]) -> dict[str, Any]:
        where = one_of("place", found.get("place", state.place.peek()), state.allowed())
        out: dict[str, Any] = {"place": where} if found else {}
        out |= {name: {} for name in CHANGES if found and name in self.settings}  # none, unless the address has some
        return out | {name: READ[name](found[name], where) for name in self.settings if name in found and name in READ}

    def run(self) -> None:
        """Note that the present settings are run."""
        self.ran.value = self.query()
