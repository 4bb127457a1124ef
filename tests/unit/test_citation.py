"""Version, licence and words about the project agree wherever they are written."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
CODEMETA = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))


def test_the_version_is_that_of_the_package_and_of_the_last_release_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", changelog, re.MULTILINE)[:2] == ["Unreleased", PROJECT["version"]]
    assert f"\nversion: {PROJECT['version']}\n" in CITATION
    assert CODEMETA["version"] == PROJECT["version"]


def test_the_results_that_are_stored_are_of_the_last_release():
    from fundingflows.experiments.evidence.behaviour import release

    assert release.read(release.shipped()).version == PROJECT["version"]


def test_name_licence_and_description_agree():
    assert f"license: {PROJECT['license']}\n" in CITATION
    assert CODEMETA["license"].endswith(PROJECT["license"])
    assert (CODEMETA["name"], CODEMETA["description"]) == (PROJECT["name"], PROJECT["description"])
    assert CODEMETA["keywords"] == PROJECT["keywords"]


@pytest.mark.parametrize("key", ["cff-version", "message", "title", "authors"])
def test_the_citation_has_what_its_format_requires(key):
    assert re.search(rf"^{key}:", CITATION, re.MULTILINE)


def test_the_date_of_the_release_is_one():
    assert re.search(rf'^date-released: "{CODEMETA["datePublished"]}"$', CITATION, re.MULTILINE)
