"""A practice that sends more people to hospital than can be is named, with the behaviour furthest from the usual."""

import numpy as np
import pytest
from fundingflows.agents.patients.cohort import OutboxFullError
from fundingflows.scenarios import FundingFlows


def test_the_practice_and_its_behaviour_are_named(monkeypatch):
    model = FundingFlows("anytown", "status_quo", rng=1)
    levers = model.practices.levers
    levers[2, model.practices.LEVERS.index("referral")] = 9.0

    def full():
        raise OutboxFullError(2, 7, 400, 90)

    monkeypatch.setattr(model.patients, "general_practice", full)
    with pytest.raises(RuntimeError) as told:
        model.step()
    label = next(d.label for d in model.practices.DECISIONS if d.name == "referral")
    assert model.practices.names[2] in str(told.value)
    assert f"its {label} is at 9.00 of the usual" in str(told.value)


def test_the_fullest_outbox_is_reported(monkeypatch):
    model = FundingFlows("anytown", "status_quo", rng=1)
    model.patients.tally.counts[:] = 0
    model.patients._check_outbox()
    from fundingflows.agents.patients.tally import N_REFERRED

    model.patients.tally.counts[1, N_REFERRED] = np.iinfo(np.int32).max
    with pytest.raises(OutboxFullError) as told:
        model.patients._check_outbox()
    assert told.value.practice == 1
