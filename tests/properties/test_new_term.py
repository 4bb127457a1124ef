"""A new way of paying is one new file, used from TOML without touching another."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
from fundingflows.model.contracts import terms
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows, load_funding, schema

MODULE = '''
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np

from fundingflows.model.contracts.fields import Help, Prices, Share


@dataclass(frozen=True)
class Pot:
    """Divides a fixed pot by the work that each has done, less a part kept back."""

    term: ClassVar[str] = "pot_over_visits"
    values: Prices = field(default_factory=dict)
    name: str = "pot"
    payer: str = "commissioner"
    pounds: float = 0.0
    kept: Annotated[Share, Help("share of the pot kept back")] = 0.0

    def problem(self, kind):
        """What is wrong with the term as written."""
        return "" if self.values else "values: expected a value for at least one activity"

    def due(self, activity):
        done = sum(value * np.asarray(activity[name]) for name, value in self.values.items())
        pot = self.pounds * (1.0 - self.kept) * activity["elapsed"]
        return pot * done / np.maximum(done.sum(axis=0), 1e-9)
'''

FILE = """
title = "Pot"
question = "What if a pot were divided by visits?"
source = "invented"
extends = "status_quo"

[[contracts.practice]]
term = "pot_over_visits"
pounds = 2600000.0
kept = 0.5
values = { gp_consultations = 1.0 }
"""


@pytest.fixture
def new_term(tmp_path, monkeypatch):
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "pot_for_the_test.py").write_text(MODULE)
    (tmp_path / "pot.toml").write_text(FILE)
    monkeypatch.setattr(terms, "__path__", [*terms.__path__, str(tmp_path / "terms")])
    importlib.invalidate_caches()
    yield tmp_path / "pot.toml"
    sys.modules.pop("fundingflows.model.contracts.terms.pot_for_the_test", None)
    vars(terms).pop("pot_for_the_test", None)


def test_a_new_file_adds_a_term_that_toml_can_use(new_term):
    model = FundingFlows("anytown", load_funding(new_term), rng=1)
    for _ in range(16):
        model.step()
    flows = model.ledger.flows(purpose="pot")
    assert set(flows.payee) == set(model.practices.names)
    assert flows.pence.sum() == pytest.approx(2_600_000_00 * 0.5 * 16 / 52, abs=50)
    assert model.ledger.total() == 0
    assert model.practices.target[:, 0].min() != 1.0  # it pays for visits, so plans change


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        ("pounds =", "punds =", "unknown key 'punds'; did you mean 'pounds'"),
        ("kept = 0.5", "kept = 1.5", "kept: expected a share of at most 1, got 1.5"),
        ("kept = 0.5", "kept = -0.5", "kept: expected a number of at least 0"),
        ("kept = 0.5", 'kept = "0.5"', "kept: expected a finite number, got '0.5'"),
        ("pounds = 2600000.0", "pounds = -1.0", "pounds: expected a number of at least 0"),
        ("gp_consultations", "gp_consultation", "values: unknown activity 'gp_consultation'; did you mean"),
        ("gp_consultations = 1.0", "gp_consultations = -1.0", "values.gp_consultations: expected a price of at least"),
        ("gp_consultations = 1.0", "", "values: expected a value for at least one activity"),
    ],
)
def test_its_fields_are_checked_by_their_types(new_term, written, wrong, said):
    new_term.write_text(FILE.replace(written, wrong))
    with pytest.raises(InputError, match=said):
        load_funding(new_term)


def test_the_schema_describes_it(new_term):
    terms_of_practices = schema.funding()["$defs"]["practice_terms"]["items"]["oneOf"]
    made = next(t for t in terms_of_practices if t["properties"]["term"]["const"] == "pot_over_visits")
    assert made["description"] == "Divides a fixed pot by the work that each has done, less a part kept back."
    kept = made["properties"]["kept"]
    assert kept == {"type": "number", "minimum": 0, "maximum": 1, "description": "share of the pot kept back"}
    values = made["properties"]["values"]
    assert values["additionalProperties"] == {"type": "number", "minimum": 0}
    assert "gp_consultations" in values["propertyNames"]["enum"]


def test_the_app_builds_it(new_term):
    draft = pytest.importorskip("fundingflows.experiments.app.work.draft")
    assert "pot_over_visits" in draft.terms_for("practice")
    controls = {control.key: control for control in draft.fields("practice", "pot_over_visits")}
    assert (controls["values"].shape, controls["values"].unit) == ("prices", "£")
    assert (controls["kept"].shape, controls["kept"].help) == ("number", "share of the pot kept back")
    raw = draft.changed(draft.fresh(), ("contracts", "practice"), [])
    made = draft.with_term(raw, ("contracts", "practice"), "practice", "pot_over_visits")
    assert made["contracts"]["practice"][0]["values"]
    assert draft.check(made)[1] == ""


def test_without_its_file_the_term_is_unknown(tmp_path):
    (tmp_path / "pot.toml").write_text(FILE)
    with pytest.raises(InputError, match="unknown term 'pot_over_visits'"):
        load_funding(tmp_path / "pot.toml")


def test_the_manuals_term_works(tmp_path, monkeypatch):
    manual = (Path(__file__).parents[2] / "docs" / "how-to" / "payment-term.md").read_text(encoding="utf-8")
    example = manual.split('avoided.py"\n')[1].split("```")[0]
    (tmp_path / "manual_term_for_the_test.py").write_text(example)
    monkeypatch.setattr(terms, "__path__", [*terms.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    try:
        term = terms.terms()["avoided"](prices={"visits": 10.0}, paid=0.5)
        due = term.due({"visits": np.array([30.0, 60.0]), "visits.before": np.array([100.0, 100.0]), "elapsed": 0.5})
        assert due.tolist() == [0.5 * 10.0 * 20.0, 0.0]
    finally:
        sys.modules.pop("fundingflows.model.contracts.terms.manual_term_for_the_test", None)
        vars(terms).pop("manual_term_for_the_test", None)
