"""A baseline's numbers: value, unit, plausible range, status and source, read from ``parameters/*.toml``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import InputError, unknown
from .numbers import MOST, bounded
from .reading import toml

AXES = {
    "age_band": ("0-4", "5-14", "15-44", "45-64", "65-74", "75-84", "85+"),
    "five_years": (*(f"{a}-{a + 4}" for a in range(0, 85, 5)), "85+"),
    "sex": ("male", "female"),
    "conditions": ("0", "1", "2", "3", "4+"),
    "frailty": ("fit", "mild", "moderate", "severe"),
    "pathway_class": ("urgent", "clinic only", "admission"),
    "stage": ("urgent clinic", "clinic only", "first clinic of an admission", "admission"),
    "quintile": ("1 (most deprived)", "2", "3", "4", "5"),
}
STATUSES = ("verified", "derived", "recalled", "assumed")


class _Entry(BaseModel):
    """One table of a parameter file, as written."""

    model_config = ConfigDict(extra="forbid", strict=True)
    label: str = Field(min_length=1)
    value: float | int | list[Any]
    unit: str = Field(min_length=1)
    range: tuple[float, float] | list[float]
    status: Literal["verified", "derived", "recalled", "assumed"]
    source: str = Field(min_length=1)
    by: list[str] = []
    seen: tuple[float, float] | list[float] | None = None
    seen_in: str = ""


@dataclass(frozen=True)
class Parameter:
    """A number or a table with its provenance. For tables ``range`` is a factor on the whole table.

    ``seen``: of a response, the range of changes of marginal pay, as shares of income, that reforms have shown, by the
    studies in ``seen_in``.
    """

    path: str
    label: str
    value: float | np.ndarray
    unit: str
    range: tuple[float, float]
    status: str
    source: str
    by: tuple[str, ...] = ()
    seen: tuple[float, float] | None = None
    seen_in: str = ""


class Group:
    """The parameters of one file, as attributes that give values."""

    def __init__(self, name: str, values: dict[str, Any]) -> None:
        self._name = name
        self._values = values
        self.__dict__.update(values)  # read many times a week

    def __getattr__(self, key: str) -> Any:
        paths = [f"{self._name}.{name}" for name in self.__dict__.get("_values", {})]
        raise AttributeError(str(unknown("parameter", f"{self.__dict__.get('_name')}.{key}", paths)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Group, (self._name, self._values)


class Parameters(Mapping[str, Parameter]):
    """All parameters by path (``group.key``); ``parameters.group.key`` gives the value."""

    def __init__(self, entries: Mapping[str, Parameter]) -> None:
        self._entries = dict(entries)
        groups: dict[str, dict[str, Any]] = {}
        for path, entry in self._entries.items():
            group, key = path.split(".", 1)
            groups.setdefault(group, {})[key] = entry.value
        for name, values in groups.items():
            setattr(self, name, Group(name, values))

    @cached_property
    def text(self) -> str:
        """All values by path, as JSON."""
        values = {path: np.asarray(entry.value).tolist() for path, entry in self._entries.items()}
        return json.dumps(values, sort_keys=True)

    @property
    def digest(self) -> str:
        """SHA-256 of all values."""
        return sha256(self.text.encode()).hexdigest()

    def __getattr__(self, name: str) -> Group:
        groups = {path.split(".")[0] for path in self.__dict__.get("_entries", {})}
        raise AttributeError(str(unknown("parameter group", name, groups)))

    def __getitem__(self, path: str) -> Parameter:
        try:
            return self._entries[path]
        except KeyError:
            raise unknown("parameter", path, self._entries) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def changed(self, changes: Mapping[str, float | Mapping[str, float]]) -> Parameters:
        """A copy with values changed by path.

        A change is a number, of any library (tables are filled with it), or ``{"set": v}``, ``{"multiply": v}``,
        ``{"add": v}``.

        Raises:
            InputError: for an unknown path or a change of another form.
        """
        return self._with({path: _apply(path, self[path].value, change) for path, change in changes.items()})

    def replaced(self, values: Mapping[str, Any]) -> Parameters:
        """A copy with whole values, numbers or tables, put in their place by path.

        Raises:
            InputError: for an unknown path or a value that makes no sense, such as a share above 1.
        """
        return self._with(values)

    def carried(self, own: Parameters) -> Parameters:
        """These numbers, and in place of those that ``own`` has, its own.

        Raises:
            InputError: for a number of ``own`` that is not among these, or of another shape.
        """
        for path, entry in own.items():
            if (shape := np.shape(self[path].value)) != np.shape(entry.value):
                raise InputError(f"{path}.value: expected shape {shape}, got {np.shape(entry.value)}")
        return Parameters({**self._entries, **own._entries})

    def _with(self, values: Mapping[str, Any]) -> Parameters:
        """A copy with these values, checked. Groups in which nothing changes are shared: sweeps make many copies."""
        entries, groups = dict(self._entries), {}
        for path, value in values.items():
            _check_size(self[path], value)
            entries[path] = replace(self[path], value=value)
            group, key = path.split(".", 1)
            groups.setdefault(group, dict(getattr(self, group)._values))[key] = value
        copy = Parameters.__new__(Parameters)
        vars(copy).update({name: x for name, x in vars(self).items() if isinstance(x, Group)}, _entries=entries)
        vars(copy).update({name: Group(name, named) for name, named in groups.items()})
        return copy


def _check_size(old: Parameter, value: Any) -> None:
    """A share beyond 1, a negative number where none makes sense, or one beyond all bounds, is a slip."""
    low, high = float(np.min(value)), float(np.max(value))
    if not (abs(low) <= MOST and abs(high) <= MOST):
        raise InputError(f"{old.path}: expected a number of at most {MOST:,}, got {high if low > -MOST else low:g}")
    plausible = f"; plausible: {old.range[0]:g} to {old.range[1]:g}" + (" times the table" if old.by else "")
    if low < 0.0 <= float(np.min(old.value)) and (old.by or old.range[0] >= 0.0):
        raise InputError(f"{old.path}: expected at least 0 {old.unit}, got {low:g}{plausible}")
    if old.unit == "share" and high > 1.0:
        raise InputError(f"{old.path}: expected a share of at most 1, got {high:g}{plausible}")


def _apply(path: str, value: Any, change: Any) -> Any:
    steps = change if isinstance(change, Mapping) else {"set": change}
    for verb, number in steps.items():
        number = bounded(number, path, f"a finite number to {verb}")
        if verb == "set":
            value = np.full_like(value, number) if isinstance(value, np.ndarray) else number
        elif verb == "multiply":
            value = value * number
        elif verb == "add":
            value = value + number
        else:
            raise unknown("change", verb, ("set", "multiply", "add"), where=path)
    return value


def _parameter(path: str, raw: dict[str, Any], file: str) -> Parameter:
    try:
        entry = _Entry.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{file}: {path}.{key}: {first['msg']}") from None
    value: float | np.ndarray = (
        np.asarray(entry.value, dtype=float) if isinstance(entry.value, list) else float(entry.value)
    )
    for axis in entry.by:
        if axis not in AXES:
            raise unknown("axis", axis, AXES, where=f"{file}: {path}.by")
    shape = tuple(len(AXES[axis]) for axis in entry.by)
    if np.shape(value) != shape:
        raise InputError(f"{file}: {path}.value: expected shape {shape} for {entry.by}, got {np.shape(value)}")
    low, high = entry.range
    seen = None if entry.seen is None else (float(entry.seen[0]), float(entry.seen[1]))
    if seen and not (len(entry.seen or ()) == 2 and seen[0] <= 0.0 <= seen[1] and entry.seen_in):
        raise InputError(f"{file}: {path}.seen: expected a range around 0, and seen_in, the studies that show it")
    return Parameter(
        path, entry.label, value, entry.unit, (low, high), entry.status, entry.source, tuple(entry.by), seen,
        entry.seen_in,
    )  # fmt: skip


def read(folder: Path) -> Parameters:
    """Parameters of every TOML file in a folder.

    Raises:
        InputError: when there are none, or for a key that is missing, unknown or of the wrong form.
    """
    entries: dict[str, Parameter] = {}
    for file in sorted(folder.glob("*.toml")):
        for key, table in toml(file).items():
            path = f"{file.stem}.{key}"
            entries[path] = _parameter(path, table, file.name)
    if not entries:
        raise InputError(f"{folder}: no parameters; expected TOML files")
    return Parameters(entries)
