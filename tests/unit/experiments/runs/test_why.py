"""Differences taken apart where the answer is known."""

from dataclasses import replace

import pytest
from fundingflows.experiments.runs import why
from fundingflows.experiments.runs.spec import RunSpec
from fundingflows.scenarios import scenario

PLACE, YEAR = "anytown", 52
TODAY = scenario(PLACE, "status_quo", sample=0.1)
PER_HEAD = scenario(PLACE, "capitated", sample=0.1).funding


@pytest.fixture(scope="module")
def hospitals_per_head():
    """Hospitals alone are paid per head."""
    contracts = {**TODAY.funding.contracts, "hospital": PER_HEAD.contracts["hospital"]}
    return replace(TODAY, funding=replace(TODAY.funding, contracts=contracts))


def apart(other, names):
    planned = why.plan([TODAY, other], YEAR, [1], names=names)
    table = why.table(planned, {run.key: run.make() for run in planned.values()})
    return {key: own.set_index("part")["difference"] for key, own in table.groupby("measure")}


def test_with_behaviour_frozen_another_price_is_all_of_the_difference(hospitals_per_head):
    paid = apart(hospitals_per_head, ["capacity"])["hospital_income"]
    assert paid["whole"] != 0.0
    assert paid["prices"] == paid["whole"]
    assert paid["capacity"] == 0.0


def test_a_part_whose_work_is_priced_in_one_way_of_paying_only_has_that_little(hospitals_per_head):
    """GPs who leave for chance of their workload change referrals, which bring money per item and none per head."""
    paid = apart(hospitals_per_head, ["workforce", "capacity"])["hospital_income"]
    assert paid["prices"] + paid["workforce"] == pytest.approx(paid["whole"], abs=1e-9)
    assert abs(paid["workforce"]) < 0.05 * abs(paid["whole"])


def test_another_contract_for_hospitals_is_what_hospitals_do_and_nobody_else(hospitals_per_head):
    found = apart(hospitals_per_head, ["hospitals", "councils"])
    for key in ("emergencies", "electives", "hospital_income"):
        assert found[key]["councils"] == 0.0
        assert found[key]["prices"] + found[key]["hospitals"] == pytest.approx(found[key]["whole"], abs=1e-9)
    assert found["emergencies"]["hospitals"] < 0.0  # short admissions bring nothing more
    assert found["emergencies"]["prices"] == 0.0


def test_a_part_that_is_off_is_frozen_or_held_in_both_ways_of_paying(hospitals_per_head):
    planned = why.plan([TODAY, hospitals_per_head], YEAR, [7])
    assert len(planned) == 32
    off, on = planned[1, frozenset(), 7], planned[0, frozenset(why.parts.parts()), 7]
    assert off.frozen == ("practice", "hospital", "social_care", "community")
    assert {"workload_leaving", "deficit_capacity", "care_delays", "deficit_cuts"} <= set(off.hold)
    assert (on.frozen, on.hold) == (False, ())


def test_a_run_without_a_part_freezes_its_kind_and_holds_its_links_and_others():
    run = RunSpec(TODAY, "status_quo")
    off = why.without(run, ["hospitals", "practices", "payers"], ["waits_referrals"])
    assert off.frozen == ("practice", "hospital")
    assert off.hold == ("council_cash", "deficit_cuts", "loans_interest", "waits_referrals")
    assert why.without(run, []) == run
