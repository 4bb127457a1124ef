"""What the manual says of changes is what the examples and the code are."""

import re
from pathlib import Path

import pytest
from fundingflows.model.contracts.terms import terms
from fundingflows.scenarios import fundings
from fundingflows.scenarios.changes import ChangeFile, PoolFile

DOCS = Path(__file__).parents[2] / "docs"
MANUAL = (DOCS / "funding-files.md").read_text(encoding="utf-8")


def test_every_example_is_listed_and_every_listed_one_is_there():
    assert set(re.findall(r"\]\(examples/(\w+)\.toml\)", MANUAL)) == {
        f.stem for f in (DOCS / "examples").glob("*.toml")
    }


def test_the_example_in_full_is_the_file():
    assert (DOCS / "examples" / "fee_for_some.toml").read_text(encoding="utf-8") in MANUAL


@pytest.mark.parametrize("name", [*ChangeFile.model_fields, *PoolFile.model_fields, *terms(), *fundings()])
def test_every_key_term_and_file_is_in_the_manual(name):
    assert f"`{name}`" in MANUAL
