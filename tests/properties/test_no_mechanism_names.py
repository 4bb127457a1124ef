"""Agents react to what a contract pays, so their sources name no mechanism."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import fundingflows.agents.plans
import pytest
from fundingflows.model.contracts.terms import terms
from fundingflows.scenarios import fundings

FOLDER = Path(fundingflows.agents.plans.__file__).parent
NAMES = sorted({*terms(), *fundings(), "capitation", "tariff", "block", "gain_share", "floating_point"})
WORD = re.compile(rf"\b({'|'.join(NAMES)})s?\b", re.IGNORECASE)
THINGS = {"outcome", "readmission"}  #: terms whose names are things first: the year's outcomes, a readmission
FILES = sorted(FOLDER.rglob("*.py"))


def test_there_is_something_to_look_for_and_somewhere_to_look():
    assert {"capitation", "tariff", "block", "outcome", "status_quo", "capitated", "outcome_based"} <= set(NAMES)
    assert {"plans.py", "practice.py", "hospital.py", "provider.py", "entry.py"} <= {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_identifier_or_string_is_a_mechanism(file):
    """Whole names and whole strings, as code would compare a contract's name with them."""
    tokens = tokenize.generate_tokens(io.StringIO(file.read_text()).readline)
    code = [t for t in tokens if t.type in (tokenize.NAME, tokenize.STRING)]
    # parameters.outcomes is a group of numbers, not the term
    offenders = [f"{t.start[0]}: {t.string}" for t in code if t.string.strip("\"'").lower() in NAMES]
    assert not offenders


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_text_names_a_mechanism(file):
    offenders = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        for word in WORD.findall(line)
        if word.lower() not in THINGS
    ]
    assert not offenders
