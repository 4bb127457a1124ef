"""Behaviour answers what a contract pays, and only that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fundingflows.agents import plans
from fundingflows.model.contracts.contract import Contract, Neutral
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.scenario import Funding, Scenario
from fundingflows.model.system import HealthEconomy
from fundingflows.scenarios import FundingFlows, load_funding, scenario
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

PAIRS = [
    ("practices", "appointments", "gp_consultations"),
    ("practices", "appointments", "other_consultations"),
    ("practices", "referral", "gp_referrals"),
    ("hospitals", "elective", "day_cases"),
    ("hospitals", "elective", "first_clinics"),
    ("hospitals", "admission", "emergency_zero_day"),
    ("hospitals", "follow_up", "follow_ups"),
    ("hospitals", "stay", "emergency_nights"),
]


@pytest.fixture(scope="module")
def made() -> FundingFlows:
    """Anytown before its first week; nothing here steps it."""
    return FundingFlows("anytown", "status_quo", rng=1)


def plan(cohort, contract, k):
    """The best plan with lever k free and the weight on money held."""
    return cohort.best_plan(contract, np.ones_like(cohort.levers), free=(k,))


def output(cohort, levers, unit):
    """Discounted, expected units over the horizon, (N,)."""
    motives = cohort.motives
    one = Contract((Tariff(prices={unit: 1.0}),))
    return sum(
        (1.0 + motives.discount) ** -(year + 1)
        * plans.expected_due(one, cohort.forecast(levers[None], np.full((1, 1), year)).activity)[0]
        for year in range(motives.years)
    )


@st.composite
def contracts(draw, cohort, units):
    """One or two tariffs that pay up to twice the income for what is counted, with bands, caps and floors."""
    made = []
    for name in range(draw(st.integers(1, 2))):
        chosen = draw(st.lists(st.sampled_from(units), min_size=1, max_size=3, unique=True))
        income = cohort.usual_income.sum()
        prices = {u: draw(st.floats(0.0, 0.7)) * income / max(cohort.before[u].sum(), 1.0) for u in chosen}
        cap, floor = draw(st.none() | st.floats(1.0, 1.3)), draw(st.none() | st.floats(0.7, 1.0))
        rate, line = draw(st.floats(0.1, 1.0)), draw(st.floats(0.8, 1.1))
        made.append(Tariff(prices=prices, name=str(name), marginal_rate=rate, baseline=line, cap=cap, floor=floor))
    return Contract((*made, Block(per_head=draw(st.floats(0.0, 100.0)))))


@settings(max_examples=80)
@given(data=st.data(), pair=st.sampled_from(PAIRS), more=st.floats(0.002, 0.4))
def test_more_pay_for_more_of_something_never_lowers_it(made, data, pair, more):
    name, lever, unit = pair
    cohort = getattr(made, name)
    k, units = cohort.LEVERS.index(lever), [u for n, _, u in PAIRS if n == name]
    contract = data.draw(contracts(cohort, units))
    before = plan(cohort, contract, k)
    extra = Tariff(prices={unit: more * cohort.usual_income.sum() / cohort.before[unit].sum()}, name="extra")
    gift = Contract((extra,)).due(cohort.expected()).sum() / cohort.expected()["people_at_start"].sum()
    better = Contract((*contract, extra, Block(per_head=-gift)))
    after = plan(cohort, better, k)
    less, greater = output(cohort, before, unit), output(cohort, after, unit)
    assert (greater >= less * (1.0 - 1e-3)).all(), (before[:, k], after[:, k])


def target(hospitals, contract) -> float:
    return plan(hospitals, contract, hospitals.LEVERS.index("admission"))[0, hospitals.LEVERS.index("admission")]


def test_doubling_the_emergency_price_raises_admissions_and_a_block_of_the_same_sum_does_not(made):
    hospitals = made.hospitals
    path = "contracts.hospital.emergencies.prices.emergency_zero_day"
    usual = load_funding("status_quo")
    doubled = usual.changed({path: 2 * 589.47}).contracts["hospital"]

    def as_block(contract):
        sums = [float(t.due(hospitals.expected()).sum()) for t in contract]
        return Contract(tuple(Block(name=t.name, amount=s) for t, s in zip(contract, sums, strict=True)))

    once = usual.contracts["hospital"]
    assert as_block(doubled).due(hospitals.expected()).sum() > 1.01 * as_block(once).due(hospitals.expected()).sum()
    assert target(hospitals, once) == pytest.approx(1.0, abs=0.01)
    assert target(hospitals, doubled) > 1.02  # nearly all the room there is
    assert target(hospitals, as_block(doubled)) == pytest.approx(target(hospitals, as_block(once)), abs=1e-6)
    assert target(hospitals, as_block(doubled)) <= 1.0


def test_a_run_follows_the_doubled_price(runs):
    path = "contracts.hospital.emergencies.prices.emergency_zero_day"
    doubled = FundingFlows("anytown", load_funding("status_quo").changed({path: 2 * 589.47}), rng=1).run(1)
    usual = runs["status_quo"].model.record
    k = doubled.hospitals.LEVERS.index("admission")
    levers = [rows[0, k] for rows in doubled.record.quarterly["hospital_levers"]]
    assert levers == sorted(levers)
    assert levers[-1] > 1.01
    zero_day = [r.years[0]["organisations"]["hospital"]["emergency_zero_day"].sum() for r in (doubled.record, usual)]
    assert zero_day[0] > zero_day[1]


@pytest.mark.parametrize("together", [False, True], ids=["two lots", "one lot"])
def test_the_response_to_a_shared_indicator_falls_as_the_part_in_the_lot(anytown, together):
    practices = anytown.practices
    if together:
        practices.lot = np.zeros_like(practices.lot)
        practices.measure(np.zeros((len(practices.INDICATORS), len(practices))))
    k = practices.LEVERS.index("proactive")
    usual, shift = plan(practices, practices.contract, k)[:, k], {}
    for shared in ("own", "lot"):
        # so much that the search for a plan, which ends within 0.0003, finds the share of a small practice too
        extra = Outcome(indicator="control", start=0.0, target=1.0, per_head=240.0, shared=shared)
        shift[shared] = plan(practices, Contract((*practices.contract, extra)), k)[:, k] - usual
    part = practices.usual_list / np.bincount(practices.lot, practices.usual_list)[practices.lot]
    assert (shift["own"] > 0.02).all()
    assert_allclose(
        shift["lot"] / shift["own"], part, rtol=0.06
    )  # the response to the whole is a little less than linear


@pytest.mark.parametrize("years", [1, 2])
def test_levers_do_not_wander_under_an_unchanged_contract(runs, years):
    record = runs["status_quo"].model.record
    for kind in ("practice", "hospital", "social_care"):
        levers = np.array(record.quarterly[f"{kind}_levers"][: 4 * years])
        assert_allclose(levers, 1.0, atol=0.03, err_msg=kind)


@pytest.mark.parametrize("seed", [2, 3])
def test_levers_do_not_wander_with_other_luck(seed):
    model = FundingFlows("anytown", "status_quo", rng=seed).run(2)
    for cohort in model.cohorts:
        assert_allclose(cohort.levers, 1.0, atol=0.03, err_msg=cohort.kind)


def test_frozen_behaviour_stays_at_one():
    model = FundingFlows("anytown", "activity_based", rng=1, freeze_behaviour=True).run(0.5)
    assert all((cohort.levers == 1.0).all() for cohort in model.cohorts)


# names --------------------------------------------------------------------------------------------


def renamed(funding: Funding, file: str, yardstick: str) -> Funding:
    """The same way of paying under other names: of the file, of its yardstick and of every term."""

    def other(term):
        wishes = {
            key: replace(getattr(term, key), neutral_with=yardstick)
            for key in term.__dataclass_fields__
            if isinstance(getattr(term, key), Neutral)
        }
        return replace(term, name=f"x_{term.name[::-1]}", **wishes)

    contracts = {kind: Contract(tuple(other(t) for t in contract)) for kind, contract in funding.contracts.items()}
    return replace(funding, id=file, title="", question="", source="", text="", contracts=contracts)


@pytest.mark.parametrize("name", ["status_quo", "activity_based", "capitated", "outcome_based"])
def test_names_of_terms_and_files_change_nothing(name, runs):
    usual = renamed(load_funding("status_quo"), "zebra", "zebra")
    ours = renamed(load_funding(name), "quagga", "zebra")
    place = scenario("anytown", name).place
    case = Scenario(place, ours, usual, place.baseline.parameters, {"zebra": usual})
    model = HealthEconomy(case, steady_state(place), rng=1).run(2)
    assert model.digest == runs[name].model.digest
    assert all(term.name.startswith("x_") for cohort in model.cohorts for term in cohort.contract)
