"""What happened before must happen again: events of a frozen run, counted. A fixture, not the truth.

When a change is meant to move numbers, run ``python tests/golden/test_tallies.py`` and say so in CHANGELOG.md.
"""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from fundingflows.agents.patients.events import EVENTS
from fundingflows.scenarios import FundingFlows

FILE = Path(__file__).with_name("anytown.json")


def tallies():
    """Totals of two years by event, and a digest of every weekly count by practice and hospital."""
    model = FundingFlows("anytown", "status_quo", rng=7, freeze_behaviour=True).run(2)
    weekly = np.array(model.record.practice)
    h = sha256(weekly.tobytes() + np.array(model.record.hospital).tobytes()).hexdigest()
    return {"events": dict(zip(EVENTS, weekly.sum(axis=(0, 1)).tolist(), strict=True)), "digest": h}


def test_events_of_a_frozen_run_are_those_recorded():
    recorded, now = json.loads(FILE.read_text()), tallies()
    assert now["events"] == recorded["events"]
    assert now["digest"] == recorded["digest"]


if __name__ == "__main__":
    FILE.write_text(json.dumps(tallies(), indent=1) + "\n")
