"""Figures and headline measures of a record of two years that is written here; every figure worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.calendar import WEEKS
from fundingflows.agents.patients.events import EVENTS
from fundingflows.experiments.results import measures
from fundingflows.experiments.results.year import Year
from fundingflows.model.money.ledger import Ledger

#: events of a year, by group of age band and quintile: (band, quintile, number)
DONE = {
    "requests": (2, 1, 400), "gp_consultations": (2, 1, 200), "other_consultations": (2, 1, 100),
    "failed_requests": (2, 1, 60), "gp_referrals": (2, 1, 16), "emergency_zero_day": (6, 0, 3),
    "emergency_overnight": (6, 0, 5), "acsc_admissions": (6, 0, 2), "day_cases": (4, 2, 7), "inpatients": (4, 2, 2),
    "ae_attendances": (1, 3, 20), "first_clinics": (4, 2, 11), "follow_ups": (4, 2, 13), "other_visits": (4, 2, 17),
    "emergency_nights": (6, 0, 30), "elective_nights": (4, 2, 10), "nhs_delayed_nights": (6, 0, 6),
    "social_delayed_nights": (6, 0, 4), "deaths": (6, 0, 8),
}  # fmt: skip
UNMET = {0: 12, 4: 3}  # of the most and of the least deprived fifth


def year(scale):
    """A year of 100 people in each group of age and deprivation; in ``scale`` times as much is done."""
    groups = np.zeros((35, len(EVENTS)), dtype=np.int64)
    for name, (band, quintile, number) in DONE.items():
        groups[band * 5 + quintile, EVENTS.index(name)] = number * scale
    for quintile, number in UNMET.items():
        groups[quintile, EVENTS.index("unmet_requests")] = number * scale
    stock = np.zeros((35, 8))
    stock[:, 0] = 100
    stock[0, 1:3] = 4, 3 * 65535  # four people with conditions, three quarters controlled
    unmet = np.zeros(35)
    unmet[30] = 30 * scale  # the oldest in the most deprived fifth, refused care or waiting for it
    listed = np.zeros((1, 105), dtype=np.int64)
    listed[0, [0, 2, 4]] = 4, 2, 4
    kinds = {
        "practice": {"income": [3e6, 1e6], "cost": [1e6, 1e6], "gp_fte": [1.0, 2.0]},
        "hospital": {"income": [10e6], "cost": [8e6]},
        "social_care": {
            "income": [2e6], "cost": [1e6], "home_care_weeks": [100.0], "council_place_weeks": [20.0],
            "self_place_weeks": [30.0], "nhs_place_weeks": [50.0],
        },
        "community": {"income": [3e6], "cost": [3e6], "home_visits": [7000.0]},
    }  # fmt: skip
    return {
        "groups": groups, "stock": stock, "qaly_years": np.full(35, 80.0), "listed": listed,
        "organisations": {k: {n: np.array(v) for n, v in rows.items()} for k, rows in kinds.items()},
        "costliest_5_percent": 0.4, "unmet_care": unmet, "balance": int(1e8) if scale == 1 else int(2.5e8),
    }  # fmt: skip


@pytest.fixture
def model():
    """Half of the people of a place are simulated, for two years; in the second, three times as much is done."""
    ledger = Ledger(
        ["treasury", "council_taxpayers", "clients", "commissioner", "nhs_england", "council", "a", "h", "c"]
    )
    for week, payer, payee, pence in (
        (1, "treasury", "commissioner", 9e10),
        (WEEKS, "commissioner", "h", 4e8),
        (WEEKS, "nhs_england", "a", 2e8),
        (WEEKS, "council", "c", 1e8),
        (WEEKS, "clients", "c", 7e8),
        (WEEKS + 1, "h", "commissioner", 1e8),
        (WEEKS + 1, "commissioner", "council", 3e8),
    ):
        ledger.week = week
        ledger.pay(payer, payee, int(pence), "test")
    series = {"beds_used": [np.array([6.0, 2.0])] * WEEKS + [np.array([8.0, 4.0])] * WEEKS,
              "beds_open": [np.array([10.0, 5.0])] * 2 * WEEKS,
              "nights_at_home": [np.array([0.1, 0.05])] * WEEKS + [np.zeros(2)] * WEEKS}  # fmt: skip
    hand = {
        "carbon_gp_consultation": 1.0, "carbon_other_consultation": 2.0, "carbon_outpatient": 3.0, "carbon_ae": 5.0,
        "carbon_bed_day": 7.0, "carbon_day_case": 11.0, "carbon_home_care_hour": 13.0, "carbon_care_home_week": 17.0,
        "utility_unmet_care": -0.08, "carer_part": 0.25,
    }  # fmt: skip
    return SimpleNamespace(
        sample=0.5, ledger=ledger, record=SimpleNamespace(years=[year(1), year(3)], series=series),
        parameters=SimpleNamespace(
            outcomes=SimpleNamespace(**hand), social_care=SimpleNamespace(
                home_care_hours=10.0, family_share=0.7, family_hours=14.0
            ),
            hospital=SimpleNamespace(transfers_stay_share=0.25), money=SimpleNamespace(partners_rate=0.001),
            general_practice=SimpleNamespace(gp_weeks=40.0),
        ),
        commissioners=SimpleNamespace(names=["commissioner"]),
        payments=SimpleNamespace(councils=["council"]), social_care=SimpleNamespace(names=["c"]),
        place=SimpleNamespace(file=SimpleNamespace(resident_share=0.9), registered=5600.0),
    )  # fmt: skip


def test_a_stretch_is_the_mean_of_its_years_of_the_whole_place(model):
    both, first, last = Year(model), Year(model, 0, 1), Year(model, 1)
    assert [y.event("gp_consultations") for y in (both, first, last)] == [800.0, 400.0, 1200.0]
    assert (both.number(), both.residents) == (7000.0, 6300.0)
    assert [y.years for y in (both, first, last)] == [2, 1, 1]
    assert [y.series["beds_used"] for y in (both, first, last)] == [10.0, 8.0, 12.0]
    with pytest.raises(ValueError, match="whole year"):
        Year(model, 2)


def test_a_sample_stands_for_the_whole_place(model):
    model.sample = 0.3
    first = Year(model, 0, 1)
    assert first.number() == pytest.approx(3500 / 0.3)
    assert first.event("deaths") == pytest.approx(8 / 0.3)
    assert first.listed.sum() == pytest.approx(10 / 0.3)


def test_events_and_people_by_age_and_fifth(model):
    first = Year(model, 0, 1)
    assert first.event("deaths", bands=slice(6, 7)) == first.event("deaths", quintile=0) == 16.0
    assert first.event("deaths", bands=slice(0, 6)) == first.event("deaths", quintile=1) == 0.0
    assert (first.number(quintile=0), first.number(slice(6, 7)), first.number(slice(5, 7), 0)) == (1400, 1000, 400)


def test_nights_are_those_of_stays_with_transfers_and_of_delays(model):
    nights = Year(model, 0, 1).nights()
    assert list(nights.values()) == pytest.approx([60.0, 20.0, 20.0, 12.0, 8.0, -52 * 0.15])


def test_carbon_by_coefficient(model):
    kilos = (
        1 * 400 + 2 * 200 + 3 * 2 * (11 + 13 + 17) + 5 * 40 + 7 * (60 + 20 + 20 + 12 + 8 - 52 * 0.15) + 11 * 14
        + 13 * 100 * 10 + 17 * (20 + 30 + 50)
    )  # fmt: skip
    assert Year(model, 0, 1).carbon() == pytest.approx(kilos / 1e6)


def test_the_median_is_found_within_its_week(model):
    assert Year(model, 0, 1).median_wait() == pytest.approx(2.5)  # 8, 4 and 8 people at 0, 2 and 4 weeks
    model.record.years[0]["listed"][0, [0, 2, 4]] = 8, 1, 1
    assert Year(model, 0, 1).median_wait() == pytest.approx(0.625)  # the tenth of sixteen in their first week
    model.sample = 1.0
    model.record.years[0]["listed"][0, :5] = 2, 2, 3, 0, 0
    assert Year(model, 0, 1).median_wait() == pytest.approx(1.75)  # a person and a half into the two of the second week


def test_payments_between_accounts_are_of_the_years_asked_for(model):
    assert Year(model, 0, 1).paid("commissioner", "h") == 4.0
    assert Year(model).paid("commissioner") == pytest.approx((4 + 3) / 2)
    assert Year(model, 1).paid("commissioner", "h") == 0.0
    assert Year(model, 1).paid("h", ["commissioner", "council"]) == 1.0


def test_public_spending_leaves_out_clients_transfers_and_what_comes_back(model):
    assert measures.read(model, 0, 1)["public"] == pytest.approx(4 + 2 + 1)
    assert measures.read(model, 1)["public"] == pytest.approx(-1.0)  # £3m moves from one funder to another; £1m is back


def test_every_headline_measure_by_hand(model):
    people = 7000.0
    assert measures.read(model, 0, 1) == pytest.approx(
        {
            "consultations": 600 / people, "contacts": 400 / 3 / 40, "gp_fte": 3.0, "failed": 100 * 120 / 800,
            "referrals": 32 / 7, "emergencies": 16 / 7, "electives": 18 / 7, "ae": 40 / 7, "occupancy": 100 * 8 / 15,
            "waiting": 20 / 7, "median_wait": 2.5, "delays": 20 / 7, "practice_income": 4.0, "hospital_income": 10.0,
            "care_income": 2.0, "home_visits": 1000.0, "community_income": 3.0,
            "practice_share": 25.0, "public": 7.0, "hospital_margin": 20.0,
            "drawings": 1000 * 2 / 7, "balance": 1.0, "qalys": 35 * 80 / 5.6, "deaths": 16 / 7, "acsc": 4 / 7,
            "control": 75.0, "unmet_poorest": 1000 * 24 / 1400, "unmet_richest": 1000 * 6 / 1400,
            "carbon": Year(model, 0, 1).carbon(),
            "family_care": 0.7 * 14 * (60 - 8 / 364) / 7, "carer_loss": 0.08 * 0.25 * (60 - 8 / 364) / 5.6,
        }
    )  # fmt: skip


def test_control_and_balance_are_those_at_the_end_of_the_years_asked_for(model):
    last = model.record.years[1]
    last["stock"][0, 1:3] = 4, 65535
    first, second, both = (measures.read(model, *years) for years in ((0, 1), (1, 2), (0, 2)))
    assert [r["control"] for r in (first, second, both)] == pytest.approx([75.0, 25.0, 25.0])
    assert [r["balance"] for r in (first, second, both)] == [1.0, 2.5, 2.5]
    last["stock"][0, 1:3] = 0
    assert measures.read(model, 1, 2)["control"] == 0.0


def test_a_place_without_partners_or_the_most_deprived_has_figures(model):
    for rows in model.record.years:
        rows["stock"][::5, 0] = 0
    assert measures.read(model, 0, 1)["unmet_poorest"] == 1000 * 24
    model.parameters.money.partners_rate = 0.0
    assert measures.read(model, 0, 1)["drawings"] == pytest.approx(1000 * 2 / 1e-9)


def test_measures_that_differ_by_little_are_shown_with_two_decimals():
    two = {measure.key for measure in measures.MEASURES if measure.digits == 2}
    assert two == {"consultations", "median_wait", "practice_share", "hospital_margin", "qalys", "deaths", "acsc",
                   "control", "carbon"}  # fmt: skip
    assert {m.key for m in measures.MEASURES if m.digits not in (1, 2)} == {"carer_loss"}
