"""A place as tables: its practices, hospitals, councils and commissioners as they were read, and their totals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ....model.place.place import PEOPLE_COLUMNS, QUINTILE_COLUMNS, STAFF_COLUMNS, Place

KINDS = ("practices", "hospitals", "councils", "commissioners")


def read(place: Place, kind: str) -> pd.DataFrame:
    """The rows of a kind with every column of the place file, as read."""
    if kind == "practices":
        return place.practices
    return pd.DataFrame([site.model_dump() for site in getattr(place.file, kind)])


def totals(place: Place) -> list[tuple[str, float, int]]:
    """What the place comes to: label, figure and decimals."""
    practices, file = place.practices, place.file
    staff: Any = practices[STAFF_COLUMNS].sum()
    own = [site for site in file.hospitals if not site.neighbour]
    return [
        ("People registered", float(place.registered), 0),
        ("Practices", float(len(practices)), 0),
        ("GPs, full-time equivalents", float(staff["gp_fte"]), 1),
        ("Nurses in practices, full-time equivalents", float(staff["nurse_fte"]), 1),
        ("Hospitals, neighbours' included", float(len(file.hospitals)), 0),
        ("Hospitals in the place", float(len(own)), 0),
        ("Acute beds that serve the place", sum(site.acute_beds for site in file.hospitals), 0),
        ("Community beds", sum(site.community_beds for site in file.hospitals), 0),
        ("Care-home places", sum(site.care_home_places for site in file.councils), 0),
    ]


def people(place: Place) -> tuple[pd.DataFrame, pd.Series]:
    """Registered people by age band (rows) and sex, and by national fifth of deprivation."""
    counts: Any = place.practices[PEOPLE_COLUMNS].sum()
    bands = [column[2:] for column in PEOPLE_COLUMNS if column.startswith("m_")]
    table = pd.DataFrame(
        {sex: [counts[f"{letter}_{band}"] for band in bands] for sex, letter in (("men", "m"), ("women", "f"))},
        index=pd.Index([band.replace("_", "–") for band in bands[:-1]] + ["85 and over"], name="age"),
    )
    fifths: Any = place.practices[QUINTILE_COLUMNS].sum()
    return table, fifths


def brief(place: Place) -> pd.DataFrame:
    """A practice a row, in plain words: list, share aged 65 and over, share in the most deprived fifth, staff."""
    table: Any = place.practices
    people = table[PEOPLE_COLUMNS].sum(axis=1)
    old = table[[column for column in PEOPLE_COLUMNS if column[2:] in ("65_74", "75_84", "85")]].sum(axis=1)
    return pd.DataFrame({
        "Practice": table["name"], "Town": table["town"], "Lot": table["lot"], "People": people,
        "65 and over, %": 100.0 * old / people, "Most deprived fifth, %": 100.0 * table["imd1"] / people,
        "GPs, FTE": table["gp_fte"], "People per GP": people / table["gp_fte"],
    })  # fmt: skip
