"""Practices of the baseline's place are as uneven as published, and are drawn again by the generator."""

import numpy as np
import pandas as pd
import pytest
from fundingflows.model.people.population import origin
from fundingflows.model.place.place import PEOPLE_COLUMNS, QUINTILE_COLUMNS, STAFF_COLUMNS
from fundingflows.scenarios import load_baseline, load_place
from fundingflows.scenarios.spread import _fitted, _lists, published, uneven

BASELINE = load_baseline("2015_16")
SPREAD = published(BASELINE)


@pytest.fixture(scope="module")
def table():
    return load_place("somerset").practices


def _ratio(table):
    """Weighted over registered people, relative to the county's, care homes apart."""
    people = table[PEOPLE_COLUMNS].to_numpy(dtype=float)
    weighted = (people.reshape(-1, 2, 7) * BASELINE.parameters.general_practice.carr_hill_a).sum(axis=(1, 2))
    weighted *= table.formula_weight
    return weighted / people.sum(axis=1) / (weighted.sum() / people.sum())


def test_lists_are_as_uneven_as_published(table):
    lists = table[PEOPLE_COLUMNS].sum(axis=1)
    assert lists.sum() == 552_295
    assert lists.std() / lists.mean() == pytest.approx(0.61, abs=0.01)
    assert lists.max() == 29_015
    assert lists.nlargest(2).iloc[1] == pytest.approx(16_111, rel=0.03)
    assert lists.median() == pytest.approx(6_459, rel=0.03)


def test_weighted_over_registered_people_is_as_uneven_as_published(table):
    ratio, (sd, least, most) = _ratio(table), SPREAD["weighted"]["value"]
    assert np.std(ratio, ddof=1) == pytest.approx(sd, abs=0.003)
    assert (ratio.min(), ratio.max()) == pytest.approx((least, most), abs=0.03)


def test_ages_stay_as_uneven_as_published(table):
    people = table[PEOPLE_COLUMNS].to_numpy(dtype=float).reshape(-1, 2, 7)
    old = people[:, :, 4:].sum(axis=(1, 2)) / people.sum(axis=(1, 2))
    assert old.std() / old.mean() == pytest.approx(SPREAD["over_65"]["value"], abs=0.01)


def test_formula_weight_takes_no_money_away_and_brings_none(table):
    people = table[PEOPLE_COLUMNS].to_numpy(dtype=float)
    aged = (people.reshape(-1, 2, 7) * BASELINE.parameters.general_practice.carr_hill_a).sum(axis=(1, 2))
    assert np.average(table.formula_weight, weights=aged) == pytest.approx(1.0, abs=1e-4)
    rural = table.rural == 1
    assert table.formula_weight[rural].mean() > table.formula_weight[~rural].mean()


def test_shipped_table_is_what_the_generator_draws(table):
    pd.testing.assert_frame_equal(uneven(table, SPREAD, BASELINE.parameters, origin("somerset")), table)


def test_generator_makes_an_even_table_uneven_and_keeps_its_totals(table):
    even = table.drop(columns="formula_weight")
    even[PEOPLE_COLUMNS] = _fitted(table[PEOPLE_COLUMNS].to_numpy(), np.array([7364] * 70 + [7363] * 5))
    drawn = uneven(even, SPREAD, BASELINE.parameters, 1)
    for columns in (PEOPLE_COLUMNS, STAFF_COLUMNS):
        np.testing.assert_allclose(drawn[columns].sum(), even[columns].sum())
    lists = drawn[PEOPLE_COLUMNS].sum(axis=1)
    np.testing.assert_array_equal(drawn[QUINTILE_COLUMNS].sum(axis=1), lists)
    assert lists.max() == 29_015


def test_lists_by_hand():
    # four practices: quantiles at 0, 1/3, 2/3 and 1 are 100, 200, 300 and 900; 1,000 − 900 is shared as 1 : 2 : 3
    sizes = {"value": [100, 200, 300, 900], "at": [0.0, 1 / 3, 2 / 3, 1.0]}
    np.testing.assert_array_equal(_lists(np.array([240, 260, 230, 270]), sizes), [33, 50, 17, 900])


def test_fitting_by_hand():
    # a margin that doubles one row and halves the other: rows 6 and 2 of columns 4 and 4
    np.testing.assert_array_equal(_fitted(np.array([[2, 2], [2, 2]]), np.array([6, 2])), [[3, 3], [1, 1]])
    fitted = _fitted(np.array([[5, 1, 1], [1, 5, 1], [1, 1, 5]]), np.array([10, 7, 4]))
    np.testing.assert_array_equal(fitted.sum(axis=1), [10, 7, 4])
    np.testing.assert_array_equal(fitted.sum(axis=0), [7, 7, 7])
