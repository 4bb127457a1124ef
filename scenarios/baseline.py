"""Reads baseline years: a folder of parameters, published figures and the usual contract."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..model.baseline import Baseline
from ..model.errors import InputError, unknown
from ..model.parameters import read
from ..model.reading import toml
from .terms import say

FOLDER = Path(__file__).with_name("baselines")
FILE = "baseline.toml"
PUBLISHED = ("figures.toml", "money.toml", "practices.toml")  #: what was published of the year
UNCERTAINTY = "uncertainty.toml"  #: which numbers are not drawn


class BaselineFile(BaseModel):
    """``baseline.toml`` as written."""

    model_config = ConfigDict(extra="forbid", strict=True)
    title: str = Field(min_length=1)
    starts: date
    usual: str = Field(min_length=1)
    place: str = Field(min_length=1)
    registered: int = Field(gt=0)
    carries: str = ""  # name of the year whose numbers stand where this one has none of its own


def baselines() -> list[str]:
    """Names of the baseline years that ship with the model."""
    return sorted(file.parent.name for file in FOLDER.glob(f"*/{FILE}"))


def load_baseline(name: str | Path, beside: Path = Path()) -> Baseline:
    """A baseline year by name, or by the path of its folder: a text with a ``/``, relative to ``beside``.

    Raises:
        InputError: when there is no such folder, or a file in it cannot be used.
    """
    if isinstance(name, Path) or "/" in name:
        return _read(beside / name)
    if name not in baselines():
        raise unknown("baseline", name, baselines())
    return _shipped(name)


def name_of(baseline: Baseline) -> str:
    """The name or path by which ``load_baseline`` finds it again."""
    return baseline.id if baseline.folder.parent == FOLDER else str(baseline.folder.resolve())


@cache
def _shipped(name: str) -> Baseline:
    return _read(FOLDER / name)


def _read(folder: Path) -> Baseline:
    if not (folder / FILE).is_file():
        raise InputError(f"{folder}: not a baseline; expected a folder with a file {FILE}")
    try:
        file = BaselineFile.model_validate(toml(folder / FILE))
    except ValidationError as error:
        raise say(error, FILE, list(BaselineFile.model_fields)) from None
    parameters = read(folder / "parameters")
    carried = _carried(file.carries) if file.carries else None
    if carried:
        parameters = carried.parameters.carried(parameters)
    return Baseline(
        folder.name, file.title, file.starts, file.usual, file.place, file.registered, folder, parameters, carried
    )


def _carried(name: str) -> Baseline:
    """The shipped year that another carries on; one that carries on itself, or another by path, could go round."""
    if name not in baselines():
        raise unknown("baseline", name, baselines(), where=f"{FILE}: carries")
    return _shipped(name)
