"""What a council expects of its plans, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import NOW, WEEKS, councils, mean, one, plan
from fundingflows.agents.forecast.social_care import SocialCareForecast


def social_care(levers, year=NOW, **care):
    return SocialCareForecast(councils(**care))(plan(*levers), year)


def test_clients_follow_new_cases_as_a_stock():
    # half a year on average of care that lasts two: 1 - exp(-0.25) = 0.2212 of the way to a fifth more
    f = social_care((1.2, 1.0, 1.0))
    assert mean(f.activity, "care_starts") == pytest.approx(96.0)
    assert mean(f.activity, "home_care_weeks") == pytest.approx(5200 * (1 + 0.221199 * 0.2), rel=1e-6)
    later = social_care((1.2, 1.0, 1.0), year=np.full((1, 1), 2.0))  # 1 - exp(-1.25) = 0.713495
    assert mean(later.activity, "council_place_weeks") == pytest.approx(2600 * (1 + 0.713495 * 0.2), rel=1e-6)


def test_no_more_care_than_there_is_capacity_for():
    many = councils()
    many.capacity_of = lambda kind: one(101)  # 101 places x 52 weeks, of 100 used
    f = SocialCareForecast(many)(plan(2.0, 1.0, 1.0), np.full((1, 1), 50.0))
    assert mean(f.activity, "home_care_weeks") == pytest.approx(101 * WEEKS)


def test_reablement_keeps_a_tenth_of_needs_from_arising_when_it_doubles():
    f = social_care((1.0, 1.0, 2.0))
    assert mean(f.activity, "care_starts") == pytest.approx(72.0)


def test_delays_fall_with_speed_and_are_measured_per_1000_people():
    f = social_care((1.0, 1.25, 1.0))
    assert mean(f.activity, "social_delayed_nights") == pytest.approx(800.0)
    assert mean(f.activity, "delayed_nights.lot") == pytest.approx(1000.0 * 800.0 / 20_000.0)


def test_cost_of_a_council_and_the_benefit_it_sees():
    usual, changed = social_care((1.0, 1.0, 1.0)), social_care((1.0, 2.0, 1.5), reablement_effect=0.0)
    assert usual.cost.item() == pytest.approx(10 * 15 * 5200 + 500 * 2600)
    # reablement: a fifth of £100 x 4,000 people x half as much again; speed: half of £20 x 20,000 people x twice
    assert (changed.cost - usual.cost).item() == pytest.approx(0.2 * 100 * 4000 * 0.5 + 0.5 * 20 * 20_000)
    assert usual.benefit.item() == pytest.approx(-0.5 * 30_000 * 0.001 * 1000)
    assert changed.benefit.item() == pytest.approx(0.5 * usual.benefit.item())


def test_plans_are_relative_to_what_is_done_now():
    now = councils().set(levers=[[0.8, 1.25, 1.5]])
    same = SocialCareForecast(now)(plan(0.8, 1.25, 1.5), NOW)
    done = {"home_care_weeks": 5200, "council_place_weeks": 2600, "care_starts": 80, "social_delayed_nights": 1000}
    assert {name: mean(same.activity, name) for name in done} == pytest.approx(done)
    other = SocialCareForecast(now)(plan(1.0, 1.0, 1.0), NOW)
    assert mean(other.activity, "care_starts") == pytest.approx(80 / 0.8 * 1.05)  # reablement keeps 5 % fewer from it
    assert mean(other.activity, "social_delayed_nights") == pytest.approx(1250)


def test_each_kind_of_care_has_its_own_length_and_capacity():
    f = social_care((1.2, 1.0, 1.0), home_care_years=1.0, care_home_years=4.0)
    assert mean(f.activity, "home_care_weeks") == pytest.approx(5200 * (1 + 0.2 * (1 - np.exp(-0.5))))
    assert mean(f.activity, "council_place_weeks") == pytest.approx(2600 * (1 + 0.2 * (1 - np.exp(-0.125))))
    full = councils()
    full.capacity_of = lambda kind: one({"home_care": 90, "council_place": 60}[kind])
    f = SocialCareForecast(full)(plan(2.0, 1.0, 1.0), np.full((1, 1), 50.0))
    assert mean(f.activity, "home_care_weeks") == pytest.approx(90 * WEEKS)
    assert mean(f.activity, "council_place_weeks") == pytest.approx(60 * WEEKS)


def test_activity_and_delays_vary_with_the_errors_of_forecast_and_of_measurement():
    own = councils()
    own.p.behaviour.forecast_error, own.p.outcomes.acsc_measure_error = 0.1, 0.05
    f = SocialCareForecast(own)(plan(1.0, 1.0, 1.0), NOW).activity
    for name in ("home_care_weeks", "council_place_weeks", "care_starts", "social_delayed_nights"):
        values = f[name]()[0, 0]
        assert values[3] / values[2] == pytest.approx(1 + 0.1 * 1.355626)
    values = f["delayed_nights"]()[0, 0]
    assert values[3] / values[2] == pytest.approx(1 + 0.05 * 0.5 * 1.355626)  # 4,000 people: half the error of 1,000


def test_delays_of_a_year_are_partly_those_measured_before():
    own = councils()
    own.p.outcomes.measured_late = 0.25
    f = SocialCareForecast(own)(plan(1.0, 2.0, 1.0), NOW).activity
    assert mean(f, "delayed_nights") == pytest.approx(50 + 0.75 * (25 - 50))


def test_a_place_of_a_few_people_counts_as_it_is_and_an_empty_one_as_next_to_none():
    few = councils().set(people=[1.0], people_65=[1.0])
    few.level = {name: number / 1000 for name, number in few.level.items()}
    few.p.outcomes.acsc_measure_error = 0.05
    f = SocialCareForecast(few)(plan(1.1, 1.0, 1.0), NOW).activity
    values = f["delayed_nights"]()[0, 0]
    assert values[2] == pytest.approx(1000.0)
    assert values[3] / values[2] == pytest.approx(1 + 0.05 * np.sqrt(1000) * 1.355626)
    nobody = councils().set(people=[0.0], people_65=[0.0], levers=[[0.0, 0.0, 0.0]])
    nobody.level = dict.fromkeys(nobody.level, np.zeros(1))
    f = SocialCareForecast(nobody)(plan(1.0, 1.0, 1.0), NOW)
    assert all(np.isfinite(mean(f.activity, name)) for name in f.activity)
    crowded = councils()  # no room for even the care of now
    crowded.level["home_care_weeks"], crowded.capacity_of = one(0.5), lambda kind: one(0.001)
    f = SocialCareForecast(crowded)(plan(1.0, 1.0, 1.0), NOW).activity
    assert mean(f, "home_care_weeks") == pytest.approx(0.5 * 0.052)  # of at least one week
