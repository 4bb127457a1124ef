"""Social care of two council areas with round numbers: what it learns, buys, measures and costs, worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.observed import Registered, WeekEvents, YearEnd
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.social_care import KINDS, SocialCare

COUNCIL = np.array([0, 1, 1])  # of three practices


def by_council(values):
    return np.array([values[c == COUNCIL].sum(axis=0) for c in range(2)])


def made(*sites):
    care = Some(
        supply_delay_elasticity=-1.0, start_least=0.1, reablement_effect=0.2, eligible_share=0.5, rule_low=0.5,
        rule_high=1.25, buying_low=0.8, buying_high=1.1, capacity_years=2.0, home_care_hours=10.0, home_care_price=15.0,
        care_home_price=600.0, self_funded_price=800.0, nhs_funded_price=900.0, other_spend_65=50.0,
        working_age_spend=20.0, overheads=5.0, reablement_spend_share=0.1, speed_spend_share=0.2,
        self_bought_home_care=25.0, home_care_years=2.0, care_home_years=2.0, squeeze_wait_elasticity=2.0,
        squeeze_fee_share=0.0, supply_fee_elasticity=0.5, supply_years=2.0, supply_exit_limit=0.05,
    )  # fmt: skip
    parameters = Some(
        social_care=care, outcomes=Some(measured_late=0.0, acsc_measure_error=0.05, delay_harm=0.001),
        behaviour=Some(forecast_error=0.1), money=Some(qaly_value=3e4),
    )  # fmt: skip
    people = np.array([100.0, 200.0, 300.0])[:, None, None] * np.full((3, 2, 7), 1 / 14)
    place = Some(people=people, council=COUNCIL, commissioner=np.array([1, 0, 1]),
                 file=Some(councils=sites, commissioners=["n", "s"]))  # fmt: skip
    model = Some(place=place, parameters=parameters, practices=Some(by_council=by_council), case=Some(funding="any"))
    return SocialCare.open(model)


@pytest.fixture
def care():
    return made(Some(id="w", name="West"), Some(id="e", name="East"))


def registered(more=0.0):
    """Of each practice 5 people of sexes and bands, with ``more`` in the first practice's oldest band."""
    people = np.ones((3, 2, 7)) * np.array([1.0, 2.0, 3.0])[:, None, None]
    people[0, 0, 6] += more
    nobody = np.zeros(3)
    return Registered({"people_flat": people.sum(axis=(1, 2))}, people, np.zeros((3, 4)), nobody, nobody, nobody)


def test_areas_have_the_people_of_their_practices(care):
    care.observe_registered(registered(), first=True)
    assert (care.names, care.titles()) == (["w", "e"], ["West", "East"])
    assert made(Some(id="w", name="West")).names == ["social_care"]
    assert care.people.tolist() == [14.0, 70.0]
    assert care.people_65.tolist() == [6.0, 30.0]  # of seven bands the last three
    assert care.people_working.tolist() == [4.0, 20.0]
    assert care.part == pytest.approx([1 / 6, 5 / 6])
    care.observe_registered(registered(more=3.0))
    assert (care.people_65.tolist(), care.usual_people_65.tolist()) == ([9.0, 30.0], [6.0, 30.0])
    assert (care.people.tolist(), care.usual_people.tolist()) == ([17.0, 70.0], [14.0, 70.0])
    assert care.usual_people_working.tolist() == [4.0, 20.0]
    facts = care.contract_facts()
    assert facts["people_at_start"].tolist() == [14.0, 70.0]
    assert (facts["people_flat"].tolist(), facts["discretionary"]) == ([17.0, 70.0], 1.0)
    assert facts["share_at_start"] == pytest.approx([1 / 6, 5 / 6])
    # the first area has only patients of the second commissioner; the other area 200 and 300 of both
    assert care.commissioner().tolist() == [1, 1]


def test_people_in_care_are_those_before_with_starts_and_without_ends(care):
    care.recount(np.array([[10.0, 20.0, 30.0, 40.0], [1.0, 2.0, 3.0, 4.0]]))
    events = np.zeros((2, len(EVENTS)))
    numbers = {
        "home_care_starts": 5, "council_place_starts": 3, "self_place_starts": 2, "nhs_place_starts": 1,
        "home_care_ends": 4, "self_place_ends": 2, "social_delayed_nights": 7, "care_needs": 6, "care_refused": 9,
    }  # fmt: skip
    for name, number in numbers.items():
        events[0, EVENTS.index(name)] = number
    care.observe_week(WeekEvents(np.zeros(0), np.zeros(0), events, np.array([8.0, 0.0]), np.zeros(0)))
    assert care.held.tolist() == [[11.0, 23.0, 30.0, 41.0], [1.0, 2.0, 3.0, 4.0]]
    year = {name: count[0] for name, count in care.year.items()}
    assert year == {"home_care_weeks": 11, "council_place_weeks": 23, "self_place_weeks": 30, "nhs_place_weeks": 41,
                    "care_starts": 11, "social_delayed_nights": 7, "care_needs": 6, "care_refused": 9}  # fmt: skip
    assert care.weekly()["care_held"].tolist() == care.held.tolist()
    assert care.weekly()["care_waiting"].tolist() == care.states()["waiting"].tolist() == [8.0, 0.0]


