"""Makes a place from published files: reads, chooses, checks, fills in, and writes what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomli_w

from ...model.baseline import Baseline
from ...model.place.place import PEOPLE_COLUMNS, PRACTICE_COLUMNS, QUINTILE_COLUMNS
from ..baseline import load_baseline, name_of
from ..place_files import COLUMNS, load_place
from ..spread import write as write_table
from . import clean, fill, sites, waiting
from .account import Account, Total
from .area import Area, area_of
from .choose import SMALLEST, Wanted, chosen, short, usable
from .evidence import gather, lists
from .neighbourhoods import fifths
from .positions import Gazetteer, placed
from .sheets import Sheet, read

STATUS = "derived"
OWN = "my_"  #: how the name of a place begins, so that it is never taken for one that ships


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
    sheets = [sheet for file in files for sheet in read(file)]
    everyone = gather(sheets, account).join(fifths(sheets, account))
    found = _kept(everyone, wanted, smallest, account)
    board = _board(found, wanted)
    counts = fill.people(found, year.parameters, account)
    area = area_of(board, baseline)
    draft = Draft(found, counts, Gazetteer(everyone), area, title or board or "My place", sheets, account)
    table = _practices(draft)
    weight = fill.formula_weight(found, counts, year.parameters, account)
    if weight is not None:
        table["formula_weight"] = weight
    name = name or f"{OWN}{sites.identity(draft.title)}"
    tables = _place(draft, table, f"{name}_practices.csv", year)
    _totals(found, counts, account)
    account.practices = table
    return Made(name, tables, table, account)


@dataclass(frozen=True)
class Draft:
    """What is known while a place is made: its practices, their people (P, 14), and where to look for the rest."""

    found: pd.DataFrame
    counts: np.ndarray
    gazetteer: Gazetteer
    area: Area
    title: str
    sheets: Sequence[Sheet]
    account: Account

    @property
    def size(self) -> np.ndarray:
        """People of each practice, (P,)."""
        return self.counts.sum(axis=1)


def _kept(everyone: pd.DataFrame, wanted: Wanted, smallest: int, account: Account) -> pd.DataFrame:
    """The practices that are wanted, open and large enough, without figures that cannot be."""
    found = clean.checked(chosen(everyone, wanted, account), COLUMNS, account)
    found = usable(found, lists(found), smallest, account)
    return clean.plausible_staff(found, lists(found), account)


def _place(draft: Draft, table: pd.DataFrame, practices: str, year: Baseline) -> dict[str, Any]:
    """The tables of the place file; ``table`` gets the council and the commissioner of each practice."""
    found, area, account, n = draft.found, draft.area, draft.account, len(table)
    councils, of_council = sites.councils(found, table, draft.counts, draft.title, area, account)
    boards, of_board = sites.commissioners(found, table, draft.size, draft.title)
    table["council"], table["commissioner"] = of_council, of_board
    hospitals = _hospitals(draft, table, sites.in_beds(draft.counts, year.parameters))
    source = "the drawn place's file"
    account.fill("need_factor", n, f"{area.need:g} relative to the baseline's place: England's mean", source)
    account.fill("resident_share", n, f"{area.residents:g} residents per registered person", source)
    if area.numbers:
        account.fill("set", n, "numbers of the baseline that are the nation's: " + ", ".join(area.numbers), source)
    return {
        "title": draft.title, "description": _described(table, draft.counts, account),
        "vintage": _vintage(account, year.title), "baseline": name_of(year), "source": _sources(account),
        "status": STATUS, "practices": practices, "lots": sorted(table["lot"].unique()), "need_factor": area.need,
        "resident_share": area.residents, "hospitals": hospitals, "councils": councils,
        "commissioners": boards, **({"set": dict(area.numbers)} if area.numbers else {}),
    }  # fmt: skip


def _hospitals(draft: Draft, table: pd.DataFrame, used: np.ndarray) -> list[dict[str, Any]]:
    """Those that waiting times name, or invented ones; ``used``: people as their nights in hospital count, (P,)."""
    found, size, area, account = draft.found, draft.size, draft.area, draft.account
    boards = {str(code) for column in ("icb", "sub_icb") if column in found for code in found[column].dropna()}
    spots = table[["latitude", "longitude"]].to_numpy(dtype=float)
    named = waiting.hospitals(draft.sheets, boards, spots, size, used, draft.gazetteer, area, account)
    return named or sites.hospitals(table, size, used, draft.title, area, account)


def _board(found: pd.DataFrame, wanted: Wanted) -> str:
    """The name of the board that most practices belong to, or what was asked for."""
    for column in ("icb_name", "sub_icb_name", "icb", "sub_icb"):
        if column in found and found[column].notna().any():
            return short(str(found[column].mode()[0]))
    return wanted.icb


def _practices(draft: Draft) -> pd.DataFrame:
    """The model's table of practices."""
    found, area, account, size = draft.found, draft.area, draft.account, draft.size
    table = pd.DataFrame({"code": found.index.astype(str)})
    names = found["name"] if "name" in found else pd.Series(np.nan, index=found.index)
    table["name"] = [code if pd.isna(one) else str(one) for code, one in names.items()]
    lot = _lots(found, account)
    table["lot"], table["town"] = lot, lot
    spots = placed(found, draft.gazetteer, area, account)
    table["latitude"], table["longitude"] = spots[:, 0], spots[:, 1]
    table["rural"] = fill.rural(found, size, area, account)
    staff = fill.staff(found, size, area, account)
    for column in staff:
        table[column] = staff[column].to_numpy()
    table["continuity"], table["consultation_style"], table["referral_style"] = area.shape.continuity_mean, 1.0, 1.0
    account.fill("continuity", len(table), f"{area.shape.continuity_mean:g} for each practice", sites.RATIOS)
    account.fill("consultation and referral style", len(table), "1: as age, sex and health alone would have it", "")
    table[PEOPLE_COLUMNS] = draft.counts
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
    """People of the place beside those that each file has for the same practices, and by sex where it is published."""
    size = pd.Series(counts.sum(axis=1), index=found.index)
    for file, listed in account.lists.items():
        mine = listed.reindex(found.index).dropna()
        if mine.sum() > 0:
            what = f"people of {len(mine):,} practices"
            account.totals.append(Total(what, float(size[mine.index].sum()), float(mine.sum()), file))
    sexes = counts.reshape(len(found), 2, -1).sum(axis=2)
    for k, column in enumerate(("male", "female")):
        if column in found and found[column].notna().any():
            mine = found[column].notna().to_numpy()
            account.totals.append(
                Total(
                    f"{column} people", float(sexes[mine, k].sum()), float(found[column].sum()), "totals as published"
                )
            )


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
