"""What happened before must happen again: events, health, money and behaviour of two years. A fixture, not the truth.

When a change is meant to move numbers, run ``python tests/golden/test_tallies.py`` and say so in CHANGELOG.md.
"""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.scenarios import FundingFlows

FILE = Path(__file__).with_name("anytown.json")


def tallies():
    """Two years with behaviour frozen: events in all, by age and by deprivation, QALYs, money; a digest."""
    model = FundingFlows("anytown", "status_quo", rng=7, freeze_behaviour=True).run(2)
    weekly = np.array(model.record.practice)
    h = sha256(weekly.tobytes() + np.array(model.record.hospital).tobytes()).hexdigest()
    groups = sum(year["groups"] for year in model.record.years).reshape(7, 5, -1)
    flows = model.ledger.flows().groupby(["payer", "payee", "purpose"], observed=True).pence.sum()
    return {
        "events": by_name(weekly.sum(axis=(0, 1))),
        "by_age": by_name(groups.sum(axis=1).T),
        "by_fifth": by_name(groups.sum(axis=0).T),
        "qalys": [year["qaly_years"].round(6).tolist() for year in model.record.years],
        "money": {" | ".join(key): int(pence) for key, pence in flows.items()},
        "digest": h,
    }


def by_name(table):
    return {name: row.tolist() for name, row in zip(EVENTS, table, strict=True)}


def behaviour():
    """Every provider's levers after two years of payment by activity."""
    model = FundingFlows("anytown", "activity_based", rng=7).run(2)
    return {cohort.kind: cohort.levers.round(9).tolist() for cohort in model.cohorts}


@pytest.fixture(scope="module")
def now():
    return tallies()


@pytest.mark.parametrize("part", ["events", "by_age", "by_fifth", "money", "digest"])
def test_a_frozen_run_is_the_one_recorded(now, part):
    assert now[part] == json.loads(FILE.read_text())[part]


def test_health_of_a_frozen_run_is_as_recorded(now):
    recorded = json.loads(FILE.read_text())["qalys"]
    np.testing.assert_allclose(now["qalys"], recorded, atol=2e-6)


def test_by_age_and_by_fifth_events_add_up_to_all_of_them(now):
    for name, total in now["events"].items():
        assert sum(now["by_age"][name]) == sum(now["by_fifth"][name]) == total


def test_providers_behave_as_recorded():
    recorded = json.loads(FILE.read_text())["behaviour"]
    for kind, levers in behaviour().items():
        np.testing.assert_allclose(levers, recorded[kind], atol=1e-6)


if __name__ == "__main__":
    FILE.write_text(json.dumps({**tallies(), "behaviour": behaviour()}, indent=1) + "\n")
