"""What the evidence demands of behaviour and of stocks: each is there, has the right sign, and rests at the start."""

import numpy as np
import pytest
from fundingflows.agents import plans
from fundingflows.agents.hospital import Hospitals
from fundingflows.agents.patients import cohort
from fundingflows.agents.patients.entry import allocate_capacity
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.gain_share import GainShare
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.place import network
from fundingflows.scenarios import FundingFlows, load_baseline, load_funding, load_place
from numpy.testing import assert_allclose

NUMBERS = load_baseline("2015_16").parameters


def with_numbers(funding="status_quo", **changes):
    numbers = NUMBERS.changed({path.replace("__", "."): {"set": value} for path, value in changes.items()})
    return FundingFlows("anytown", funding, rng=1, parameters=numbers)


def set_lever(cohort, name, value):
    cohort.levers[:, cohort.LEVERS.index(name)] = value


# coding, beds -------------------------------------------------------------------------------------------------------


def test_deeper_coding_is_paid_and_changes_no_care(anytown):
    hospitals = anytown.hospitals
    set_lever(hospitals, "coding", 1.4)
    depth = 1.0 + 0.4 * anytown.parameters.hospital.coding_depth
    for _ in range(4):
        anytown.step()
    seen, did = hospitals.to_date(4 / 52), hospitals.year
    for name in ("emergency_zero_day", "emergency_overnight", "day_cases", "inpatients"):
        assert_allclose(seen[name], depth * did[name])
    assert_allclose(seen["first_clinics"], did["first_clinics"])
    paid = anytown.ledger.flows(purpose="electives").pence.sum() / 100
    prices = {"day_cases": 664.59, "inpatients": 3400.0}
    assert paid == pytest.approx(depth * sum(p * did[n].sum() for n, p in prices.items()), abs=1)
    plain = FundingFlows("anytown", "status_quo", rng=1)
    for _ in range(4):
        plain.step()
    assert_allclose(did["day_cases"], plain.hospitals.year["day_cases"])
    cost = [m.ledger.flows(payer=hospitals.names[0], purpose="running cost").pence.sum() for m in (anytown, plain)]
    assert cost[0] == cost[1]


def test_coding_answers_what_a_spell_is_paid_and_a_price_for_clinics_leaves_it(anytown):
    hospitals, k = anytown.hospitals, anytown.hospitals.LEVERS.index("coding")
    spells = hospitals.marginal_pay(Contract((Tariff(prices={"emergency_overnight": 100.0}),)))[:, k]
    depth = anytown.parameters.hospital.coding_depth
    assert_allclose(spells, 100.0 * depth * hospitals.before["emergency_overnight"], rtol=1e-6)
    clinics = hospitals.marginal_pay(Contract((Tariff(prices={"first_clinics": 100.0}),)))[:, k]
    assert_allclose(clinics, 0.0, atol=1e-6)


def test_a_baseline_that_moves_is_counted_as_it_was_coded(anytown):
    hospitals = anytown.hospitals
    set_lever(hospitals, "coding", 1.5)
    hospitals.look_back()
    hold = hospitals.forecast(hospitals.levers[None], np.zeros((1, 1)))
    mean = (hold.activity["emergency_overnight"] @ plans.WEIGHTS)[0]
    assert_allclose(mean, hospitals.context["emergency_overnight.last"][:, 0])
    assert_allclose(hospitals.as_paid("emergency_overnight"), mean)


def test_elective_inpatients_need_the_beds_that_emergencies_leave(anytown):
    hospitals = anytown.hospitals
    elective, stay = hospitals.LEVERS.index("elective"), hospitals.LEVERS.index("stay")
    pay = Contract((Tariff(prices={"inpatients": 1000.0}),))
    usual = hospitals.marginal_pay(pay)
    assert (usual[:, stay] < -1000.0).all()  # beds are nine tenths full: sometimes an operation is called off
    hospitals.resize("beds", np.array([3.0]))
    assert_allclose(hospitals.marginal_pay(pay)[:, stay], 0.0, atol=1.0)  # with beds to spare, none ever is
    nights = hospitals.level["emergency_nights"] + hospitals.level["elective_nights"]
    hospitals.acute_beds = 1.05 * nights / 364.0  # not enough for those who wait to leave as well
    hospitals.community_beds = np.zeros_like(hospitals.acute_beds)
    tight = hospitals.marginal_pay(pay)
    assert (tight[:, stay] < usual[:, stay]).all()  # longer stays of emergencies crowd out paid operations
    assert (tight[:, elective] < 0.8 * usual[:, elective]).all()  # more theatre time does less without beds


