"""Chains: each box is the figure of another command, signs hold from the clause to the money, terms add up."""

import numpy as np
import pytest
from fundingflows.experiments.results import chain, incentives
from fundingflows.experiments.results.compared import Compared
from fundingflows.experiments.results.result import whole
from fundingflows.experiments.runs.comparison import alone
from fundingflows.experiments.runs.spec import spec_of

WAYS = ("status_quo", "activity_based")


@pytest.fixture(scope="module")
def models():
    return {name: spec_of("anytown", name).model() for name in WAYS}


@pytest.fixture(scope="module")
def compared():
    runs = [spec_of("anytown", name, seed, 1, reader=whole) for seed in (1, 2) for name in WAYS]
    return Compared([alone(run) for run in runs], {run.funding: run.scenario for run in runs[:2]}, {})


@pytest.fixture(scope="module")
def found(compared, models):
    return chain.chains(compared, models, "activity_based")


@pytest.fixture(scope="module")
def appointments(found):
    return next(one for one in found if one.lever == "appointments")


def test_the_chains_that_matter_most_come_first(found):
    stakes = [one.stake for one in found]
    assert len(found) == chain.MOST
    assert stakes == sorted(stakes, reverse=True)
    assert stakes[-1] > 0.0


def test_a_price_for_consultations_leads_to_more_of_them(appointments):
    assert appointments.clause["term"] == "consultations"
    assert appointments.clause["now"] > appointments.clause["before"] == 0.0
    own = appointments.numbers[appointments.numbers["term"] == "consultations"]
    assert own["before"].isna().all()
    assert own["now"].notna().all()
    assert (appointments.done, appointments.price["unit"]) == ("gp_consultations", "one more GP consultation")
    assert appointments.price["now"] > appointments.price["before"] >= 0.0
    gap = appointments.price["now"] - appointments.price["before"]
    assert appointments.clauses["one"].sum() == pytest.approx(gap, abs=1e-6)
    assert appointments.pay[1] > appointments.pay[0]
    assert appointments.moved.mean > 0.0
    work = appointments.work.set_index("name")
    assert work.index[0] == "gp_consultations"
    assert work.loc["gp_consultations", "pull"] > 0.0 > work.loc["gp_referrals", "pull"]
    assert work.loc["gp_consultations", "difference"] > 0.0


def test_pounds_for_one_more_are_those_of_the_incentives_command(appointments, models):
    for side, name in (("before", "status_quo"), ("now", "activity_based")):
        table = incentives.table(models[name])
        table = table[table["kind"] == "practice"].set_index("unit")
        for row in appointments.prices.to_dict("records"):
            assert row[side] == pytest.approx(table.loc[row["unit"], ["pays", "pool"]].sum(), abs=1e-9)


def test_terms_add_up_to_what_the_contract_pays_for_a_behaviour(found, models):
    for one in found:
        cohort = incentives.cohort_of(models["activity_based"], one.kind)
        pay = cohort.marginal_pay(models["activity_based"].funding.contracts[one.kind]).sum(axis=0) / 100.0
        assert one.clauses["now"].sum() == pytest.approx(pay[cohort.LEVERS.index(one.lever)], abs=0.01)


def test_money_is_the_measure_of_compare_and_its_terms_add_up(found, compared):
    table = compared.table.set_index(["measure", "funding"])
    for one in found:
        first, *terms = one.money.to_dict("records")
        row = table.loc[(chain.INCOMES[one.kind], "activity_based")]
        assert (first["difference"], first["low"]) == (row["difference"], row["low"])
        assert sum(term["difference"] for term in terms) == pytest.approx(row["difference"], abs=1e-6)
        assert sum(term["before"] for term in terms) == pytest.approx(first["before"], abs=1e-6)


def test_work_is_what_the_runs_count(appointments, compared):
    every = compared.all["organisations"]
    sums = every[every["kind"] == "practice"].groupby("funding")["gp_consultations"].sum() / 2  # seeds
    row = appointments.work.iloc[0]
    assert row["before"] == pytest.approx(sums["status_quo"])
    assert row["difference"] == pytest.approx(sums["activity_based"] - sums["status_quo"])


def test_providers_have_the_room_that_their_behaviour_leaves(appointments, compared):
    table = chain.providers(compared, appointments)
    assert len(table) == 6
    p = compared.parameters.behaviour
    for row in table.to_dict("records"):
        room = p.room_up_appointments if row["now"] > 1.0 else p.room_down_appointments
        assert row["left"] == pytest.approx(1.0 - abs(row["now"] - 1.0) / room)
    assert np.all((table["left"] > 0.0) & (table["left"] < 1.0))


def test_with_another_reference_every_difference_turns_round(compared, models, appointments):
    turned = Compared(compared.results, dict(reversed(compared.cases.items())), {})
    other = next(one for one in chain.chains(turned, models, "status_quo") if one.lever == "appointments")
    assert other.moved.mean == pytest.approx(-appointments.moved.mean)
    assert other.pay == appointments.pay[::-1]
    assert other.clause["term"] == "consultations"
    assert other.money.iloc[0]["difference"] == pytest.approx(-appointments.money.iloc[0]["difference"])
