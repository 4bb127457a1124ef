"""Makes a place from published files: reads, chooses, checks, fills in, and writes what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomli_w

from ...model.place.place import PEOPLE_COLUMNS, PRACTICE_COLUMNS, QUINTILE_COLUMNS
from ..baseline import load_baseline, name_of
from ..place_files import COLUMNS, load_place
from ..spread import write as write_table
from . import clean, fill, sites
from .account import Account, Total
from .area import Area, area_of
from .choose import SMALLEST, Wanted, chosen, short, usable
from .evidence import gather
from .positions import Gazetteer, placed
from .sheets import read

STATUS = "derived"


@dataclass(frozen=True)
class Made:
    """A place that was made: its file's tables, its table of practices, and the account of how."""

    id: str
    tables: dict[str, Any]
    practices: pd.DataFrame
    account: Account

    @property
    def practices_file(self) -> str:
        """Name of the table of practices."""
        return str(self.tables["practices"])

    def write(self, folder: Path) -> Path:
        """Write both files, and read them as any place is read. Returns the place file's path.

        Raises:
            InputError: when the place cannot be used.
        """
        path = folder / f"{self.id}.toml"
        path.write_text(tomli_w.dumps(self.tables), encoding="utf-8")
        write_table(self.practices.copy(), folder / self.practices_file)
        load_place(path)
        return path


def make(
    files: Sequence[Path], wanted: Wanted, baseline: str, title: str = "", smallest: int = SMALLEST, name: str = ""
) -> Made:
    """A place of the practices that are wanted.

    Raises:
        InputError: for a file, a choice or a figure that cannot be used, in a sentence that names it.
    """
    account = Account()
    year = load_baseline(baseline, Path.cwd())
    found = gather([sheet for file in files for sheet in read(file)], account)
    gazetteer = Gazetteer(found)
    found = chosen(found, wanted, account)
    found = clean.checked(found, COLUMNS, account)
    found = usable(found, fill.lists(found), smallest, account)
    found = clean.plausible_staff(found, fill.lists(found), account)
    board = _board(found, wanted)
    area = area_of(board, baseline)
    title = title or board or "My place"
    counts = fill.people(found, year.parameters, account)
    size = counts.sum(axis=1)
    table = _practices(found, counts, gazetteer, area, account)
    councils, of_council = sites.councils(found, table, counts, title, area, account)
    boards, of_board = sites.commissioners(found, table, size, title)
    table["council"], table["commissioner"] = of_council, of_board
    weight = fill.formula_weight(found, counts, year.parameters, account)
    if weight is not None:
        table["formula_weight"] = weight
    name = name or sites.identity(title)
    _totals(found, counts, account)
    account.practices = table
    tables = {
        "title": title, "description": _described(table, counts, account), "vintage": _vintage(account, year.title),
        "baseline": name_of(year), "source": _sources(account), "status": STATUS, "practices": f"{name}_practices.csv",
        "lots": sorted(table["lot"].unique()), "need_factor": area.need, "resident_share": area.residents,
        "hospitals": sites.hospitals(table, size, title, area, account), "councils": councils, "commissioners": boards,
    }  # fmt: skip
    source = "the drawn place's file"
    account.fill("need_factor", len(table), f"{area.need:g} relative to the baseline's place: England's mean", source)
    account.fill("resident_share", len(table), f"{area.residents:g} residents per registered person", source)
    return Made(name, tables, table, account)


def _board(found: pd.DataFrame, wanted: Wanted) -> str:
    """The name of the board that most practices belong to, or what was asked for."""
    for column in ("icb_name", "icb"):
        if column in found and found[column].notna().any():
            return short(str(found[column].mode()[0]))
    return wanted.icb


def _practices(
    found: pd.DataFrame, counts: np.ndarray, gazetteer: Gazetteer, area: Area, account: Account
) -> pd.DataFrame:
    """The model's table of practices."""
    size = counts.sum(axis=1)
    table = pd.DataFrame({"code": found.index.astype(str)})
    names = found["name"] if "name" in found else pd.Series(np.nan, index=found.index)
    table["name"] = [code if pd.isna(one) else str(one) for code, one in names.items()]
    lot = _lots(found, account)
    table["lot"], table["town"] = lot, lot
    spots = placed(found, gazetteer, area, account)
    table["latitude"], table["longitude"] = spots[:, 0], spots[:, 1]
    table["rural"] = fill.rural(found, size, area, account)
    staff = fill.staff(found, size, area, account)
    for column in staff:
        table[column] = staff[column].to_numpy()
    table["continuity"], table["consultation_style"], table["referral_style"] = area.shape.continuity_mean, 1.0, 1.0
    account.fill("continuity", len(table), f"{area.shape.continuity_mean:g} for each practice", sites.RATIOS)
    account.fill("consultation and referral style", len(table), "1: as age, sex and health alone would have it", "")
    table[PEOPLE_COLUMNS] = counts
    table[QUINTILE_COLUMNS] = fill.fifths(found, size, area, account)
    return table[PRACTICE_COLUMNS]


def _lots(found: pd.DataFrame, account: Account) -> list[str]:
    """The network of each practice by name, or else its sub-board, or one lot for all."""
    for code, name in (("pcn", "pcn_name"), ("sub_icb", "sub_icb_name")):
        if code not in found or found[code].isna().all():
            continue
        names = found[name].fillna(found[code]) if name in found else found[code]
        lone = names.isna()
        account.fill("lot", int(lone.sum()), "'no network'", "")
        return [str(one) for one in names.fillna("no network")]
    account.fill("lot", len(found), "one lot for the whole place: no file has networks", "")
    return ["all practices"] * len(found)


def _totals(found: pd.DataFrame, counts: np.ndarray, account: Account) -> None:
    if "registered" in found and found["registered"].notna().any():
        mine = found["registered"].notna().to_numpy()
        account.totals.append(
            Total("people", float(counts[mine].sum()), float(found["registered"].sum()), "lists as published")
        )
    for column, sexes in (("male", 0), ("female", 1)):
        if column in found and found[column].notna().any():
            mine = found[column].notna().to_numpy()
            ours = counts.reshape(len(found), 2, -1)[mine, sexes].sum()
            account.totals.append(Total(column, float(ours), float(found[column].sum()), "lists as published"))


def _described(table: pd.DataFrame, counts: np.ndarray, account: Account) -> str:
    practices, groups = _counted(len(table), "practice"), _counted(table["lot"].nunique(), "group")
    files = _counted(len(account.read), "published file")
    return (
        f"{counts.sum():,} registered people, {practices} in {groups}, made from {files} by fundingflows place make; "
        "the data page says what was filled in."
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _vintage(account: Account, rates: str) -> str:
    dates = sorted({read.date for read in account.read if read.date})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}" if dates else "of an unknown date"
    return f"practices {when}, rates of use and prices of {rates}"


def _sources(account: Account) -> str:
    return "; ".join(f"{read.publisher}, {read.title} ({read.file})" for read in account.read)
