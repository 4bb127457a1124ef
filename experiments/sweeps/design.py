"""The file of a sweep: its variables, their ranges and the design of its points."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...model.errors import InputError, nearest, unknown
from ...model.numbers import bounded, real
from ...model.parameters import Parameter, Parameters
from ...model.reading import toml
from ..results.words import plain

KINDS = ("grid", "latin_hypercube", "sobol", "one_at_a_time", "morris", "saltelli")
VERBS = ("set", "multiply", "add")
MOST_POINTS, MOST_LEVELS, MOST_SEEDS = 100_000, 1_000, 10_000  #: of a design
MOST_RUNS = 200_000  #: of a sweep; more are several sweeps
MOST_WAYS = 10_000  #: of paying, by place, file and changes of contracts: each is made and checked before the first run
MOST_SEED = 2**63 - 1
OUTSIDE = ("contracts.", "blend.", "hold.")  #: paths of what is not a parameter


class Design(BaseModel):
    """How points are chosen. ``points`` for samples, ``levels`` for ranges on a grid, ``trajectories`` for Morris."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["grid", "latin_hypercube", "sobol", "one_at_a_time", "morris", "saltelli"] = "grid"
    points: int = Field(64, ge=1, le=MOST_POINTS)
    levels: int = Field(3, ge=2, le=MOST_LEVELS)
    trajectories: int = Field(10, ge=2, le=MOST_POINTS)
    seed: int = Field(1, ge=0, le=MOST_SEED)


class SweepFile(BaseModel):
    """A sweep as written; docs/sweeps.md says what each key means."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str = ""
    question: str = ""
    places: list[str] = Field(["anytown"], min_length=1)
    fundings: list[str] = Field(min_length=1)
    years: float = Field(5.0, ge=1.0, le=50.0)
    sample: float = Field(1.0, gt=0.0, le=1.0)
    paths: str | None = None
    seeds: int | list[int] = 5
    freeze_behaviour: bool = False
    hold: list[str] = []  #: names of links that keep their usual value in every run
    rescale: bool = False  #: rates and capacity are put right at every point, so that it meets the baseline year
    design: Design = Field(default_factory=lambda: Design.model_validate({}))
    vary: dict[str, Any] = {}
    precision: list[str] = ["emergencies", "failed", "public"]  #: measures whose differences are to be precise

    def seed_list(self) -> list[int]:
        """Random seeds, shared by all points and funding files."""
        return list(range(1, self.seeds + 1)) if isinstance(self.seeds, int) else self.seeds


@dataclass(frozen=True)
class Variable:
    """What varies: a parameter, a contract's field, or the share that another funding file has in a contract."""

    path: str
    low: float
    high: float
    levels: tuple[float, ...] = ()
    verb: str = "set"

    def at(self, share: float) -> float:
        """The value, or level, at a share (0 to 1) of the range."""
        if self.levels:
            return self.levels[min(int(share * len(self.levels)), len(self.levels) - 1)]
        return tidy(self.low + (self.high - self.low) * share)

    def grid(self, levels: int) -> tuple[float, ...]:
        """Its levels, or ``levels`` equal steps over its range."""
        return self.levels or tuple(tidy(x) for x in np.linspace(self.low, self.high, levels))

    def change(self, value: float) -> dict[str, float]:
        """The change of a parameter that gives it this value."""
        return {self.verb: value}


def parameter(tree: Parameters, path: str) -> Parameter | None:
    """The parameter at a path, or None."""
    return tree[path] if path in set(tree) else None


def tidy(x: float) -> float:
    """Round to twelve digits, so that rounding errors do not split a level in two."""
    return float(f"{x:.12g}")


