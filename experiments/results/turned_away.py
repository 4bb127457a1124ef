"""Whom practices turned away in a run, by age: who asked to join, and what became of them."""

from __future__ import annotations

import pandas as pd

FRAIL = ("moderate", "severe")  #: grades of frailty that are shown apart


def by_age(joiners: pd.DataFrame) -> pd.DataFrame:
    """People a year who asked to join, and the share turned away (%), by age and of the frail of that age.

    ``joiners``: of a run, as ``record.joiners`` makes them. Columns: age_band, asked, share, frail_asked, frail_share.
    """
    years = joiners["year"].nunique()
    everyone = _sums(joiners, years)
    frail = _sums(joiners[joiners["frailty"].isin(FRAIL)], years).reindex(everyone.index, fill_value=0.0)
    out = everyone.join(frail.add_suffix("_frail"))
    shares = {
        name: 100.0 * out[f"turned_away{of}"] / out[f"asked{of}"].where(out[f"asked{of}"] > 0)
        for name, of in (("share", ""), ("frail_share", "_frail"))
    }
    out = out.rename(columns={"asked_frail": "frail_asked"}).assign(**shares)
    return out[["asked", "share", "frail_asked", "frail_share"]].reset_index()


def _sums(joiners: pd.DataFrame, years: int) -> pd.DataFrame:
    return joiners.groupby("age_band", sort=False)[["asked", "turned_away"]].sum() / max(years, 1)
