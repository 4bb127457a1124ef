"""Fifths of deprivation by practice, from where its patients live and the deciles of those neighbourhoods."""

from __future__ import annotations

import pandas as pd

from ...model.place.place import QUINTILE_COLUMNS
from .account import Account
from .sheets import Sheet

DECILES_A_FIFTH = 2


def fifths(sheets: list[Sheet], account: Account) -> pd.DataFrame:
    """People by fifth of deprivation for each practice, imd1 … imd5; no rows unless both tables were given."""
    lived = [sheet.frame for sheet in sheets if sheet.layout.key == "neighbourhoods"]
    ranked = [sheet.frame for sheet in sheets if sheet.layout.key == "deprivation"]
    if not lived or not ranked:
        if lived or ranked:
            other = "deciles of neighbourhoods" if lived else "patients by neighbourhood"
            account.notes.append(f"Fifths of deprivation need {other}, too: the file given was not used.")
        return pd.DataFrame(columns=QUINTILE_COLUMNS, dtype=float)
    decile = pd.concat(ranked).drop_duplicates("lsoa").set_index("lsoa")["decile"]
    frame = _both_sexes(pd.concat(lived))
    fifth = ((frame["lsoa"].map(decile) + 1) // DECILES_A_FIFTH).astype("Int64")
    lost = frame["patients"][fifth.isna()].sum()
    if lost:
        account.drop("people by neighbourhood", "", float(lost), "neighbourhood closed, not known, or outside England")
    known = frame[fifth.notna()].assign(fifth=fifth[fifth.notna()].map(lambda one: f"imd{one}"))
    counts = known.groupby(["code", "fifth"])["patients"].sum().unstack(fill_value=0.0)
    return counts.reindex(columns=QUINTILE_COLUMNS, fill_value=0.0)


def _both_sexes(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of all people where the tables have them, else of each sex."""
    whole = frame["sex"].str.upper().isin(("ALL", "")) if "sex" in frame else pd.Series(True, index=frame.index)
    return frame[whole] if whole.any() else frame