def read(path: Path) -> SweepFile:
    """A sweep's file.

    Raises:
        InputError: one sentence that names the key and what was expected.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; a sweep is a TOML file, see docs/sweeps.md")
    raw = toml(path)
    try:
        return SweepFile.model_validate(raw)
    except ValidationError as error:
        raise _say(path.name, error) from None


def _say(name: str, error: ValidationError) -> InputError:
    complaints = error.errors()
    first = next((c for c in complaints if c["type"] == "extra_forbidden"), complaints[0])
    key = ".".join(str(part) for part in first["loc"] if part not in ("int", "list[int]"))
    if first["type"] == "extra_forbidden":
        fields = Design.model_fields if first["loc"][0] == "design" else SweepFile.model_fields
        return InputError(f"{name}: unknown key '{key}'{nearest(str(first['loc'][-1]), fields)}")
    if first["type"] == "missing":
        return InputError(f"{name}: missing key '{key}'")
    if first["type"] == "literal_error":
        return unknown("design", str(first["input"]), KINDS, where=f"{name}: {key}")
    return InputError(f"{name}: {key}: {plain(first['msg'])}, got {first['input']!r}")


def of(name: str, **given: Any) -> SweepFile:
    """A sweep made in code; ``name`` identifies it in messages.

    Raises:
        InputError: one sentence that names the key and what was expected.
    """
    try:
        return SweepFile.model_validate(given)
    except ValidationError as error:
        raise _say(name, error) from None


def check(name: str, file: SweepFile) -> None:
    """Checks beyond the file's form: seeds, duplicate names, measures.

    Raises:
        InputError: one sentence.
    """
    from ..results.measures import MEASURES

    if isinstance(file.seeds, int) and not 1 <= file.seeds <= MOST_SEEDS:
        raise InputError(f"{name}: seeds: expected from 1 to {MOST_SEEDS:,} of them, got {file.seeds:,}")
    seeds = file.seed_list()
    if not seeds or min(seeds) < 0 or max(seeds) > MOST_SEED or len(set(seeds)) < len(seeds):
        raise InputError(
            f"{name}: seeds: expected a number of seeds, or a list of different whole numbers of at least 0"
        )
    for key in ("places", "fundings"):
        names = [Path(n).stem for n in getattr(file, key)]
        if len(set(names)) < len(names):
            raise InputError(f"{name}: {key}: '{next(n for n in names if names.count(n) > 1)}' is named twice")
    for measure in file.precision:
        if measure not in (keys := [m.key for m in MEASURES]):
            raise unknown("measure", measure, keys, where=f"{name}: precision")


def variables(name: str, file: SweepFile, tree: Parameters) -> list[Variable]:
    """What varies, checked; ``tree``: the baseline's parameters.

    Raises:
        InputError: for an unknown path or a range of another form.
    """
    where = f"{name}: vary"
    flat = _flat(file.vary, tree)
    found = [_variable(where, path, given, file.design, file.freeze_behaviour, tree) for path, given in flat]
    for v in found:
        if v.path.startswith("hold.") and v.low < 0.0:
            raise InputError(f"{where}: {v.path}: expected at least 0 (1 is the baseline year's), got {v.low:g}")
    return found


def _flat(written: dict[str, Any], tree: Parameters, before: str = "") -> list[tuple[str, Any]]:
    """Paths may be quoted or written as TOML's dotted keys."""
    out = []
    for key, value in written.items():
        path = f"{before}{key}"
        written_out = isinstance(value, dict) and {"low", "high", "levels", "change"} & set(value)
        nested = isinstance(value, dict) and not written_out and not parameter(tree, path)
        out += _flat(value, tree, f"{path}.") if nested else [(path, value)]
    return out


def _variable(where: str, path: str, given: Any, design: Design, frozen: bool, tree: Parameters) -> Variable:
    outside = path.startswith(OUTSIDE)
    if path.startswith("hold."):
        _check_lever(where, path, frozen)
    known = None if outside else _known(where, path, tree)
    verb = "multiply" if known is not None and known.by else "set"
    if given == "plausible":
        if known is None:
            raise InputError(
                f"{where}: {path}: only parameters have a plausible range; expected {{ low = …, high = … }}"
            )
        given = {"low": known.range[0], "high": known.range[1]}
    if isinstance(given, list):
        given = {"levels": given}
    if not isinstance(given, dict):
        raise InputError(
            f'{where}: {path}: expected a list of numbers, {{ low = …, high = … }} or "plausible", got {given!r}'
        )
    for key in given:
        if key not in (keys := ("low", "high", "levels", "change")):
            raise InputError(f"{where}: {path}: unknown key '{key}'{nearest(key, keys)}")
    verb = given.get("change", verb)
    if verb not in VERBS or (outside and verb != "set"):
        raise unknown("change", str(verb), ("set",) if outside else VERBS, where=f"{where}: {path}.change")
    levels = given.get("levels", ())
    if isinstance(levels, int) and not isinstance(levels, bool) and 2 <= levels <= MOST_LEVELS:
        low, high = _numbers(where, path, [given.get("low"), given.get("high")])
        spaced = tuple(tidy(x) for x in np.linspace(low, high, levels))
        return Variable(path, low, high, spaced if design.kind in ("grid", "one_at_a_time") else (), verb)
    if isinstance(levels, list) and levels:
        values = tuple(tidy(x) for x in _numbers(where, path, levels))
        return Variable(path, min(values), max(values), values, verb)
    if levels != ():
        raise InputError(
            f"{where}: {path}.levels: expected numbers, or how many (2 to {MOST_LEVELS:,}), got {levels!r}"
        )
    low, high = _numbers(where, path, [given.get("low"), given.get("high")])
    if not low < high:
        raise InputError(f"{where}: {path}: expected low below high, got {low:g} and {high:g}")
    return Variable(path, low, high, (), verb)


def _known(where: str, path: str, tree: Parameters) -> Parameter:
    if path in SweepFile.model_fields:
        raise InputError(f"{where}: {path}: is a key of the sweep; write it above [vary]")
    group = [p for p in tree if p.startswith(f"{path}.")]
    if group:
        raise InputError(f"{where}: {path}: is a group; name one of its parameters, such as {group[0]}")
    try:
        return tree[path]
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _check_lever(where: str, path: str, frozen: bool) -> None:
    from ...agents.cohorts import COHORTS

    known = [f"hold.{kind}.{lever}" for kind, cohort in COHORTS.items() for lever in cohort.LEVERS]
    if path not in known:
        raise unknown("lever", path, known, where=where)
    if not frozen:
        raise InputError(f"{where}: {path}: a lever can be held only with freeze_behaviour = true")


def _numbers(where: str, path: str, given: list[Any]) -> list[float]:
    for x in given:
        if real(x) is None:
            raise InputError(f"{where}: {path}: expected finite numbers, got {x!r}")
    return [bounded(x, f"{where}: {path}") for x in given]
