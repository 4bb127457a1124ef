"""Draws the practices of a baseline's place again, as uneven as published.

``python -m fundingflows.scenarios.spread`` rewrites the place's table of practices. The order of practices by size, the
differences of their ages, towns, styles and continuity stay as they are; so do totals of people by age and sex, of
deprivation and of staff. Drawing a second time changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import erfinv

from ..model.baseline import Baseline
from ..model.parameters import Parameters
from ..model.people.population import origin
from ..model.place.place import BAND_COLUMNS, PEOPLE_COLUMNS, QUINTILE_COLUMNS, STAFF_COLUMNS
from ..model.reading import toml
from .files import FOLDER
from .place_files import default_baseline, load_place

FILE = "practices.toml"  #: of a baseline: how uneven practices were
ROUNDS = 200  #: of fitting rows and columns in turn
HUNDREDTHS = 100  #: staff are written with two digits


def published(baseline: Baseline) -> dict[str, Any]:
    """The published spread of practices: value, unit, grade and source, by name.

    Raises:
        InputError: when the baseline has no such file.
    """
    return toml(baseline.folder / FILE)


def uneven(table: pd.DataFrame, spread: dict[str, Any], parameters: Parameters, seed: int) -> pd.DataFrame:
    """A table of practices with published list sizes by rank, and a weight in the formula for each practice."""
    table = table.copy()
    people = table[PEOPLE_COLUMNS].to_numpy(dtype=np.int64)
    need = _need(people, parameters)
    lists = _lists(people.sum(axis=1), spread["lists"])
    people = _fitted(people, lists)
    table[PEOPLE_COLUMNS] = people
    table[QUINTILE_COLUMNS] = _fitted(table[QUINTILE_COLUMNS].to_numpy(dtype=np.int64), lists)
    grown = _need(people, parameters) / need
    for column in STAFF_COLUMNS:
        fte = np.round(table[column].to_numpy(dtype=float) * HUNDREDTHS)
        table[column] = _whole(fte * grown, int(fte.sum())) / HUNDREDTHS
    table["formula_weight"] = _weights(table, people, spread, parameters, seed)
    return table


def _lists(now: np.ndarray, sizes: dict[str, Any]) -> np.ndarray:
    """Published list sizes (P,) by rank; the largest as published, the others scaled to the people of the place."""
    rank = np.argsort(np.argsort(now, kind="stable"), kind="stable")
    exact = np.exp(np.interp(rank / max(now.size - 1, 1), sizes["at"], np.log(sizes["value"])))
    out = np.round(exact).astype(np.int64)
    others = rank < now.size - 1
    out[others] = _whole(exact[others], int(now.sum() - out[~others].sum()))
    return out


def _whole(exact: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion that add to ``total``, by largest remainders."""
    exact = exact / exact.sum() * total
    whole = np.floor(exact + 1e-9).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - whole.sum()]] += 1
    return whole


def _fitted(table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Whole numbers like ``table`` with these row totals and the column totals of ``table``."""
    columns = table.sum(axis=0)
    exact = table.astype(float)
    for _ in range(ROUNDS):
        exact *= (rows / exact.sum(axis=1))[:, None]
        exact *= columns / exact.sum(axis=0)
    whole = np.floor(exact + 1e-6).astype(np.int64)
    order = np.argsort((whole - exact).ravel(), kind="stable")
    short, wide = rows - whole.sum(axis=1), columns - whole.sum(axis=0)
    while short.any():  # one more where the remainder is largest and both totals still lack one
        for k in order:
            i, j = divmod(int(k), table.shape[1])
            if short[i] > 0 and wide[j] > 0:
                whole[i, j], short[i], wide[j] = whole[i, j] + 1, short[i] - 1, wide[j] - 1
        if short.any():  # a column is full: a person of the row with most of another age takes the place
            i, j = int(short.argmax()), int(wide.argmax())
            donor = int(np.flatnonzero(wide == 0)[0])
            other = int(whole[:, j].argmax())
            whole[i, donor] += 1
            whole[other, donor] -= 1
            whole[other, j] += 1
            short[i], wide[j] = short[i] - 1, wide[j] - 1
    return whole


def _by_age(people: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return (people.reshape(-1, 2, len(BAND_COLUMNS)) * weight).sum(axis=(1, 2))


def _need(people: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Consultations expected of a list by age and sex, (P,)."""
    return _by_age(people, parameters.general_practice.consultation_rate)


def _weights(
    table: pd.DataFrame, people: np.ndarray, spread: dict[str, Any], parameters: Parameters, seed: int
) -> np.ndarray:
    """Weight in the formula for other things than age, sex and care homes (P,); its mean over weighted people is 1."""
    rng = np.random.default_rng(seed)
    noise = rng.permutation(np.linspace(-1.0, 1.0, len(table) + 2)[1:-1])
    noise = _normal(noise) * spread["formula_spread"]["value"]
    raw = np.where(table.rural.to_numpy() == 1, spread["formula_rural"]["value"], 1.0) * np.exp(noise)
    aged = _by_age(people, parameters.general_practice.carr_hill_a)
    return np.round(raw / np.average(raw, weights=aged), 4)


def _normal(evenly: np.ndarray) -> np.ndarray:
    """Quantiles of the standard normal distribution at even steps between −1 and 1, with an sd of 1."""
    out = np.sqrt(2.0) * erfinv(evenly)
    return out / out.std()


def main(folder: Path = FOLDER / "places") -> None:
    """Write the table of practices of the default baseline's place again."""
    baseline = default_baseline()
    place = load_place(baseline.place)
    path = folder / place.file.practices
    write(uneven(place.practices, published(baseline), baseline.parameters, origin(place.id)), path)


def write(table: pd.DataFrame, path: Path) -> None:
    """A table of practices as it is stored."""
    digits = {"latitude": 4, "longitude": 4, "continuity": 2, "consultation_style": 3, "referral_style": 3,
              "formula_weight": 4, **dict.fromkeys(STAFF_COLUMNS, 2)}  # fmt: skip
    for column, n in digits.items():
        if column not in table:
            continue
        table[column] = [f"{value:.{n}f}" for value in table[column]]
    table.to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
