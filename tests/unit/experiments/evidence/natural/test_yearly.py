"""Figures of a natural experiment's run, against the run's own table of organisations."""

import numpy as np
import pytest
from fundingflows.experiments.evidence.natural.yearly import figures
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.model import record

ARMS = {
    "practice": np.array(["control", "treated", "", "treated", "control", "treated"]),
    "hospital": np.array([""]),
    "social_care": np.array([""]),
    "community": np.array([""]),
}


@pytest.fixture(scope="module")
def model():
    return spec_of("anytown", "family_care_networks").model().run(2)


def test_figures_are_sums_over_the_organisations_of_an_arm(model, monkeypatch):
    monkeypatch.setattr(model.timetable.provisions, "arms", lambda kind: ARMS[kind])
    found, table = figures(model), record.organisations(model)
    for arm, number in (("control", 2), ("treated", 3)):
        rows = table[(table["year"] == 2) & (table["kind"] == "practice") & (table["arm"] == arm)]
        assert found[f"2/{arm}/practice#"] == len(rows) == number
        assert found[f"2/{arm}/practice.income"] == pytest.approx(rows["income"].sum(), rel=1e-12)
        assert found[f"2/{arm}/practice.lever_proactive"] == pytest.approx(rows["lever_proactive"].sum(), rel=1e-12)


def test_star_means_every_organisation(model):
    found, table = figures(model), record.organisations(model)
    rows = table[(table["year"] == 1) & (table["kind"] == "hospital")]
    assert found["1/*/hospital#"] == len(model.hospitals)
    assert found["1/*/hospital.emergency_overnight"] == pytest.approx(rows["emergency_overnight"].sum(), rel=1e-12)
