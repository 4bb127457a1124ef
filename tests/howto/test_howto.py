"""The pages of docs/how-to and the tutorial work when they are followed word for word."""

from __future__ import annotations

import shutil

import pytest
from follow import ROOT, blocks, checkout, follow, here, shell

QUICK = ("tutorial.md", "how-to/cluster.md", "how-to/natural-experiment.md")
OTHER_PLACES = ("how-to/place.md", "how-to/baseline.md")
OTHER_SOURCES = ("how-to/payment-term.md", "how-to/measure.md", "how-to/behaviour.md")


def test_every_page_is_followed_and_has_steps():
    pages = {f"how-to/{page.name}" for page in (ROOT / "docs" / "how-to").glob("*.md")} - {"how-to/index.md"}
    assert pages | {"tutorial.md"} == {*QUICK, *OTHER_PLACES, *OTHER_SOURCES}
    assert all(any(block.kind == "sh" for block in blocks(page)) for page in pages)


@pytest.mark.parametrize("page", QUICK)
def test_the_page_works(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    follow(page, tmp_path, here)


@pytest.mark.parametrize("page", OTHER_SOURCES)
def test_lines_that_a_page_changes_are_in_the_code(page, tmp_path):
    """Without its commands, which run with the long tests."""
    follow(page, checkout(tmp_path), lambda commands, folder: "", check=False)


@pytest.mark.long  # the steady state of another place takes half a minute
@pytest.mark.parametrize("page", OTHER_PLACES)
def test_the_page_works_with_a_place_of_its_own(page, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    follow(page, tmp_path, here)


@pytest.mark.long  # and so does that of other sources
@pytest.mark.parametrize("page", OTHER_SOURCES)
def test_the_page_works_with_other_sources(page, tmp_path):
    follow(page, checkout(tmp_path), shell)
