"""Which practices the place has: those of a board, of networks, or a list of codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ...model.errors import InputError, unknown
from .account import Account

SHARED = re.compile(r"(?i)^nhs | (icb|integrated care board|ccg|clinical commissioning group)$")
MANY = 3  #: boards that an error names
WORDS = re.compile(r"\b(nhs|icb|stp|ccg|integrated care board|clinical commissioning group|and|the)\b|[^a-z ]")
SMALLEST = 500  #: people: smaller lists are of practices that open or close, or of special services (assumed)


@dataclass(frozen=True)
class Wanted:
    """Practices asked for: a board by code or name, networks by code or name, practices by code; none means all.

    ``groups``: groups of practices by code, in place of their networks.
    """

    icb: str = ""
    pcn: Sequence[str] = ()
    codes: Sequence[str] = ()
    groups: Mapping[str, str] = field(default_factory=dict)


def plain(name: str) -> str:
    """A board's name without what all boards share: ``NHS Kent And Medway ICB`` is ``kent medway``."""
    return " ".join(WORDS.sub(" ", name.casefold()).split())


def short(name: str) -> str:
    """A board's name without the beginning and end that all boards share, as it is written."""
    return SHARED.sub("", name).strip()


def chosen(found: pd.DataFrame, wanted: Wanted, account: Account) -> pd.DataFrame:
    """The rows of the practices asked for.

    Raises:
        InputError: naming what is not in the files, with the nearest choice.
    """
    keep = pd.Series(True, index=found.index)
    if wanted.icb:
        keep &= _named(found, [wanted.icb], ("icb", "icb_name", "icb_ons", "sub_icb", "sub_icb_name"), "--icb")
    if wanted.pcn:
        keep &= _named(found, wanted.pcn, ("pcn", "pcn_name"), "--pcn")
    if wanted.codes:
        codes = [code.strip().upper() for code in wanted.codes if code.strip()]
        missing = [code for code in codes if code not in found.index]
        for code in missing:
            account.drop(code, "", None, "asked for, but in no file")
        if len(missing) == len(codes):
            raise unknown("practice", codes[0] if codes else "", found.index, where="--practices")
        keep &= found.index.isin(codes)
    found = found[keep]
    groups = {code: group for code, group in wanted.groups.items() if group}
    if groups:
        named = found.index.to_series().map(groups)
        found = found.assign(pcn=named, pcn_name=named)
    if found.empty:
        raise InputError("--icb, --pcn and --practices: no practice is in all of them")
    if "icb" in found and not (wanted.icb or wanted.pcn or wanted.codes) and found["icb"].nunique() > 1:
        boards = ", ".join(sorted(found["icb"].dropna().unique())[:MANY])
        count = found["icb"].nunique()
        raise InputError(f"the files have practices of {count} boards ({boards}, …); choose one: --icb {boards[:3]}")
    return found


def _named(found: pd.DataFrame, asked: Sequence[str], columns: Sequence[str], option: str) -> pd.Series:
    """Rows where one of the columns is one of the names or codes asked for."""
    columns = [column for column in columns if column in found]
    if not columns:
        raise InputError(f"{option}: no file says it; add one that does, such as the workforce file")
    keep = pd.Series(False, index=found.index)
    for one in asked:
        mine = pd.Series(False, index=found.index)
        for column in columns:
            text = found[column].fillna("").astype(str)
            mine |= (text.str.casefold() == one.strip().casefold()) | (
                text.map(plain) == plain(one) if column.endswith("_name") and plain(one) else False
            )
        if not mine.any():
            known = {short(str(name)) for column in columns for name in found[column].dropna()}
            raise unknown(option.lstrip("-"), one, known, where=option)
        keep |= mine
    return keep


def usable(found: pd.DataFrame, people: pd.Series, smallest: int, account: Account) -> pd.DataFrame:
    """Practices that are open and large enough; the others are written down.

    Raises:
        InputError: when none is left.
    """
    closed = found["closed"].notna() if "closed" in found else pd.Series(False, index=found.index)
    special = found["special"].notna() if "special" in found else pd.Series(False, index=found.index)
    names = found["name"].fillna("") if "name" in found else pd.Series("", index=found.index)
    keep = pd.Series(True, index=found.index)
    for code in found.index:
        size = people[code]
        why = ""
        if closed[code]:
            why = f"closed ({found.loc[code, 'closed']})"
        elif special[code]:
            why = f"not a general practice ({found.loc[code, 'special']})"
        elif pd.isna(size) or size <= 0:
            why = "no registered people in any file"
        elif size < smallest:
            why = f"fewer than {smallest:,} people"
        if why:
            account.drop(str(code), str(names[code]), None if pd.isna(size) else float(size), why)
            keep[code] = False
    if not keep.any():
        last = account.dropped[-1]
        raise InputError(f"no practice is left of {len(found)}; {last.what}, for one: {last.why}")
    return found[keep]
