"""What tables about practices themselves say: networks, positions, councils, payments, whether they are open."""

from __future__ import annotations

import pandas as pd

from .account import Account
from .rows import practices
from .sheets import Sheet

UPPER_TIER = ("E06", "E08", "E09")  #: how codes begin of districts that are councils with social care, too
NOT_CLOSED = ("-", "–", "")
OPEN, GENERAL = "A", "4"  #: status, and prescribing setting of general practice, in ODS files


def mapping(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Names, postcodes, networks and boards."""
    return practices(sheet.frame, sheet, account)


def tool(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Positions, boards, councils, lists and weighted lists of the allocation tool."""
    frame = practices(sheet.frame, sheet, account)
    frame["registered"] = frame["population"].round() if "population" in frame else frame.get("patients")
    if "primary_care" in frame:
        frame["tool_weighted"], frame["tool_of"] = frame["primary_care"], frame["population"]
    if {"district", "district_code"} <= set(frame):
        own = frame["district"].where(frame["district_code"].str[:3].isin(UPPER_TIER), "")
        county = frame.get("council_name", "")
        frame["council_name"] = own.where(county == "", county)
    return frame


def payments(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Lists, weighted lists, rurality, and practices that closed in the year."""
    frame = practices(sheet.frame, sheet, account)
    if "closed" in frame:
        frame["closed"] = frame["closed"].mask(frame["closed"].isin(NOT_CLOSED), "")
    if "rural" in frame:
        words = frame["rural"].str.lower()
        frame["rural"] = words.str.contains("rural").astype(float).where(words.str.contains("rural|urban"))
    if "pcn" in frame and "ccg_name" in frame:
        frame["pcn_name"] = frame["ccg_name"]  # named so in the source
    both = frame["registered"].gt(0) & frame["weighted"].gt(0)
    frame["weighted"], frame["weighted_of"] = frame["weighted"].where(both), frame["registered"].where(both)
    return frame


def open_practices(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Practices that are closed, and organisations that are no general practices, by the ODS file."""
    frame = practices(sheet.frame, sheet, account)
    shut = frame["status"].str.upper() != OPEN
    frame["closed"] = ("status " + frame["status"] + " " + frame["closed"]).str.strip().where(shut, "")
    frame["special"] = ("prescribing setting " + frame["setting"]).where(frame["setting"] != GENERAL, "")
    return frame.drop(columns=["status", "setting"])


def scores(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Each practice's rank among all practices of the table by its latest score, 0 the most deprived."""
    frame = sheet.frame
    if "indicator" in frame and (frame["indicator"] == DEPRIVATION).any():
        frame = frame[frame["indicator"] == DEPRIVATION]
    if "period" in frame:
        frame = frame[frame["period"] == frame["period"].max()]
    frame = frame.dropna(subset=["score"]).drop_duplicates(["code", "score"])
    frame = practices(frame[frame["code"].str.match(r"[A-Z]\d{5}$")], sheet, account)
    rank = (frame["score"].rank(ascending=False) - 0.5) / len(frame)
    return pd.DataFrame({"imd_rank": rank})


DEPRIVATION = "93553"  #: Fingertips' indicator


def prevalence(sheet: Sheet, account: Account) -> pd.DataFrame:
    """Lists by the quality framework; its registers are not used: the model's people have their own conditions."""
    frame = sheet.frame[sheet.frame["registered"].notna()] if "registered" in sheet.frame else sheet.frame.iloc[:0]
    frame = practices(frame.drop_duplicates("code"), sheet, account)
    return frame[["registered"]] if "registered" in frame else frame[[]]
