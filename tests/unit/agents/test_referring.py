"""What practices treat themselves and what they refer: substitutes, not multiples of consultations."""

from __future__ import annotations

from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.referring import Referring, own_work
from fundingflows.scenarios import FundingFlows


def own(**columns):
    gp = Some(
        referral_substitution=1.1, referral_wait_elasticity=-0.1, treatable_share=0.15, treatment_contacts=2.0,
        found_referral=0.0,
    )  # fmt: skip
    seen = {"gp_consultations": 800.0, "other_consultations": 200.0, "gp_referrals": 50.0}
    facts = {
        "p": Some(general_practice=gp), "usual_work": np.array([0.8]), "own_work": lambda: np.array([0.8]), "wait": 1.0,
        "referral_style": np.ones(1), "before": {name: np.array([n]) for name, n in seen.items()},
        "lever": lambda name: np.ones(1), "found": Referring.found,
    }  # fmt: skip
    practice = Some(**facts | columns)
    for name in ("passed_on", "willing", "referral_need", "propensity", "time_treating"):
        setattr(practice, name, getattr(Referring, name).__get__(practice))
    return practice


def test_at_rest_nothing_is_passed_on_or_kept():
    assert own().propensity().item() == 1.0
    assert own().time_treating().item() == 0.0


def test_needs_are_passed_on_as_own_work_falls_and_no_further_than_all_of_it():
    assert own().passed_on(np.array([0.72])).item() == pytest.approx(1.11)
    assert own().passed_on(np.array([0.88])).item() == pytest.approx(0.89)
    assert own().passed_on(np.array([0.0])).item() == pytest.approx(2.1)
    assert own(own_work=lambda: np.array([0.72])).propensity().item() == pytest.approx(1.11)


def test_own_work_is_of_first_requests():
    lately = {"gp_consultations": np.array([700.0, 0.0]), "other_consultations": np.array([200.0, 0.0]),
              "first_requests": np.array([1000.0, 0.0])}  # fmt: skip
    assert own_work(lately) == pytest.approx([0.9, 1.0])


def test_treating_what_is_not_referred_takes_time_as_far_as_it_can_be_treated():
    # 50 needs at 1,000 consultations, two consultations each
    times = own().time_treating(np.array([[0.9], [0.5], [1.2]]))
    assert times.ravel() == pytest.approx([0.1 * 0.1, 0.15 * 0.1, -0.2 * 0.1])
    assert own(wait=0.5).time_treating(np.array([0.9])).item() == pytest.approx(0.1 * (1 - 0.9 * 0.5**-0.1))


def year(**levers):
    """Counts of the second year of Anytown without money, with practices' behaviour held."""
    model = FundingFlows("anytown", None, rng=1, threads=1)
    for name, value in levers.items():
        model.practices.levers[:, model.practices.LEVERS.index(name)] = value
    model.run(2)
    counts = model.record.years[1]["groups"].sum(axis=0)
    return dict(zip(EVENTS, counts.tolist(), strict=True))


@pytest.fixture(scope="module")
def usual():
    return year()


def test_practices_that_refer_less_treat_more_themselves(usual):
    less = year(referral=0.9)
    assert less["gp_referrals"] / usual["gp_referrals"] == pytest.approx(0.91, abs=0.03)
    # not quite a tenth of needs, and of these only those that a clinic would have met
    assert 0.04 < less["needs_treated"] / usual["gp_referrals"] < 0.11
    assert usual["needs_treated"] < 0.01 * usual["gp_referrals"]
    assert less["gp_consultations"] > usual["gp_consultations"]


def test_what_practices_do_less_of_themselves_they_refer_a_little_more(usual):
    fewer = year(appointments=0.9)
    assert fewer["gp_consultations"] < 0.95 * usual["gp_consultations"]
    # Ontario: referrals +5 to +7 % beside services of −10 to −15 % (docs/validation.md, C9)
    assert 1.0 < fewer["gp_referrals"] / usual["gp_referrals"] < 1.08
