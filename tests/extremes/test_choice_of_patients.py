"""What choice of patients should do, written down before it was run: nothing where the contract is the usual one, and
people by whom a practice loses go to its neighbours where it is paid the same for everyone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fundingflows.model.contracts.change import Change
from fundingflows.scenarios import FundingFlows, load_funding

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "choice_of_patients.toml"
RULE, RESPONSE = "general_practice.choice_of_patients", "behaviour.response_choice"
FREE = {RULE: 1.0}


def run(file, years=5, **numbers):
    funding = load_funding(file)
    changes = (
        (*funding.changes, Change(date(2015, 4, 1), set={path: {"set": number} for path, number in numbers.items()}))
        if numbers
        else funding.changes
    )
    return FundingFlows("anytown", replace(funding, changes=changes), rng=1, threads=1).run(years)


def test_under_the_usual_contract_free_choice_changes_nothing():
    """Expected: exactly nothing, since nobody is lost by more than usual."""
    assert run("status_quo", 2, **FREE).digest == run("status_quo", 2).digest


@pytest.fixture(scope="module")
def flat():
    """By response: half of the practices paid the same for everyone, and free to choose."""
    return {response: run(EXAMPLE, **{RESPONSE: response}) for response in (0.0, 0.1, 1.0)}


def turned_away(model):
    years = [year["joiners"] for year in model.record.years]
    return sum(year["turned_away"] for year in years), sum(year["asked"] for year in years)


def test_more_are_turned_away_the_stronger_the_response_and_none_without_one(flat):
    """Expected: none at 0, and more at 1 than at 0.1."""
    none, usual, strong = (turned_away(model)[0].sum() for model in flat.values())
    assert 0 == none < usual < strong


def test_it_is_the_old_and_ill_who_are_turned_away(flat):
    """Expected: of people aged 65 and over a larger share than of all others."""
    away, asked = (counts.reshape(7, -1).sum(axis=1) for counts in turned_away(flat[1.0]))
    assert away[4:].sum() / asked[4:].sum() > 4.0 * away[:4].sum() / asked[:4].sum()


def test_practices_that_choose_end_with_less_need_a_head_and_the_others_with_more(flat):
    """Expected: need a head down where practices choose, up elsewhere; nobody is lost, so that people stay as many."""
    before, after = flat[0.0], flat[1.0]
    chooses = before.record.arms["flat"]

    def need(model, rows):
        weighted = model.practices.weighted
        return weighted["people_need"][rows].sum() / weighted["people_flat"][rows].sum()

    assert need(after, chooses) < need(before, chooses)
    assert need(after, ~chooses) > need(before, ~chooses)
    assert after.practices.lists.sum() == pytest.approx(before.practices.lists.sum(), rel=0.005)


def test_what_follows_need_or_care_makes_nobody_lost_by_more_than_usual():
    """Expected: hardly any frail people turned away under pay per item, although practices may choose."""
    away, asked = turned_away(run("activity_based", **FREE))
    frail = np.s_[4:, :, 2:]
    assert away.reshape(7, 5, 4)[frail].sum() <= 0.01 * asked.reshape(7, 5, 4)[frail].sum()
