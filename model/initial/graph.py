"""Objects as plain data: nodes in JSON and the bytes of arrays. Reading them back runs no code that a file could bring.

Only classes of this package are made again, and these by their attributes alone; everything else is numbers, text,
dates, containers, arrays and tables. Objects that are shared, or refer to one another in a circle, stay so.
"""

from __future__ import annotations

from collections import deque
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from ..errors import InputError
from .classes import PACKAGES, class_of
from .mesa_state import MADE_BY_MESA, Shells, state_of

PLAIN = (type(None), bool, int, float, str)
LISTS: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset, "deque": deque}


class Writer:
    """Turns objects into ``nodes``, and the contents of their arrays into ``parts``, one after another."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.parts: list[np.ndarray] = []
        self._size = 0
        self._number: dict[int, int] = {}  # of an object's node, by identity
        self._kept: list[Any] = []  # so that no other object takes an identity

    def write(self, thing: Any) -> Any:
        """``thing`` as JSON: plain values as they are, another as a list with the number of its node.

        Raises:
            InputError: for an object of a class from elsewhere.
        """
        if type(thing) in PLAIN:
            return thing
        if id(thing) not in self._number:
            number = self._number[id(thing)] = len(self.nodes)
            self._kept.append(thing)
            self.nodes.append(None)
            self.nodes[number] = self._node(thing)
        return [self._number[id(thing)]]

    def _node(self, thing: Any) -> list[Any]:
        kind = type(thing)
        if kind in LISTS.values():
            return [kind.__name__, [self.write(x) for x in thing]]
        if kind is dict:
            return ["dict", [[self.write(k), self.write(v)] for k, v in thing.items()]]
        if isinstance(thing, np.ndarray | np.generic):
            return self._array(thing)
        if kind is bytes:
            return ["bytes", self._store(np.frombuffer(thing, np.uint8))]
        if isinstance(thing, np.dtype):
            return ["dtype", described(thing)]
        if kind is date or isinstance(thing, Path):
            return ["date" if kind is date else "path", str(thing)]
        if isinstance(thing, pd.DataFrame):
            buffer = BytesIO()
            thing.to_parquet(buffer)
            return ["table", self._store(np.frombuffer(buffer.getvalue(), np.uint8))]
        return self._object(thing)

    def _object(self, thing: Any) -> list[Any]:
        name = f"{type(thing).__module__}:{type(thing).__qualname__}"
        if not name.startswith(PACKAGES) and not isinstance(thing, MADE_BY_MESA):
            raise InputError(f"a checkpoint cannot keep an object of {name}; keep such a model by pickle or by hand")
        if isinstance(thing, BaseModel):
            return ["form", name, self.write(thing.model_dump())]
        if isinstance(thing, tuple):
            return ["named", name, [self.write(x) for x in thing]]
        if isinstance(thing, MADE_BY_MESA):
            agents, state = state_of(thing)
            return ["mesa", name, [self.write(a) for a in agents], [[k, self.write(v)] for k, v in state.items()]]
        state: Any = thing.__getstate__() or {}
        return ["object", name, [[key, self.write(value)] for key, value in state.items()]]

    def _array(self, array: np.ndarray | np.generic) -> list[Any]:
        if array.dtype.hasobject:
            return ["objects", list(array.shape), [self.write(x) for x in np.ravel(array)]]
        fortran = array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous
        where = self._store(np.ravel(array, "F" if fortran else "C"))
        kind = "array" if isinstance(array, np.ndarray) else "scalar"
        return [kind, where, list(array.shape), fortran, described(array.dtype)]

    def _store(self, flat: np.ndarray) -> list[int]:
        """First and last byte of some contents."""
        first = self._size
        self.parts.append(np.frombuffer(flat.tobytes(), np.uint8))
        self._size += self.parts[-1].size
        return [first, self._size]


class Reader:
    """Makes objects again from what a ``Writer`` has made of them."""

    def __init__(self, nodes: list[Any], contents: np.ndarray) -> None:
        self.nodes, self.contents = nodes, contents
        self.shells = Shells(self)
        self._made: dict[int, Any] = {}

    def read(self, written: Any) -> Any:
        """The object that was written.

        Raises:
            InputError: for a class that is not of this package.
        """
        if not isinstance(written, list):
            return written
        (number,) = written
        if number not in self._made:
            kind, *parts = self.nodes[number]
            made = self._several(number, kind, *parts) if kind in LISTS else KINDS[kind](self, number, *parts)
            self.keep(number, made)
        return self._made[number]

    def keep(self, number: int, thing: Any) -> Any:
        """Let other objects refer to one that is not complete yet."""
        self._made[number] = thing
        return thing

    def _several(self, number: int, kind: str, items: list[Any]) -> Any:
        if kind in ("tuple", "frozenset"):
            return LISTS[kind](self.read(x) for x in items)
        made = self.keep(number, LISTS[kind]())
        for x in items:
            (made.add if kind == "set" else made.append)(self.read(x))
        return made

    def _dict(self, number: int, items: list[Any]) -> Any:
        made = self.keep(number, {})
        for key, value in items:
            made[self.read(key)] = self.read(value)
        return made

    def _bytes(self, _: int, where: list[int]) -> bytes:
        return self.contents[slice(*where)].tobytes()

    def _dtype(self, _: int, written: Any) -> np.dtype:
        return type_of(written)

    def _date(self, _: int, text: str) -> date:
        return date.fromisoformat(text)

    def _path(self, _: int, text: str) -> Path:
        return Path(text)

    def _table(self, number: int, where: list[int]) -> pd.DataFrame:
        return pd.read_parquet(BytesIO(self._bytes(number, where)))

    def _array(self, _: int, where: list[int], shape: list[int], fortran: bool, kind: Any) -> np.ndarray:
        flat = np.frombuffer(self.contents[slice(*where)].tobytes(), type_of(kind)).copy()
        return flat.reshape(shape, order="F" if fortran else "C")

    def _scalar(self, *given: Any) -> Any:
        return self._array(*given)[()]

    def _objects(self, _: int, shape: list[int], items: list[Any]) -> np.ndarray:
        made = np.empty(len(items), dtype=object)
        made[:] = [self.read(x) for x in items]
        return made.reshape(shape)

    def _form(self, _: int, name: str, written: Any) -> Any:
        return class_of(name).model_validate(self.read(written))

    def _named(self, _: int, name: str, items: list[Any]) -> Any:
        return tuple.__new__(class_of(name), [self.read(x) for x in items])

    def _mesa(self, number: int, name: str, agents: list[Any], state: list[Any]) -> Any:
        return self.shells.fill(number, name, agents, state)

    def _object(self, number: int, name: str, state: list[Any]) -> Any:
        kind = class_of(name)
        made = self.keep(number, object.__new__(kind))
        for key, value in state:
            made.__dict__[key] = self.read(value)
        return made


KINDS: dict[str, Any] = {
    "array": Reader._array, "bytes": Reader._bytes, "date": Reader._date, "dict": Reader._dict, "dtype": Reader._dtype,
    "form": Reader._form, "mesa": Reader._mesa, "named": Reader._named, "object": Reader._object,
    "objects": Reader._objects, "path": Reader._path, "scalar": Reader._scalar, "table": Reader._table,
}  # fmt: skip


def described(kind: np.dtype) -> Any:
    """A numpy type as JSON."""
    if kind.names is None:
        return [kind.base.str, list(kind.shape)]
    known: Any = kind.fields or {}
    fields = {name: known[name] for name in kind.names}
    written = [[name, described(field[0]), field[1]] for name, field in fields.items()]
    return {"fields": written, "size": kind.itemsize, "aligned": kind.isalignedstruct}


def type_of(written: Any) -> np.dtype:
    """The numpy type that ``described`` has written."""
    if isinstance(written, list):
        base, shape = written
        return np.dtype((base, tuple(shape))) if shape else np.dtype(base)
    names, formats, offsets = zip(*written["fields"], strict=True)
    parts: Any = {
        "names": names,
        "formats": [type_of(f) for f in formats],
        "offsets": offsets,
        "itemsize": written["size"],
    }
    return np.dtype(parts, align=written["aligned"])
