"""Payers without money, and with too much: directions written down before they were run. Anytown, five seeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from fundingflows.model.contracts.change import Change, Who
from fundingflows.scenarios import FundingFlows, load_baseline, load_funding

SEEDS = range(1, 6)
NUMBERS = load_baseline("2015_16").parameters
CONTRACT = "contracts.social_care.council_care.rate"
MARGINS = (0.0, 0.03, 0.1, 0.3)


def funding(file: str, margin: float | None, pay: float, over: int):
    """A funding file with another margin of its lead, or with so much of the council's contract after some years."""
    out = load_funding(file)
    if margin is not None:
        out = replace(out, pools=tuple(replace(pool, margin=margin) for pool in out.pools))
    if pay == 1.0:
        return out
    change = Change(date(2015, 4, 1), over=over, who=Who("social_care"), set={CONTRACT: {"multiply": pay}})
    return replace(out, changes=(*out.changes, change))


@cache
def runs(file="status_quo", margin=None, pay=1.0, over=1, years=5, allocation=1.0, budget=1.0):
    """Models after their last year, one a seed."""
    steps = {"money.commissioner_allocation": allocation, "social_care.council_budget": budget}
    numbers = NUMBERS.changed({path: {"multiply": factor} for path, factor in steps.items()})
    how = funding(file, margin, pay, over)
    return [FundingFlows("anytown", how, rng=seed, parameters=numbers).run(years) for seed in SEEDS]


def yearly(models, kind, name):
    """Sum over a kind of provider by year, mean of the seeds."""
    return np.mean([[y["organisations"][kind][name].sum() for y in m.record.years] for m in models], axis=0)


def paid(models, purpose):
    """£ under a purpose in all years, mean of the seeds."""
    return np.mean([m.ledger.flows(purpose=purpose).pence.sum() for m in models]) / 100.0


def clients(models):
    return yearly(models, "social_care", "home_care_weeks") + yearly(models, "social_care", "council_place_weeks")


def delays(models):
    return yearly(models, "social_care", "social_delayed_nights")


@pytest.mark.parametrize("cut", [{"pay": 0.7}, {"budget": 0.7}], ids=["contract", "budget"])
def test_a_council_that_pays_three_tenths_less_buys_less_and_delays_rise(cut):
    usual, less = runs(), runs(**cut)
    assert (clients(less)[2:] < 0.95 * clients(usual)[2:]).all()
    assert (delays(less)[2:] > 1.1 * delays(usual)[2:]).all()
    assert (delays(less) >= delays(usual)).all()
    assert all(0.6 < m.social_care.rule[0] < 0.85 for m in less)  # about what it pays
    assert yearly(less, "social_care", "cost")[-1] < 0.87 * yearly(usual, "social_care", "cost")[-1]


@pytest.mark.long
def test_a_cut_over_eight_years_never_lowers_delays():
    usual, less = runs(years=10), runs(pay=0.7, over=8, years=10)
    assert (clients(less)[4:] < clients(usual)[4:]).all()
    assert (delays(less)[2:] > delays(usual)[2:]).all()
    # never as much as at once: after five years five eighths of the cut
    assert clients(runs(pay=0.7, years=5))[4] < clients(less)[4]


def test_a_fifth_less_for_the_commissioner_is_felt_and_ends_in_no_hole():
    usual, less = runs(), runs(allocation=0.8)
    for model in less:
        allocation = model.treasury.allocations()["commissioner"]
        assert -0.031 * allocation < model.commissioners.balance / 100.0 < 0.0
        assert model.ledger.total() == 0
        assert all((share < 1.0).all() for share in model.commissioners.shares.values())
    for name in ("day_cases", "inpatients"):
        assert yearly(less, "hospital", name)[-1] < 0.97 * yearly(usual, "hospital", name)[-1]
    assert yearly(less, "hospital", "mean_wait")[-1] > 1.2 * yearly(usual, "hospital", "mean_wait")[-1]
    assert yearly(less, "hospital", "beds")[-1] < yearly(usual, "hospital", "beds")[-1]
    assert yearly(less, "practice", "income").sum() < yearly(usual, "practice", "income").sum()
    assert paid(less, "community") < 0.95 * paid(usual, "community")
    assert paid(less, "central cover") > 0.0
    assert paid(less, "interest") > paid(usual, "interest")


def test_a_fifth_more_buys_more_and_what_is_left_goes_back():
    usual, more = runs(), runs(allocation=1.2)
    for model in more:
        allocation = model.treasury.allocations()["commissioner"]
        assert 0.0 < model.commissioners.balance / 100.0 < 0.05 * allocation
        assert (model.commissioners.hospital_pay == 1.0).all()
    assert yearly(more, "hospital", "mean_wait")[-1] < yearly(usual, "hospital", "mean_wait")[-1]
    assert yearly(more, "hospital", "beds")[-1] > yearly(usual, "hospital", "beds")[-1]
    assert yearly(more, "practice", "income").sum() > yearly(usual, "practice", "income").sum()
    assert paid(more, "surplus returned") > 0.0


@pytest.mark.long
def test_a_leads_margin_is_money_that_others_do_not_get():
    by_margin = [runs("prime_provider", margin) for margin in MARGINS]
    for kind in ("practice", "social_care"):
        income = [yearly(models, kind, "income").sum() for models in by_margin]
        assert income == sorted(income, reverse=True)
        assert len(set(income)) == len(MARGINS)
    lead = [yearly(models, "hospital", "income").sum() for models in by_margin]
    assert lead == sorted(lead)
    care = [clients(models)[2:].sum() for models in by_margin]
    assert care == sorted(care, reverse=True)
    assert delays(by_margin[-1])[2:].sum() > 1.1 * delays(by_margin[0])[2:].sum()
    assert all(m.ledger.total() == 0 for models in by_margin for m in models)


def test_nothing_is_cut_at_the_start():
    model = FundingFlows("anytown", "status_quo", rng=1)
    assert all((share == 1.0).all() for share in model.commissioners.shares.values())
    care = model.social_care
    assert [x.tolist() for x in (care.rule, care.supply, care.fee(), model.payments.council_pay)] == [[1.0]] * 4
    assert model.hospitals.afforded.tolist() == [1.0]