def test_care_starts_with_speed_supply_and_room(care):
    care.start[:, 0] = 0.4
    care.start_from_hospital(0.6)
    care.levers[1, care.LEVERS.index("speed")] = 1.25
    care.usual_capacity[:] = 10.0
    care.capacity[:] = [[10.0, 5.0, 20.0, 10.0], [10.0] * 4]
    care.recount(np.array([[8.0, 0.0, 0.0, 12.0], [0.0] * 4]))
    queued = np.array([[9.0, 4.0, 1.0, 1.0, 1.0], [9.0, 0.0, 0.0, 0.0, 40.0]])
    chance = care.chances(queued, 1.0)
    assert chance.shape == (2, 2, 5)
    assert chance[:, :, 0].tolist() == [[0.0, 0.0]] * 2  # those who need none
    # half the capacity halves the pace, twice of it doubles it; of four who wait two find room, of forty ten
    assert chance[0, 0, 1:] == pytest.approx([0.4 * 0.5, 0.2, 0.8, 0.0])
    assert chance[0, 1, 1:] == pytest.approx([0.6 * 0.5, 0.3, 1.0, 0.0])
    assert chance[1, 0, 1:] == pytest.approx([0.5, 0.5, 0.5, 0.125])


def test_care_starts_at_least_so_often_where_there_is_room(care):
    care.start[:] = 0.01
    assert care.chances(np.zeros((2, 5)), 1.0)[:, :, 1:].tolist() == np.full((2, 2, 4), 0.1).tolist()
    sampled = care.chances(np.full((2, 5), 1.0), 0.5)  # half of one place for one person of a half
    assert sampled[0, 0, 1:] == pytest.approx([0.05] * 4)


def test_eligibility_is_a_share_of_needs(care):
    assert care.eligibility().tolist() == [0.5, 0.5]
    care.levers[:] = [[0.9, 1.0, 1.5], [1.0, 1.0, 1.0]]
    care.rule[:] = [0.8, 3.0]
    assert care.eligibility() == pytest.approx([0.9 * 0.8 * 0.5 * 0.9, 1.0])
    care.levers[0, 2] = 9.0  # reablement that would keep more than all from arising
    assert care.eligibility().tolist() == [0.0, 1.0]


def test_councils_buy_what_they_can_afford_and_what_age_asks_for(care):
    care.observe_registered(registered(), first=True)
    care.people_65 = np.array([7.2, 30.0])
    care.usual_capacity[:] = care.capacity[:] = 10.0
    own, all_care = np.array([111.1111111, 2000.0]), np.array([211.1111111, 2300.0])
    # of £200 and £800 others pay £100 and £300: £100 and £500 are left for care that councils answer for
    care.observe_year(YearEnd(np.array([200.0, 800.0]), all_care, np.ones(2), np.ones(2), own))
    # nine tenths of the cost; and a quarter, where a fifth less at most is bought in a year
    assert care.rule == pytest.approx([0.9, 0.8])
    assert care.capacity[0] == pytest.approx([10 + (10.8 - 10) / 2] * 2 + [11.0, 11.0])
    assert care.capacity[1] == pytest.approx([9.0, 9.0, 10.0, 10.0])
    care.budget(np.array([2.0, 1000.0]), np.array([0.5, 2000.0]))  # of at least £1
    assert care.rule == pytest.approx([0.99, 0.64])
    assert care.capacity[1] == pytest.approx([7.7, 7.7, 10.0, 10.0])
    for _ in range(3):
        care.budget(np.array([2.0, 0.0]), np.ones(2))
    assert care.rule == pytest.approx([1.25, 0.5])


def test_money_that_covered_the_usual_cost_in_part_leaves_the_rule_as_it_is(care):
    care.usual_cover[:] = [0.9, 1.1]
    care.budget(np.array([90.0, 99.0]), np.array([100.0, 100.0]))
    assert care.rule == pytest.approx([1.0, 0.9])


def test_fees_fall_in_a_squeeze_and_providers_leave_slowly(care):
    care.usual_capacity[:] = care.capacity[:] = 10.0
    care.p.social_care.squeeze_fee_share = 0.5
    assert care.fee().tolist() == [1.0, 1.0]
    care.budget(np.array([0.9, 0.8]), np.ones(2))
    assert care.fee() == pytest.approx([0.95, 0.9])
    assert care.supply == pytest.approx([1 - (1 - 0.95**0.5) / 2, 1 - (1 - 0.9**0.5) / 2])
    assert care.capacity[:, 3] == pytest.approx(10.0 - 5.0 * (1 - care.supply))  # homes close to all who live there
    care.rule[:] = [0.5, 1.5]
    care.p.social_care.supply_fee_elasticity = 3.0
    before = care.supply.copy()
    care.budget(np.ones(2), np.ones(2))
    assert care.supply == pytest.approx(before + np.array([-0.05, 0.05]))  # a twentieth a year at most
    weeks = {"home_care": np.array([1.0, 0.0]), "council_place": np.array([0.0, 1.0])}
    care.people = care.people_65 = care.people_working = np.zeros(2)
    assert care.own_costs(weeks, 1.0) == pytest.approx([0.75 * 150.0, 1.125 * 600.0])


