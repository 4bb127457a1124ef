"""Whom practices turned away, by age, and who took them on: people who asked to join, and what became of them."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

from .numbers import number

FRAIL = ("moderate", "severe")  #: grades of frailty that are shown apart
ALL = "all"  #: the row of all ages together
NOTE = "Whoever is turned away registers with a neighbour. Frail: moderate or severe."


def by_age(joiners: pd.DataFrame) -> pd.DataFrame:
    """People a year who asked to join and who were turned away (a share in %), by age and of the frail of an age.

    ``joiners``: of one run, as ``record.joiners`` makes them, or of several with their ``seed``. Columns: age_band
    (``ALL`` in the last row), asked, turned_away, share, frail_asked, frail_share.
    """
    years = max(len(joiners[[c for c in ("seed", "year") if c in joiners]].drop_duplicates()), 1)
    everyone = _sums(joiners, years)
    frail = _sums(cast(pd.DataFrame, joiners[joiners["frailty"].isin(FRAIL)]), years)
    frail = frail.reindex(everyone.index, fill_value=0.0)
    out = {"age_band": everyone.index, **everyone, "share": _share(everyone)}
    return pd.DataFrame(out | {"frail_asked": frail["asked"], "frail_share": _share(frail)}).reset_index(drop=True)


def by_practice(organisations: pd.DataFrame) -> pd.DataFrame:
    """People a year whom each practice ``turned_away`` and has ``taken_on`` from others, by code.

    ``organisations``: of the runs of one way of paying; means over years and seeds. The practice that sends most people
    away on balance stands first; practices that did neither are left out.
    """
    own = cast(pd.DataFrame, organisations[organisations["kind"] == "practice"])
    means = cast(pd.DataFrame, own.groupby("organisation", sort=False)[["turned_away", "taken_on"]].mean())
    means = cast(pd.DataFrame, means[means.sum(axis=1) > 0.0])
    balance = means["taken_on"].to_numpy(float) - means["turned_away"].to_numpy(float)
    return means.iloc[balance.argsort(kind="stable")]


def show(console: Any, joiners: pd.DataFrame, under: str = "") -> None:
    """Print the table of ages, where practices may choose; ``under``: the way of paying, where there are several."""
    from rich.table import Table

    if not len(joiners):
        return
    title = "People who asked to join a practice, and those whom it turned away" + (f": {under}" if under else "")
    table = Table(title=title, title_justify="left")
    for name in ("age", "asked a year", "turned away", "frail, asked", "frail, turned away"):
        table.add_column(name, justify="left" if name == "age" else "right")
    for row in by_age(joiners).to_dict("records"):
        asked, frail = (number(row[name], 0) for name in ("asked", "frail_asked"))
        table.add_row(row["age_band"], asked, percent(row["share"]), frail, percent(row["frail_share"]))
    console.print(table)
    print(NOTE)


def percent(share: float) -> str:
    """A share of people who asked; a dash where nobody did."""
    return f"{number(share, 1)} %" if share == share else "–"


def _sums(joiners: pd.DataFrame, years: int) -> pd.DataFrame:
    sums = cast(pd.DataFrame, joiners.groupby("age_band", sort=False)[["asked", "turned_away"]].sum())
    sums.loc[ALL] = sums.sum()
    return sums / float(years)


def _share(sums: pd.DataFrame) -> pd.Series:
    asked = cast(pd.Series, sums["asked"])
    return 100.0 * cast(pd.Series, sums["turned_away"]) / asked.where(asked > 0)
