"""The data page of a place that was made: one HTML file with what was read, left out and filled in, and a map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...model.place.place import PEOPLE_COLUMNS, STAFF_COLUMNS
from ...scenarios.published.make import Made

WIDTH, HEIGHT, EDGE = 720, 520, 30  #: of the map, in its own units
LARGEST = 16.0  #: radius of the largest practice
GOLDEN = 137.508  #: degrees: hues that far apart differ even for neighbours
KM_A_DEGREE = 111.2
STEPS = (1, 2, 5, 10, 20, 50, 100)  #: km, lengths of a scale


@dataclass(frozen=True)
class Dot:
    """A site on the map."""

    x: float
    y: float
    size: float
    hue: int
    label: str


@dataclass(frozen=True)
class Map:
    """Sites in the units of the drawing, and a scale."""

    practices: list[Dot]
    hospitals: list[Dot]
    scale_km: int
    scale: float
    width: int = WIDTH
    height: int = HEIGHT


def write(made: Made, path: Path, where: str) -> None:
    """Write the page; ``where``: the path by which the next command finds the place file."""
    folder = Path(__file__).parent
    engine = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    table = made.practices
    people = table[PEOPLE_COLUMNS].sum(axis=1)
    rows = pd.DataFrame(table.assign(people=people)[["code", "name", "lot", "people", *STAFF_COLUMNS]])
    text = engine.get_template("data_page.html").render(
        place=made.tables, account=made.account, map=drawn(made), rows=rows.to_dict(orient="records"),
        people=int(people.sum()), where=where,
        staff=dict(zip(STAFF_COLUMNS, table[STAFF_COLUMNS].to_numpy(dtype=float).sum(axis=0), strict=True)),
        invented=any("invented" in one.how and one.figure == "position" for one in made.account.filled),
    )  # fmt: skip
    path.write_text(text + "\n", encoding="utf-8")


def drawn(made: Made) -> Map:
    """Practices and hospitals on a map, north up, with kilometres as long one way as the other."""
    table, sites = made.practices, made.tables["hospitals"]
    latitude = np.array([*table["latitude"], *(site["latitude"] for site in sites)])
    longitude = np.array([*table["longitude"], *(site["longitude"] for site in sites)])
    east = (longitude - longitude.mean()) * KM_A_DEGREE * np.cos(np.radians(latitude.mean()))
    north = (latitude - latitude.mean()) * KM_A_DEGREE
    wide, high = max(float(np.ptp(east)), 1.0), max(float(np.ptp(north)), 1.0)
    unit = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    x = WIDTH / 2 + (east - (east.max() + east.min()) / 2) * unit
    y = HEIGHT / 2 - (north - (north.max() + north.min()) / 2) * unit
    size = table[PEOPLE_COLUMNS].sum(axis=1).to_numpy(dtype=float)
    radius = LARGEST * np.sqrt(size / size.max())
    lots = {lot: k for k, lot in enumerate(made.tables["lots"])}
    practices = [
        Dot(float(x[k]), float(y[k]), float(radius[k]), round(lots[lot] * GOLDEN) % 360,
            f"{name}: {size[k]:,.0f} people, {lot}")
        for k, (name, lot) in enumerate(zip(table["name"], table["lot"], strict=True))
    ]  # fmt: skip
    n = len(table)
    hospitals = [
        Dot(float(x[n + k]), float(y[n + k]), 0.0, 0, f"{site['name']}: {100 * site['share']:.0f} % of hospital work")
        for k, site in enumerate(sites)
    ]
    scale = max((km for km in STEPS if km * unit <= WIDTH / 4), default=STEPS[0])
    return Map(sorted(practices, key=lambda dot: -dot.size), hospitals, scale, scale * unit)
