"""The same person has the same luck, whatever the contract, the order and the number of threads."""

from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest
from fundingflows.agents.patients import threads
from fundingflows.agents.patients.draws import Draw, mix
from fundingflows.agents.patients.entry import identities, salts, uniforms
from fundingflows.agents.patients.events import EVENTS
from fundingflows.model.people.population import origin
from fundingflows.scenarios import FundingFlows
from scipy.stats import chi2

OTHERS = ("activity_based", "capitated", "outcome_based")


def digest(**options) -> str:
    return FundingFlows("anytown", "outcome_based", rng=7, **options).run(0.75).digest


@pytest.fixture(scope="module")
def usual() -> str:
    return digest()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one core")
def test_threads_do_not_matter(usual):
    assert digest(threads=1) == digest(threads=2) == usual


def test_partitions_do_not_matter(monkeypatch):
    def somerset() -> str:
        return FundingFlows("somerset", "outcome_based", rng=7).run(0.5).digest

    usual = somerset()
    for at_least, people in ((3, threads.PARTITION), (threads.PARTITIONS, 9_000)):
        monkeypatch.setattr(threads, "PARTITIONS", at_least)
        monkeypatch.setattr(threads, "PARTITION", people)
        assert somerset() == usual


def test_what_ran_before_does_not_matter(usual):
    FundingFlows("anytown", "activity_based", rng=3).run(1.25)
    assert digest() == usual


def test_two_runs_taking_turns_do_not_disturb_each_other(usual):
    one = FundingFlows("anytown", "outcome_based", rng=7)
    two = FundingFlows("anytown", "capitated", rng=3)
    for _ in range(39):
        two.step()
        one.step()
    assert one.digest == usual


def test_a_process_of_its_own_does_not_matter(usual):
    code = (
        "from fundingflows.scenarios import FundingFlows as F;"
        "print(F('anytown', 'outcome_based', rng=7, threads=1).run(0.75).digest)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == usual


def test_seeds_and_funding_files_do_matter(usual):
    other_seed = FundingFlows("anytown", "outcome_based", rng=8).run(0.75).digest
    other_funding = FundingFlows("anytown", "capitated", rng=7).run(0.75).digest
    assert len({usual, other_seed, other_funding}) == 3


@pytest.mark.parametrize("funding", OTHERS)
def test_for_thirteen_weeks_every_practice_and_hospital_has_the_same_events(runs, funding):
    ours, usual = runs[funding].model.record, runs["status_quo"].model.record
    assert np.array_equal(ours.practice[:13], usual.practice[:13])
    assert np.array_equal(ours.hospital[:13], usual.hospital[:13])
    assert np.sum(usual.practice[:13]) > 10_000
    assert not np.array_equal(ours.practice[13:], usual.practice[13:])


@pytest.mark.parametrize("funding", OTHERS)
def test_before_a_lever_has_moved_every_person_is_the_same(runs, funding):
    assert np.array_equal(runs[funding].keys, runs["status_quo"].keys)
    assert np.array_equal(runs[funding].states, runs["status_quo"].states)


def test_a_lever_changes_its_own_events_and_nobody_elses_luck():
    events = {}
    for admission in (0.8, 1.0, 1.3):
        model = FundingFlows("anytown", None, rng=5)
        model.hospitals.levers[:, model.hospitals.LEVERS.index("admission")] = admission
        model.step()
        events[admission] = dict(zip(EVENTS, model.record.practice[0].T, strict=True))
    low, usual, high = events.values()
    for name in (
        "first_requests",
        "emergency_overnight",
        "deaths",
        "births",
        "condition_onsets",
        "leavers",
        "other_referrals",
    ):
        assert np.array_equal(low[name], usual[name]), name
        assert np.array_equal(high[name], usual[name]), name
    assert (low["emergency_zero_day"] <= usual["emergency_zero_day"]).all()
    assert (usual["emergency_zero_day"] <= high["emergency_zero_day"]).all()
    assert low["emergency_zero_day"].sum() < high["emergency_zero_day"].sum()


# the draws themselves ------------------------------------------------------------------------------

KEYS = identities(origin("test"), 0, 200_000)


def chi_square(counts: np.ndarray) -> float:
    """The chance of counts as uneven as these when all cells are equally likely."""
    expected = counts.sum() / counts.size
    return float(chi2.sf(((counts - expected) ** 2).sum() / expected, counts.size - 1))


@pytest.mark.parametrize("decision", [Draw.FILTER, Draw.REQUEST, Draw.STAY])
@pytest.mark.parametrize("week", [0, 1, 259])
def test_draws_are_uniform(decision, week):
    u = uniforms(KEYS, salts(1, week)[decision])
    assert 0.0 <= u.min() <= u.max() < 1.0
    assert chi_square(np.histogram(u, 200, (0, 1))[0]) > 1e-4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, 5, Draw.FILTER), (1, 6, Draw.FILTER)),
        ((1, 5, Draw.FILTER), (2, 5, Draw.FILTER)),
        ((1, 5, Draw.EMERGENCY_TYPE), (1, 5, Draw.STAY)),
    ],
)
def test_weeks_seeds_and_decisions_are_independent(one, other):
    u, v = (uniforms(KEYS, salts(seed, week)[decision]) for seed, week, decision in (one, other))
    assert chi_square(np.histogram2d(u, v, 20, ((0, 1), (0, 1)))[0].ravel()) > 1e-4


def test_the_two_halves_of_the_filter_draw_are_independent():
    salt = salts(1, 5)[Draw.FILTER]
    with np.errstate(over="ignore"):
        draws = mix.py_func(KEYS ^ salt)
    assert np.array_equal((draws >> np.uint64(11)) * 2.0**-53, uniforms(KEYS, salt))
    high, low = draws >> np.uint64(32), draws & np.uint64(0xFFFFFFFF)
    counts = np.histogram2d(high, low, 20, ((0, 2.0**32), (0, 2.0**32)))[0]
    assert chi_square(counts.ravel()) > 1e-4


def test_salts_and_identities_never_repeat():
    all_salts = np.concatenate([salts(seed, week) for seed in range(20) for week in range(-260, 260)])
    assert np.unique(all_salts).size == all_salts.size
    assert np.unique(KEYS).size == KEYS.size
    assert np.array_equal(identities(origin("test"), 100, 50), KEYS[100:150])