def test_plans_expect_beds_to_run_out_as_often_as_they_do(anytown, monkeypatch):
    hospitals = anytown.hospitals
    hospitals.look_back()
    one, nights = np.ones((1, 1)), hospitals.level["emergency_nights"][None]
    more, less = (
        hospitals.expected_years.with_beds(x * one, hospitals.expected_years.before_electives(nights), one).item()
        for x in (1.01, 0.99)
    )
    expected = 1.0 - (more - less) / 0.02  # of one more operation on the theatres' list
    left = []

    def noted(*given):
        allocate_capacity(*given)
        left.append(given[-1].bed_left.item())

    monkeypatch.setattr(cohort, "allocate_capacity", noted)
    anytown.run(2)
    assert 0.1 < expected < 0.9
    assert np.mean(np.array(left) < 1.0) == pytest.approx(expected, abs=0.15)


def test_what_one_of_several_hospitals_plans_changes_its_own_forecast_alone():
    sites = list(load_place("somerset").file.hospitals)
    n, numbers = len(sites), NUMBERS
    hospitals = Hospitals(None, sites, numbers, np.full((1, n), 1.0 / n))
    hospitals.begin({name: 1000.0 * (1.0 + np.arange(n)) for name in hospitals.COUNTED})
    hospitals.measure(np.zeros((len(hospitals.INDICATORS), n)))
    hospitals.contract_facts = lambda: {"people_at_start": np.ones(n), "share_at_start": np.full(n, 1.0 / n)}
    hospitals.look_back()
    levers = np.ones((3, n, len(hospitals.LEVERS)))
    levers[1:, 1] = 1.3
    levers[2, 1] = 0.8
    f = hospitals.forecast(levers, np.full((3, 1), 1))
    others = np.arange(n) != 1
    for name in ("inpatients", "elective_nights", "emergency_nights", "day_cases", "bed_nights_per_head"):
        value = np.asarray(f.activity[name])
        assert value.shape == (3, n, plans.NODES.size), name
        assert_allclose(value[:, others], value[:1, others].repeat(3, axis=0), err_msg=name)
        assert not np.allclose(value[0, 1], value[1, 1]), name
    assert f.cost.shape == (3, n)


# need that is found -------------------------------------------------------------------------------------------------


def test_proactive_care_finds_need_before_it_averts_any(anytown):
    practices = anytown.practices
    before, known = practices.propensity(), practices.continuity_effect()
    set_lever(practices, "proactive", 2.0)
    gp = anytown.parameters.general_practice
    assert_allclose(practices.propensity() / before, 1.0 + gp.found_referral)
    assert_allclose(practices.continuity_effect() / known, 1.0 + gp.found_acsc)
    set_lever(practices, "proactive", 1.0)
    practices.look_back()
    more = np.ones((1, *practices.levers.shape))
    more[..., practices.LEVERS.index("proactive")] = 2.0
    found = [(practices.forecast(more, np.full((1, 1), y)).activity["acsc_admissions"] @ plans.WEIGHTS)[0]
             for y in range(6)]  # fmt: skip
    lately = practices.level["acsc_admissions"]
    assert (found[0] > lately).all()
    assert (found[5] < 0.98 * lately).all()
    assert (np.diff(found, axis=0) < 0).all()


def test_a_share_of_savings_rewards_looking_for_need_less_than_averting_it():
    k = 1
    pay = Contract((GainShare(prices={"acsc_admissions": 2000.0}, up=0.5, down=0.5),))
    found, blind = (with_numbers(general_practice__found_acsc=x).practices.marginal_pay(pay)[:, k] for x in (0.05, 0.0))
    assert (found < 0.7 * blind).all()
    assert (blind > 0).all()


# time, and what is recorded -----------------------------------------------------------------------------------------


def test_time_on_indicators_is_taken_from_appointments_and_plans_know_it(anytown):
    practices, gp = anytown.practices, anytown.parameters.general_practice
    offered = practices.offer(1.0)
    fees = Contract((Tariff(prices={"gp_consultations": 20.0}),))
    pay = dict(zip(practices.LEVERS, practices.marginal_pay(fees)[0], strict=True))
    assert pay["proactive"] < 0.0  # what is paid per consultation makes proactive care dear
    assert pay["proactive"] / pay["recording"] == pytest.approx(gp.proactive_share / gp.recording_share, rel=0.02)
    set_lever(practices, "proactive", 1.5)
    set_lever(practices, "recording", 2.0)
    lost = (1.0 - gp.absorbed) * (0.5 * gp.proactive_share + gp.recording_share)
    for now, before in zip(practices.offer(1.0), offered, strict=True):
        assert_allclose(now, (1.0 - lost) * before, rtol=1e-5)


