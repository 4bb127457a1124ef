"""A new way of paying is one new file, used from TOML without touching another."""

from __future__ import annotations

import importlib
import sys

import pytest
from fundingflows.model.contracts import terms
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows
from fundingflows.scenarios.loader import load_funding

MODULE = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np


@dataclass(frozen=True)
class Pot:
    """A fixed pot, divided by what each has done."""

    term: ClassVar[str] = "pot_over_visits"
    name: str = "pot"
    payer: str = "commissioner"
    pounds: float = 0.0

    def due(self, activity):
        done = np.asarray(activity["gp_consultations"])
        return self.pounds * activity["elapsed"] * done / np.maximum(done.sum(axis=0), 1e-9)
'''

FILE = """
title = "Pot"
question = "What if a pot were divided by visits?"
source = "invented"
extends = "status_quo"

[[contracts.practice]]
term = "pot_over_visits"
pounds = 2600000.0
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
    assert flows.pence.sum() == pytest.approx(2_600_000_00 * 16 / 52, abs=50)
    assert model.ledger.total() == 0
    assert model.practices.target[:, 0].min() != 1.0  # it pays for visits, so plans change


def test_its_keys_are_checked_like_any_other(new_term):
    new_term.write_text(FILE.replace("pounds", "punds"))
    with pytest.raises(InputError, match="unknown key 'punds'; did you mean 'pounds'"):
        load_funding(new_term)


def test_without_its_file_the_term_is_unknown(tmp_path):
    (tmp_path / "pot.toml").write_text(FILE)
    with pytest.raises(InputError, match="unknown term 'pot_over_visits'"):
        load_funding(tmp_path / "pot.toml")
