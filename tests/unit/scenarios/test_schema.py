"""The stored JSON Schema is what the code makes, and every shipped file is valid under it."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from fundingflows.scenarios import FOLDER, schema

ROOT = Path(__file__).parents[3]
FILES = [
    *(FOLDER / "funding").glob("*.toml"),
    *(FOLDER / "baselines").glob("*/status_quo.toml"),
    *(ROOT / "docs" / "examples").glob("*.toml"),
]


def plain(file: Path):
    """A TOML file as JSON has it: dates as text."""
    return json.loads(json.dumps(tomllib.loads(file.read_text(encoding="utf-8")), default=str))


@cache
def validator(name: str):
    made = getattr(schema, name)()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("name", sorted(schema.stored()))
def test_the_stored_schema_is_what_the_code_makes(name):
    again = "run python -m fundingflows.scenarios.schema"
    assert (schema.FOLDER / name).read_text(encoding="utf-8") == schema.stored()[name], again


@pytest.mark.parametrize("file", sorted(FILES), ids=lambda file: file.stem)
def test_every_funding_file_is_valid(file):
    validator("funding").validate(plain(file))


@pytest.mark.parametrize("file", sorted((FOLDER / "places").glob("*.toml")), ids=lambda file: file.stem)
def test_every_place_file_is_valid(file):
    validator("place").validate(plain(file))


@pytest.mark.parametrize(
    "change",
    [
        {"when": "someday", "drop_terms": ["qof"]},
        {"when": "2016-04-01", "who": {"kind": "practise"}},
        {"when": "2016-04-01", "who": {"kind": "practice", "share": 1.5}},
        {"when": "2016-04-01", "unitl": "2017-04-01"},
        {"drop_terms": ["qof"]},
        {"when": "2016-04-01", "add_terms": [{"term": "tariff", "prices": {"gp_consultation": 1.0}}]},
        {"when": "2016-04-01", "add_terms": [{"term": "outcome"}]},
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(change):
    file = {"title": "t", "question": "q", "source": "s", "extends": "status_quo", "changes": [change]}
    with pytest.raises(jsonschema.ValidationError):
        validator("funding").validate(file)