def test_reviews_show_in_what_is_recorded_until_all_is():
    pay = Contract((Outcome(indicator="recorded_quality", per_head=10.0),))
    rewards = {}
    for start in (0.75, 0.95, 0.995):
        practices = with_numbers(general_practice__recorded_mean=start).practices
        rewards[start] = practices.marginal_pay(pay)[:, 1:4:2]  # proactive care, recording
    assert (rewards[0.75] > 0).all()
    assert (rewards[0.95] < rewards[0.75]).all()
    assert_allclose(rewards[0.95], rewards[0.75], rtol=0.1)
    assert (rewards[0.995] < 0.9 * rewards[0.75]).all()
    gp = practices.p.general_practice
    blind = with_numbers(general_practice__recorded_mean=0.75, general_practice__recorded_review=0.0).practices
    through_control = blind.marginal_pay(pay)[:, 1]
    ratio = (rewards[0.75][:, 0] - through_control) / rewards[0.75][:, 1]
    assert_allclose(ratio, gp.recorded_review / gp.recorded_effort, rtol=0.02)


# GPs' income and hours ----------------------------------------------------------------------------------------------


def test_gps_who_earn_more_work_less_and_slowly(anytown):
    practices = anytown.practices
    practices.work(np.ones(len(practices)))
    assert_allclose(practices.hours, 1.0)
    offered = practices.offer(1.0)[0]
    practices.work(np.full(len(practices), 1.26))
    first = practices.hours.copy()
    assert (first < 1.0).all()
    for _ in range(30):
        practices.work(np.full(len(practices), 1.26))
    assert_allclose(practices.hours, 1.26**anytown.parameters.general_practice.income_hours, rtol=1e-6)
    assert (practices.hours < first).all()
    assert_allclose(practices.offer(1.0)[0], offered * practices.hours, rtol=1e-9)


def test_what_a_missing_colleague_leaves_is_earned_by_those_in_post(anytown):
    practices = anytown.practices
    practices.gp_fte = 0.8 * practices.usual_fte
    earned = practices.per_gp(practices.usual_income, practices.usual_expenses)
    assert_allclose(earned, 1.25)
    practices.work(earned)
    assert (practices.hours < 1.0).all()


def test_frozen_behaviour_keeps_hours():
    model = FundingFlows("anytown", "activity_based", rng=1, freeze_behaviour=True).run(1)
    assert_allclose(model.practices.hours, 1.0)


def test_fewer_gps_each_see_more_until_the_rest_leave_too(anytown):
    practices, gp = anytown.practices, anytown.parameters.general_practice
    practices.decide(0.25)
    assert_allclose(practices.intensity, 1.0)
    practices.gp_fte = 0.7 * practices.usual_fte
    offered, leaving = practices.offer(1.0)[0], practices.turnover.copy()
    practices.decide(0.0)
    assert_allclose(practices.intensity, 0.7**-gp.absorbed)
    assert_allclose(practices.offer(1.0)[0] / offered, 0.7**-gp.absorbed, rtol=1e-5)
    practices.staff(13 * practices.offer(1.0)[0])
    assert (practices.turnover > 1.3 * leaving).all()


LEAVING = """title = "t"
question = "q"
source = "s"
extends = "status_quo"
[[changes]]
when = 2015-04-01
set = {{ "general_practice.leaving_rate" = {0} }}
"""


def test_losing_gps_tips_beyond_what_the_country_trains(tmp_path):
    left = {}
    for rate in (0.10, 0.20):
        (tmp_path / "leave.toml").write_text(LEAVING.format(rate))
        model = FundingFlows("anytown", str(tmp_path / "leave.toml"), rng=1).run(6)
        left[rate] = model.practices.gp_fte.sum() / model.practices.usual_fte.sum()
    assert left[0.10] > 0.93
    assert left[0.20] < 0.65  # 0.12 / 0.20 of posts could be kept if nobody were overworked


# outcomes, late -----------------------------------------------------------------------------------------------------


def test_the_year_is_paid_on_what_was_read_a_quarter_before_its_end(anytown):
    practices = anytown.practices
    read = []
    for quarter in range(4):
        while anytown.week < 13 * (quarter + 1) - (quarter == 3):
            anytown.step()
        read.append(practices.outcomes())
    practices.control = practices.control * 0.0  # what happens in the last quarter is not seen
    anytown.step()
    late = practices.measured["control"] / read[2]["control"]
    assert_allclose(late, 1.0, atol=0.15)
    now = with_numbers(outcomes__measured_late=0.0)
    assert now.practices.readings.maxlen > 4
    now.practices.read()
    now.practices.control = now.practices.control * 0.5
    now.practices.read()
    assert_allclose(now.practices.reading()["control"], now.practices.control)


