"""Figures of a natural experiment's run, against the run's own table of organisations."""

from pathlib import Path

import numpy as np
import pytest
from fundingflows.experiments.evidence.natural.yearly import figures, row, unpacked
from fundingflows.experiments.results.year import Year
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.model import record

EXAMPLE = Path(__file__).parents[5] / "docs" / "examples" / "fee_for_some.toml"
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


def test_halves_add_up_to_the_year_and_levers_are_those_of_its_end(model):
    found = figures(model)
    for kind, event in (("practice", "gp_consultations"), ("practice", "day_cases"), ("hospital", "inpatients")):
        halves = found[f"2.1/*/{kind}.{event}"], found[f"2.2/*/{kind}.{event}"]
        assert min(halves) > 0.0
        assert sum(halves) == pytest.approx(found[f"2/*/{kind}.{event}"], rel=1e-9)
    for lever in ("appointments", "proactive"):
        assert found[f"2.2/*/practice.lever_{lever}"] == found[f"2/*/practice.lever_{lever}"]
        assert found[f"1.2/*/practice.lever_{lever}"] == found[f"1/*/practice.lever_{lever}"]


def test_payments_are_those_of_the_ledger_by_group_of_accounts(model):
    found, year = figures(model), Year(model, 1, 2)
    for payer, kind, names in (
        ("nhs_england", "practice", model.practices.names),
        ("commissioner", "hospital", model.hospitals.names),
        ("council", "social_care", model.social_care.names),
    ):
        paid = found.get(f"2/paid.{payer}.{kind}", 0.0)
        assert paid == pytest.approx(year.paid(payer, names), rel=1e-9)
        assert paid == pytest.approx(sum(found.get(f"2.{half}/paid.{payer}.{kind}", 0.0) for half in (1, 2)))
    assert any(name.startswith("2/paid.council.") for name in found)


def test_people_by_age_are_those_of_the_place_and_of_all_its_arms():
    marked = spec_of("anytown", str(EXAMPLE)).model().run(1)
    found, year = figures(marked), Year(marked)
    assert sum(found["1/*/people.deaths"]) == year.event("deaths")
    assert found["1/*/people.number"][5:] == [year.number(slice(k, k + 1)) for k in (5, 6)]
    assert sum(found["1/*/people.qalys"]) == pytest.approx(year.qalys.sum())
    for name in ("number", "with_conditions", "deaths", "gp_consultations"):
        parts = [found[f"1/{arm}/people.{name}"] for arm in ("treated", "control")]
        assert min(map(sum, parts)) > 0
        assert np.sum(parts, axis=0).tolist() == found[f"1/*/people.{name}"]


def test_a_row_is_packed_as_one_text_and_read_back(model):
    kept = row(model)
    assert list(kept) == ["figures"]
    assert unpacked(kept)["2/*/people.deaths"] == figures(model)["2/*/people.deaths"]
