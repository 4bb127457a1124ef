"""``fundingflows place make``: what the tutorial shows works as written, on an invented file."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pytest
from fundingflows.experiments.cli import app
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_place
from typer.testing import CliRunner

ROOT = Path(__file__).parents[4]
sys.path.append(str(ROOT / "tests" / "unit" / "scenarios" / "published"))
from invented import PEOPLE, workforce, write  # noqa: E402

COMMANDS = re.findall(
    r"^ *fundingflows (.*)$", (ROOT / "docs" / "own-place.md").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the tutorial's file: an invented one in its layout."""
    monkeypatch.chdir(tmp_path)
    name = "1 General Practice – July 2026 Practice Level - Detailed.csv"
    write(tmp_path / name, workforce(board=("QSL", "NHS Somerset ICB")))
    with zipfile.ZipFile("GPWPracticeCSV.072026.zip", "w") as archive:
        archive.write(name)
    return tmp_path


def run(*words):
    return CliRunner().invoke(app, words, catch_exceptions=True)


def test_the_tutorial(here):
    first, second = COMMANDS
    done = run(*first.split())
    assert done.exit_code == 0, done.output
    assert second in done.output  # the command says what comes next, as the tutorial does
    assert load_place(second.split()[-1]).registered == 6 * PEOPLE
    assert "rates and prices of the baseline 2015_16" in done.output


@pytest.mark.long
def test_the_tutorial_to_its_end(here):
    """Both commands word for word: from one published file to the comparison of ways of paying in an own place."""
    for command in COMMANDS:
        done = run(*command.split())
        assert done.exit_code == 0, done.output
    assert "Means over 5 years and 5 seeds" in done.output
    assert (here / "results" / "compare-my_somerset" / "comparison.png").exists()


def test_the_page_says_the_year_and_needs_nothing_else(here):
    run(*COMMANDS[0].split())
    page = (here / "my_place" / "data.html").read_text(encoding="utf-8")
    assert "<code>2015_16</code>" in page
    assert "these positions are invented" in page
    assert not re.search(r"(src|href)=|@import|url\(", page)
    assert page.count("<circle") == 6
    assert page.count("<rect") == 1


def test_names_in_files_are_text_on_the_page(here):
    write(here / "odd.csv", workforce(PRAC_NAME={0: "<script>alert(1)</script>"}))
    assert run("place", "make", "odd.csv", "--out", "odd").exit_code == 0
    assert "<script>" not in (here / "odd" / "data.html").read_text(encoding="utf-8")


def test_the_manifest_says_from_what(here):
    run(*COMMANDS[0].split())
    facts = json.loads((here / "my_place" / "manifest.json").read_text(encoding="utf-8"))
    assert facts["made_by"] == "place make"
    assert list(facts["recipe"]["files"]) == [str(here / "GPWPracticeCSV.072026.zip")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv",), "none.csv: cannot be read: no such file"),
        (("GPWPracticeCSV.072026.zip", "--icb", "Dorset"), "--icb: unknown icb 'Dorset'"),
        (("GPWPracticeCSV.072026.zip", "--baseline", "2015-16"), "unknown baseline '2015-16'; did you mean '2015_16'?"),
        (("GPWPracticeCSV.072026.zip", "--smallest", "0"), "--smallest: expected a whole number from 1"),
    ],
)
def test_refusals_leave_nothing_behind(here, words, said):
    done = run("place", "make", *words, "--out", "refused")
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert not (here / "refused").exists()


def test_a_place_is_verified_from_anywhere_and_every_change_is_found(here, tmp_path, monkeypatch):
    codes = here / "codes.txt"
    codes.write_text("X98001 X98002 X98003 X98004")
    assert run("place", "make", "GPWPracticeCSV.072026.zip", "--practices", codes.name, "--out", "p").exit_code == 0
    (here / "away").mkdir()
    monkeypatch.chdir(here / "away")
    done = run("verify", "../p")
    assert (done.exit_code, done.output.count(": the same\n")) == (0, 2)
    table = next((here / "p").glob("*_practices.csv"))
    whole = table.read_bytes()
    table.write_bytes(whole.replace(b"X98001", b"X98009", 1))
    assert f"{table.name}: differs" in run("verify", "../p").output
    table.unlink()
    assert run("verify", "../p").exit_code == 1
    table.write_bytes(whole)
    (here / "GPWPracticeCSV.072026.zip").write_bytes(b"PK")
    refused = run("verify", "../p")
    assert isinstance(refused.exception, InputError)
    assert "GPWPracticeCSV.072026.zip is not there or has changed since" in str(refused.exception)
