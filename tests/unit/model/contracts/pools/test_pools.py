"""Pools: filled by their payers, divided by formula, empty at the year's end; and what sharing does at the margin."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.experiments.results import incentives
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.pools.pool import Pool
from fundingflows.scenarios import FundingFlows, load_funding
from numpy.testing import assert_allclose

HEAD = 'title = "t"\nquestion = "q"\nsource = "s"\nextends = "status_quo"\n'
PAID = """
[[changes]]
when = {when}
{until}
who = {{ kind = "hospital" }}
set = {{ "contracts.hospital.electives.payer" = "pot", "contracts.hospital.emergencies.payer" = "pot" }}

[[changes]]
when = {when}
{until}
who = {{ kind = "social_care" }}
[changes.set]
"contracts.social_care.council_care.payer" = "pot"
"contracts.social_care.council_care.rate" = {{ multiply = {care} }}
"""


@pytest.fixture
def made(tmp_path):
    def make(pool: str, when="2015-04-01", until="", care=0.9, **options):
        text = HEAD + f'[[pools]]\nname = "pot"\n{pool}\n' + PAID.format(when=when, until=until, care=care)
        (tmp_path / "mine.toml").write_text(text)
        return FundingFlows("anytown", load_funding(tmp_path / "mine.toml"), rng=1, **options)

    return make


def year(model, weeks=52):
    while model.week < weeks:
        model.step()
        assert model.ledger.total() == 0
    return model.ledger.flows().groupby(["payer", "payee", "purpose"], observed=True).pence.sum()


def test_payers_fill_a_pool_with_what_they_would_have_paid(made):
    model = made('holder = "commissioner"', freeze_behaviour=True)
    given = model.timetable.pools.budget["pot"]
    usual = load_funding("status_quo").contracts
    care = float(usual["social_care"].due(model.social_care.expected()).sum())
    terms = [t for t in usual["hospital"] if t.name in ("electives", "emergencies")]
    hospital = sum(float(t.due(model.hospitals.expected()).sum()) for t in terms)
    assert given == pytest.approx({"commissioner": hospital, "nhs_england": 0.0, "council": care})
    flows = year(model)
    assert flows["council", "pot", "pooled budget"] == pytest.approx(care * 100, abs=20)
    assert model.ledger.balance("pot") == 0


def test_a_commissioners_pool_gives_its_rest_back_to_its_payers(made):
    model = made('holder = "commissioner"', freeze_behaviour=True)
    flows = year(model)
    back = flows.loc["pot", :, "pool settlement"]
    assert set(back.index) == {"commissioner", "council"}
    given = model.timetable.pools.budget["pot"]
    assert back["council"] / back.sum() == pytest.approx(given["council"] / sum(given.values()), rel=1e-6)


def test_an_alliance_divides_gain_by_its_formula_and_within_its_cap(made):
    pool = 'holder = "alliance"\nmembers = { hospital = 0.6, social_care = 0.4 }\ngain = 0.5\ncap = 0.02'
    model = made(pool, care=0.5, freeze_behaviour=True)
    flows = year(model)
    settled = flows.loc["pot", :, "pool settlement"]
    budget = sum(model.timetable.pools.budget["pot"].values())
    assert model.timetable.pools.surplus["pot"] > 0.1 * budget
    assert settled["anytown_general"] == pytest.approx(0.6 * 0.02 * budget * 100, abs=20)
    assert settled["social_care"] == pytest.approx(0.4 * 0.02 * budget * 100, abs=20)
    assert model.ledger.balance("pot") == 0


def test_a_lead_keeps_its_margin_and_bears_what_is_left(made):
    model = made('holder = "lead"\nmargin = 0.05', care=1.2, freeze_behaviour=True)
    flows = year(model)
    budget = sum(model.timetable.pools.budget["pot"].values())
    assert flows["pot", "anytown_general", "margin of the lead provider"] == pytest.approx(5 * budget, abs=20)
    assert flows["anytown_general", "pot", "pool settlement"] > 0  # paying care more leaves too little
    income = model.record.years[0]["organisations"]["hospital"]["income"]
    expected = model.ledger.flows(payee="anytown_general").query("purpose != 'loan'").pence.sum()
    assert income.sum() * 100 == pytest.approx(expected - flows["anytown_general", "pot", "pool settlement"], abs=2)


def test_a_pool_that_ends_within_a_year_is_wound_up(made):
    model = made('holder = "commissioner"', when="2015-05-06", until="until = 2015-10-15", freeze_behaviour=True)
    flows = year(model, 40)
    given = model.timetable.pools
    assert (given.budget["pot"], given.filled) == ({}, {})
    assert model.ledger.balance("pot") == 0
    weeks = model.ledger.flows(payee="pot").week
    assert weeks.min() > 4
    assert weeks.max() == 27
    care = 276.84 * model.social_care.usual_people[0]
    assert flows["council", "pot", "pooled budget"] == pytest.approx(care * 100 * (27 - 4) / 52, rel=1e-6)


def test_savings_lower_the_budget_year_by_year(made):
    model = made('holder = "commissioner"\nsavings = 0.1', freeze_behaviour=True)
    year(model, 104)
    flows = model.ledger.flows(payee="pot", purpose="pooled budget")
    first, second = flows[flows.week <= 52].pence.sum(), flows[flows.week > 52].pence.sum()
    growth = 1.0 + model.parameters.money.allocation_growth
    assert second / first == pytest.approx(0.9 * growth, rel=1e-6)


def test_who_bears_the_pools_result_earns_less_by_doing_more(made):
    k = FundingFlows("anytown", None).hospitals.LEVERS.index("elective")
    pay = {}
    half = 'holder = "alliance"\nmembers = { hospital = 1.0 }\ngain = 0.5\nloss = 0.5'
    for name, pool in (("nobody", 'holder = "commissioner"'), ("lead", 'holder = "lead"'), ("half", half)):
        model = made(pool, care=1.0)
        pay[name] = model.hospitals.marginal_pay(model.hospitals.contract)[0, k]
    outpatients = load_funding("status_quo").contracts["hospital"].terms[2]
    rest = model.hospitals.marginal_pay(Contract((outpatients,)))[0, k]
    assert pay["nobody"] > rest > 0
    assert_allclose(pay["lead"], rest, rtol=0.01)
    assert_allclose(pay["half"] - rest, 0.5 * (pay["nobody"] - rest), rtol=0.02)


def test_what_falls_to_the_holder():
    pool = Pool("pot", gain=0.5, loss=0.25, cap=0.1)
    assert_allclose(
        pool.holder_result(np.array([100.0, -100.0, 1000.0, -1000.0]), 1000.0), [50.0, -25.0, 100.0, -100.0]
    )


def test_incentives_show_what_one_more_means_for_a_member_of_a_pool(made):
    half = 'holder = "alliance"\nmembers = { hospital = 0.8, social_care = 0.2 }\ngain = 0.5\nloss = 0.5'
    frame = incentives.table(made(half, care=1.0)).set_index(["kind", "unit"])
    row = frame.loc[("hospital", "one more day case")]
    assert row["pays"] == pytest.approx(664.59)
    assert row["pool"] == pytest.approx(-0.8 * 0.5 * 664.59)  # the pool pays it, and the hospital bears two fifths
    assert frame.loc[("hospital", "one more first clinic"), "pool"] == 0.0  # paid outside the pool
    assert (frame.loc["practice", "pool"] == 0.0).all()
    nobody = incentives.table(made('holder = "commissioner"', care=1.0))
    assert (nobody["pool"] == 0.0).all()
    lead = incentives.table(made('holder = "lead"', care=1.0)).set_index(["kind", "unit"])
    assert lead.loc[("hospital", "one more day case"), "pool"] == pytest.approx(-664.59)


def test_a_practice_in_a_federation_sees_what_its_patients_cost_the_pool(tmp_path):
    text = (
        HEAD
        + """
[[pools]]
name = "pot"
holder = "federation"
gain = 0.5
loss = 0.5
charges = { acsc_admissions = 2000.0 }
[[changes]]
when = 2016-04-01
who = { kind = "practice" }
set = { "contracts.practice.enhanced_services.payer" = "pot" }
"""
    )
    (tmp_path / "mine.toml").write_text(text)
    model = FundingFlows("anytown", str(tmp_path / "mine.toml"), rng=1)
    frame = incentives.table(model).set_index(["kind", "unit"])
    own = model.practices.expected()["share_at_start"]  # one admission of a practice's own, seen by that practice alone
    want = -0.5 * 2000.0 * float(own @ own)
    assert frame.loc[("practice", "one more avoidable admission of its patients"), "pool"] == pytest.approx(want)