def test_a_council_short_of_money_makes_people_wait_for_what_it_buys(care):
    care.start[:] = 0.4
    care.capacity[:] = care.usual_capacity[:] = 10.0
    care.rule[:] = [0.5, 1.0]
    assert care.chances(np.zeros((2, 5)), 1.0)[:, 0, 1:].tolist() == [[0.1, 0.1, 0.4, 0.4], [0.4] * 4]


def test_other_care_is_cut_with_the_rest(care):
    care.people, care.people_65, care.people_working = np.full(2, 100.0), np.full(2, 20.0), np.full(2, 60.0)
    nobody = {"home_care": np.zeros(2), "council_place": np.zeros(2)}
    care.rule[:] = [0.8, 1.0]
    assert care.own_costs(nobody, 0.5) == pytest.approx([0.8 * 0.5 * 2700.0, 0.5 * 2700.0])


def test_capacity_is_changed_from_outside_at_once_and_for_good(care):
    care.usual_capacity[:] = care.capacity[:] = 10.0
    care.resize("home_care", np.array([1.5, 1.0]))
    assert care.capacity.tolist() == [[15.0, 10.0, 10.0, 10.0], [10.0] * 4]
    care.resize("care_home_places", np.array([1.0, 0.5]))
    assert care.capacity.tolist() == [[15.0, 10.0, 10.0, 10.0], [10.0, 5.0, 5.0, 5.0]]
    care.budget(np.ones(2), np.ones(2))
    assert care.capacity.tolist() == [[15.0, 10.0, 10.0, 10.0], [10.0, 5.0, 5.0, 5.0]]
    assert [care.capacity_of(kind).tolist() for kind in KINDS] == [[15.0, 10.0], [10.0, 5.0], [10.0, 5.0], [10.0, 5.0]]


def test_an_initial_state_brings_the_usual_capacity(care):
    care.restore({"capacity": np.full((2, 4), 7.0)}, 1.0)
    care.capacity[:] = 9.0
    assert care.usual_capacity.tolist() == [[7.0] * 4] * 2


def delayed(care, nights):
    care.begin(dict.fromkeys(care.COUNTED, np.zeros(2)) | {"social_delayed_nights": np.array(nights)})
    care.closed = 4
    return care


def test_delays_are_measured_per_1000_people_with_error(care):
    care.people, care.people_65 = np.array([2000.0, 0.0]), np.array([250.0, 0.0])
    delayed(care, [30.0, 0.5]).measure(np.array([[1.0, 0.0]]))
    assert care.outcomes()["delayed_nights"].tolist() == [15.0, 500.0]  # of at least one person
    for name in ("delayed_nights", "delayed_nights.lot", "delayed_nights.crude", "delayed_nights.crude.lot"):
        assert care.measured[name] == pytest.approx([15 * 1.1, 500.0])  # 250 older people: twice the error of 1,000
    care.measure(np.array([[0.0, 1.0]]))
    assert care.measured["delayed_nights"] == pytest.approx([15.0, 500 * (1 + 0.05 * np.sqrt(1000))])
    assert care.moves("social_delayed_nights")["delayed_nights"].tolist() == [0.5, 1000.0]
    assert care.moves("care_starts") == {}


def test_forecasts_begin_with_a_look_back(care):
    delayed(care, [30.0, 0.5]).measure(np.zeros((1, 2)))
    care.look_back()
    f = care.forecast(np.ones((1, 2, 3)), np.zeros((1, 1)))
    assert f.cost.shape == (1, 2)
    assert (f.benefit / care.altruism).tolist() == [[-900.0, -15.0]]


def test_costs_of_some_weeks_are_all_care_whoever_pays(care):
    care.people, care.people_65, care.people_working = np.array([1000.0, 0]), np.array([200.0, 0]), np.array([600.0, 0])
    weeks = dict(zip((f"{kind}_weeks" for kind in KINDS), ([40.0, 1.0], [10.0, 1], [4.0, 1], [2.0, 1]), strict=True))
    did = {name: np.array(number) for name, number in weeks.items()} | {"care_starts": np.array([99.0, 99.0])}
    quarter = (50 * 200 + 20 * 600 + 5 * 1000 + 25 * 200) / 4
    care_itself = 150 * 40 + 600 * 10 + 800 * 4 + 900 * 2
    assert care.costs(did, 13) == pytest.approx([care_itself + quarter, 150 + 600 + 800 + 900])


def test_what_readers_see_of_social_care():
    states = {state.name: (state.unit, state.scale, state.mean, state.compared) for state in SocialCare.STATES}
    assert states == {
        "waiting": ("people", 1.0, False, False), "income": ("£m", 1e-6, False, False),
        "cost": ("£m", 1e-6, False, False),
    }  # fmt: skip
    assert not any(decision.on_paper for decision in SocialCare.DECISIONS)
