"""Whom practices turned away in a run, by age: who asked to join, and what became of them."""

from __future__ import annotations

from typing import cast

import pandas as pd

FRAIL = ("moderate", "severe")  #: grades of frailty that are shown apart


def by_age(joiners: pd.DataFrame) -> pd.DataFrame:
    """People a year who asked to join, and the share turned away (%), by age and of the frail of that age.

    ``joiners``: of a run, as ``record.joiners`` makes them. Columns: age_band, asked, share, frail_asked, frail_share.
    """
    years = max(len(set(joiners["year"])), 1)
    everyone = _sums(joiners, years)
    frail = _sums(cast(pd.DataFrame, joiners[joiners["frailty"].isin(FRAIL)]), years)
    frail = frail.reindex(everyone.index, fill_value=0.0)
    out = {"age_band": everyone.index, "asked": everyone["asked"], "share": _share(everyone)}
    return pd.DataFrame(out | {"frail_asked": frail["asked"], "frail_share": _share(frail)}).reset_index(drop=True)


def _sums(joiners: pd.DataFrame, years: int) -> pd.DataFrame:
    sums = cast(pd.DataFrame, joiners.groupby("age_band", sort=False)[["asked", "turned_away"]].sum())
    return sums / float(years)


def _share(sums: pd.DataFrame) -> pd.Series:
    asked = cast(pd.Series, sums["asked"])
    return 100.0 * cast(pd.Series, sums["turned_away"]) / asked.where(asked > 0)
