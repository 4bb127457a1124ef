"""Reads funding files, which may extend one another."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..agents.cohorts import COHORTS
from ..model.baseline import Baseline
from ..model.contracts.change import Change
from ..model.contracts.contract import Contract
from ..model.errors import InputError, asked_by, unknown
from ..model.reading import text_of, toml
from ..model.scenario import KINDS, Funding
from .baseline import FILE, PUBLISHED, UNCERTAINTY
from .changes import ChangeFile, PoolFile, WhoFile, read_changes, read_pools
from .files import FOLDER, find
from .place_files import default_baseline
from .terms import PAYERS, read_contract, say

MOST_EXTENDS = 20  #: files in a chain
#: care whose providers have no contract in the model, and the parameter that its money is
FIXED_SUMS = {"mental_health": "money.block_mental_health"}
USUAL = "usual"  #: as the name of a funding file: the usual contract of the baseline


class FundingFile(BaseModel):
    """A funding file as written, its terms still unread."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    source: str = Field(min_length=1)
    extends: str | None = None
    contracts: dict[str, list[dict[str, Any]]] = {}
    pools: list[PoolFile] = []
    changes: list[ChangeFile] = []


def fundings(baseline: Baseline | None = None) -> list[str]:
    """Names of the funding files that ship with the model, and of the baseline's usual contract."""
    return sorted(_shipped_fundings(baseline or default_baseline()))


def _shipped_fundings(baseline: Baseline) -> dict[str, Path]:
    """Funding files by name: the baseline's, and those that ship for all years unless it has a folder of its own.

    Files name sums of money and targets of a year, so that those of another year would answer wrongly.
    """
    own = [file for file in baseline.folder.glob("*.toml") if file.name not in (FILE, UNCERTAINTY, *PUBLISHED)]
    folder = baseline.folder / "funding"
    shipped = folder if folder.is_dir() else FOLDER / "funding"
    return {file.stem: file for file in (*shipped.glob("*.toml"), *own)}


def load_funding(name: str | Path, baseline: Baseline | None = None, _extending: tuple[str, ...] = ()) -> Funding:
    """A funding file by name, or by path.

    ``baseline``: of the place that it is for; left out, that of the default place. The name ``usual`` is its usual
    contract.

    Raises:
        InputError: for a file, key, term, price or activity that cannot be used.
    """
    baseline = baseline or default_baseline()
    path = find("funding file", baseline.usual if name == USUAL else name, _shipped_fundings(baseline))
    return read_funding(path, toml(path), text_of(path), baseline, _extending)


def read_funding(
    path: Path, raw: dict[str, Any], text: str, baseline: Baseline, _extending: tuple[str, ...] = (),
    base: Funding | None = None,
) -> Funding:  # fmt: skip
    """A funding file whose tables have been read, or that is a part of another file.

    ``path`` names it in messages, and files that it extends are looked for beside it. ``base``: what it extends when
    it does not say so itself.

    Raises:
        InputError: for a key, term, price or activity that cannot be used.
    """
    try:
        file = FundingFile.model_validate(raw)
    except ValidationError as error:
        raise say(error, path.name, _fields_of(error)) from None
    for kind in file.contracts:
        if kind in FIXED_SUMS:
            raise InputError(
                f"{path.name}: contracts.{kind}: the model has no providers of {kind.replace('_', ' ')}, only a fixed "
                f"sum for them; set {FIXED_SUMS[kind]} in a change instead"
            )
        if kind not in KINDS:
            raise unknown("kind of provider", kind, KINDS, where=f"{path.name}: contracts")
    pools = read_pools(path.name, file.pools)
    kept: dict[str, Contract] = {}
    earlier: tuple[Change, ...] = ()
    if file.extends is not None:
        if str(path.resolve()) in _extending:
            raise InputError(f"{path.name}: extends: the files extend each other in a circle")
        if len(_extending) >= MOST_EXTENDS:
            raise InputError(f"{path.name}: extends: more than {MOST_EXTENDS} files extend one another")
        with asked_by(f"{path.name}: extends") if not _extending else nullcontext():
            base = load_funding(_beside(path, file.extends), baseline, (*_extending, str(path.resolve())))
    if base is not None:
        named = {pool.name for pool in pools}
        kept, earlier = base.contracts, base.changes
        pools = (*(pool for pool in base.pools if pool.name not in named), *pools)
    payers = (*PAYERS, *(pool.name for pool in pools))
    own = {kind: read_contract(path.name, kind, written, payers) for kind, written in file.contracts.items()}
    silent = [kind for kind in KINDS if kind not in {**kept, **own}]
    missing = [kind for kind in silent if path.parent == baseline.folder or not COHORTS[kind].PAID_AS_USUAL]
    if missing:
        raise InputError(
            f"{path.name}: contracts: no contract for {missing[0]}; write [[contracts.{missing[0]}]], "
            f'or extends = "{baseline.usual}" to keep that file\'s'
        )
    usual = load_funding(baseline.usual, baseline).contracts if silent else {}
    contracts = {kind: {**usual, **kept, **own}[kind] for kind in KINDS}
    changes = read_changes(path.name, file.changes, contracts, earlier, pools, baseline.parameters)
    of = baseline.id if path.parent == baseline.folder else base.baseline if base is not None else ""
    return Funding(path.stem, file.title, file.question, file.source, contracts, text, changes, pools, of)


def _fields_of(error: ValidationError) -> list[str]:
    """Keys that are known where the error is."""
    by_table: dict[str, type[BaseModel]] = {"changes": ChangeFile, "pools": PoolFile}
    location = error.errors()[0]["loc"]
    table = by_table.get(str(location[0]) if location else "", FundingFile)
    return list((WhoFile if "who" in location and len(location) > 3 else table).model_fields)


def _beside(path: Path, name: str) -> str | Path:
    """A file that another extends: by name, or by a path seen from that other file."""
    return path.parent / name if name.endswith(".toml") else name