def test_late_figures_weaken_what_an_outcome_pays_for_effort():
    pay = Contract((Outcome(indicator="recorded_quality", per_head=10.0),))
    rewards = []
    for late in (0.0, 0.25, 1.0):
        practices = with_numbers(outcomes__measured_late=late).practices
        rewards.append(practices.marginal_pay(pay)[0, practices.LEVERS.index("recording")])
    years = practices.p.behaviour.horizon_years  # of which a quarter of one, or one, goes unseen
    assert rewards[1] / rewards[0] == pytest.approx((years - 0.25) / years, rel=0.01)
    assert rewards[2] / rewards[0] == pytest.approx((years - 1.0) / years, rel=0.01)


# neighbours ---------------------------------------------------------------------------------------------------------


def test_practices_learn_from_their_nearest_and_only_when_they_differ(anytown):
    practices = anytown.practices
    peers = network.neighbours(anytown.place, nearest=2)
    assert peers.shape == (6, 2)
    assert (peers != np.arange(6)[:, None]).all()
    practices.peers = np.roll(np.arange(6), 1)[:, None]
    before = practices.levers.copy()
    practices.motives = None  # no plans of their own
    practices.decide(0.25)
    assert_allclose(practices.levers, before)
    practices.levers[0] = 1.5
    practices.decide(0.25)
    pace = 1.0 - np.exp(-anytown.parameters.behaviour.peer_learning / 4)
    assert_allclose(practices.levers[1], 1.0 + 0.5 * pace)
    assert_allclose(practices.levers[0], 1.5 - 0.5 * pace)
    assert_allclose(practices.levers[2:], 1.0, atol=1e-12)


def test_those_who_work_together_learn_from_each_other(anytown):
    practices = anytown.practices
    practices.motives = None
    practices.peers = np.arange(6)[:, None]  # no neighbours
    practices.group = np.array([7, -1, 7, -1, -1, -1])
    practices.levers[0] = 1.4
    practices.decide(0.25)
    assert (practices.levers[2] > 1.0).all()
    assert_allclose(practices.levers[[1, 3, 4, 5]], 1.0)


def test_neighbours_of_a_large_place_are_near():
    place = load_place("somerset")
    peers = network.neighbours(place)
    here = place.practices[["latitude", "longitude"]].to_numpy() * [1.0, np.cos(np.radians(51))]
    apart = np.linalg.norm(here[:, None] - here, axis=2)
    assert (np.take_along_axis(apart, peers, axis=1).max(axis=1) <= np.sort(apart, axis=1)[:, 5] * 1.05 + 1e-9).all()


# savings reinvested -------------------------------------------------------------------------------------------------

SAVING = """title = "t"
question = "q"
source = "s"
extends = "status_quo"
[[pools]]
name = "pot"
holder = "commissioner"
reinvest = {0}
[[changes]]
when = 2015-04-01
who = {{ kind = "hospital" }}
[changes.set]
"contracts.hospital.electives.payer" = "pot"
"contracts.hospital.electives.prices.inpatients" = {{ multiply = 0.7 }}
"""


def test_savings_of_a_pool_become_community_services_in_the_next_year(tmp_path):
    models = {}
    usual = load_baseline("2015_16").parameters.changed({"money.squeeze_most_community": {"set": 1.0}})
    for share in (0.0, 0.5):
        (tmp_path / f"p{share}.toml").write_text(SAVING.format(share))
        funding = load_funding(tmp_path / f"p{share}.toml")
        model = FundingFlows("anytown", funding, rng=1, parameters=usual, freeze_behaviour=True).run(1)
        models[share] = model
    kept, spent = models[0.0], models[0.5]
    flows = spent.ledger.flows(purpose="savings reinvested")
    saved = flows.pence.sum() / 100
    assert saved > 1e4
    assert spent.commissioners.extra[0] == pytest.approx(saved)
    assert spent.commissioners.deficit[0] == pytest.approx(kept.commissioners.deficit[0] + saved, rel=0.2)
    for model in (kept, spent):
        while model.week < 104:
            model.step()
            assert model.ledger.total() == 0
    paid = [m.ledger.flows(payee="community", weeks=(53, 104)).pence.sum() / 100 for m in (kept, spent)]
    assert paid[1] - paid[0] == pytest.approx(saved, abs=1.0)
    assert (spent.community.staff > kept.community.staff).all()  # hired from the year's money
    assert (spent.hospitals.step_down_beds() > kept.hospitals.step_down_beds()).all()
