"""Hospitals of a place, from where its people's planned care was completed and where trusts lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .account import Account
from .area import Area
from .positions import Gazetteer
from .sheets import Sheet
from .sites import with_beds

ALL_SPECIALTIES = "C_999"
COMPLETED, WAITING = ("PART_1A", "PART_1B"), ("PART_2",)
TRUST = r"R[A-Z0-9]{2}"  #: codes of NHS trusts; others are independent
SOURCE = "shares: NHS England, referral to treatment waiting times; beds: England's ratio"
SMALLEST = 0.02  #: share of the place's planned care below which a trust is left out (assumed)


def hospitals(
    sheets: Sequence[Sheet],
    boards: set[str],
    spots: np.ndarray,
    size: np.ndarray,
    used: np.ndarray,
    gazetteer: Gazetteer,
    area: Area,
    account: Account,
) -> list[dict[str, Any]]:
    """Trusts by their share of pathways completed for the boards' people; none where no table says.

    ``size``: people of each practice, ``used``: as their nights in hospital count, (P,).
    """
    frames = [sheet.frame for sheet in sheets if sheet.layout.key == "rtt"]
    if not frames:
        return []
    frame = pd.concat(frames)
    mine = frame[frame["icb"].isin(boards) | frame["board"].str.upper().isin(boards)]
    if mine.empty:
        account.notes.append("The file of waiting times has no pathways of these boards: not used.")
        return []
    whole = mine["specialty"].str.upper() == ALL_SPECIALTIES
    mine = mine[whole] if whole.any() else mine
    part = mine["part"].str.upper()
    waiting = mine["total"][part.isin(WAITING)].sum()
    account.notes.append(
        f"{waiting:,.0f} pathways of these boards were waiting, {1000 * waiting / size.sum():.0f} per 1,000 people of "
        "the place. The model's waiting list is the baseline's, not this one."
    )
    done = mine[part.isin(COMPLETED)]
    done = done if not done.empty else mine[part.isin(WAITING)]
    by_trust = done.groupby("trust")["total"].sum()
    nhs = by_trust[by_trust.index.str.fullmatch(TRUST)].sort_values(ascending=False)
    nhs = nhs[nhs > 0]
    if nhs.empty:
        return []
    kept = nhs[nhs >= SMALLEST * by_trust.sum()] if nhs.iloc[0] >= SMALLEST * by_trust.sum() else nhs.iloc[:1]
    rest = by_trust.sum() - kept.sum()
    if rest > 0:
        share = 100 * rest / by_trust.sum()
        what = f"{len(by_trust) - len(kept)} small or independent providers"
        account.drop(what, "", None, f"{share:.0f} % of completed pathways, divided among the others")
    trusts = _sites(kept, done, sheets, boards, spots, size, gazetteer, account)
    return with_beds(trusts, size, used, area, account, "derived", SOURCE)


def _sites(
    kept: pd.Series,
    done: pd.DataFrame,
    sheets: Sequence[Sheet],
    boards: set[str],
    spots: np.ndarray,
    size: np.ndarray,
    gazetteer: Gazetteer,
    account: Account,
) -> list[dict[str, Any]]:
    named = done.drop_duplicates("trust").set_index("trust")
    tables = [sheet.frame for sheet in sheets if sheet.layout.key == "trusts"]
    codes = (
        pd.concat(tables).drop_duplicates("trust").set_index("trust")["postcode"] if tables else pd.Series(dtype=str)
    )
    middle = tuple(np.average(spots, axis=0, weights=size))
    out, lost = [], []
    for trust, total in kept.items():
        at = gazetteer.look_up(str(codes.get(trust, "")))
        if at is None:
            lost.append(str(trust))
        parent = str(named["trust_parent"].get(trust, "")) if "trust_parent" in named else ""
        name = str(named["trust_name"].get(trust, trust)) if "trust_name" in named else str(trust)
        out.append({
            "id": str(trust), "name": name.title().replace("Nhs", "NHS"), "at": at or middle, "share": float(total),
            "neighbour": bool(parent) and parent not in boards,
        })  # fmt: skip
    account.fill(
        "hospitals' position", len(kept) - len(lost), "the trust's postcode, by the practices nearest to it", ""
    )
    how = f"the middle of the place's people ({', '.join(lost)}): no file has the postcode, or a practice near it"
    account.fill("hospitals' position", len(lost), how, "add ODS etr and the allocation tool's file")
    return out
