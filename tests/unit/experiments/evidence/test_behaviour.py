"""What moved since a release: noise, what tables can show, and the reasons in the changelog."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fundingflows.experiments.cli import app
from fundingflows.experiments.evidence.behaviour import changelog, moves, page, release
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.runs.comparison import alone
from fundingflows.model.errors import InputError
from fundingflows.scenarios import fundings
from typer.testing import CliRunner

SWING = np.array([0.3, -0.1, 0.2, -0.3, 0.1, -0.2, 0.25, -0.25])  # of seeds, mean nothing


def said(failed: np.ndarray, other: np.ndarray, version: str = "1.0") -> release.Release:
    """A release of two ways of paying and one measure, eight seeds."""
    values = {"status_quo": {"failed": failed.tolist()}, "capitated": {"failed": other.tolist()}}
    return release.Release(version, "anytown", 5, 8, values)


BEFORE = said(12.0 + SWING, 10.0 + SWING)


def test_the_same_results_are_no_move():
    assert moves.moves(BEFORE, BEFORE) == []


def test_a_change_of_every_file_alike_is_one_move_of_the_level():
    found = moves.moves(BEFORE, said(13.0 + SWING, 11.0 + SWING))
    assert [(move.funding, round(move.change, 6), move.noise) for move in found] == [("status_quo", 1.0, 0.0)]


def test_another_files_difference_moves_alone():
    (move,) = moves.moves(BEFORE, said(12.0 + SWING, 11.0 + SWING))
    assert (move.funding, round(move.before, 6), round(move.now, 6)) == ("capitated", -2.0, -1.0)


def test_noise_is_that_of_paired_changes_over_all_that_is_compared():
    """Two comparisons, seven degrees of freedom: t at 1 − 0.05 / 4 is 2.841 (tables); s.e. = sd / √8."""
    other = 10.0 + SWING + 3.0 * SWING[::-1]
    error = np.std(3.0 * SWING[::-1], ddof=1) / np.sqrt(8.0)
    for times, moved in ((0.99, 0), (1.01, 1)):
        found = moves.moves(BEFORE, said(12.0 + SWING, other + times * 2.841 * error))
        assert len(found) == moved


def test_what_tables_cannot_show_is_no_move():
    digits = next(measure.digits for measure in MEASURES if measure.key == "failed")
    just = 0.5 * 10.0**-digits
    assert not moves.moves(BEFORE, said(12.0 + SWING + 0.99 * just, 10.0 + SWING + 0.99 * just))
    assert moves.moves(BEFORE, said(12.0 + SWING + 1.01 * just, 10.0 + SWING + 1.01 * just))


def test_a_measure_that_is_no_number_any_more_has_moved():
    assert moves.moves(BEFORE, said(np.full(8, np.nan), 10.0 + SWING))


LOG = """# Changelog

## Unreleased

- **numbers** Practices rest on Sundays, so that more requests are not met
  (`failed`).
- Colours of `deaths`.

## 1.0

- **numbers** `qalys` are worked out anew.
"""


def test_only_flagged_entries_that_are_not_released_explain():
    flagged = changelog.entries(LOG)
    assert changelog.explanation("failed", flagged).endswith("requests are not met (`failed`).")
    assert not changelog.explanation("deaths", flagged)  # not flagged
    assert not changelog.explanation("qalys", flagged)  # released
    assert changelog.entries("# Changelog\n") == []


def test_the_page_shows_each_move_with_its_reason():
    now = said(13.0 + SWING, 11.0 + SWING)
    found = moves.moves(BEFORE, now)
    text = page.markdown(BEFORE, found, moves.came_and_went(BEFORE, now), changelog.entries(LOG))
    assert "## Requests not met (`failed`), % of requests" in text
    assert "| `status_quo` | 12.0 | 13.0 | +1.0 | 0.00 |" in text
    assert "> Practices rest on Sundays" in text
    assert "**Not explained.**" in page.markdown(BEFORE, found, ([], []), [])


def test_new_measures_are_named_and_not_compared():
    later = {name: values | {"more": [0.0] * 8} for name, values in BEFORE.values.items()}
    now = BEFORE._replace(values=later)
    assert moves.came_and_went(BEFORE, now) == (["more"], [])
    assert "New measures: `more`." in page.markdown(BEFORE, [], (["more"], []), [])


def test_what_ships_is_of_every_file_and_measure_it_was_made_with():
    kept = release.read(release.shipped())
    assert set(kept.values) <= set(fundings())
    assert moves.usual(kept) == "status_quo"
    assert len({len(values) for measures in kept.values.values() for values in measures.values()} - {kept.seeds}) == 0
    assert release.text(kept) == release.shipped().read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A release of one way of paying, a year and two seeds, with its runs."""
    results = [alone(run) for run in release.planned(files=["status_quo"], years=1, seeds=2)]
    return release.of(results, "1.0", 1)


@pytest.mark.parametrize("raised", [0.0, 5.0])
def test_the_command_ends_badly_when_a_move_has_no_reason(small, raised, tmp_path):
    before = {
        key: [x - raised * (key == "failed") for x in values] for key, values in small.values["status_quo"].items()
    }
    (tmp_path / "old.json").write_text(release.text(small._replace(values={"status_quo": before})))
    (tmp_path / "log.md").write_text(LOG.replace("`failed`", "requests"))
    asked = ["behaviour", "--release", str(tmp_path / "old.json"), "--changelog", str(tmp_path / "log.md"),
             "--processes", "1", "--out", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == (1 if raised else 0), done.output
    assert ("names `failed`" in done.output) == bool(raised)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["made_by"] == "behaviour"


def test_what_is_not_a_release_is_refused(tmp_path):
    (tmp_path / "old.json").write_text("{}")
    with pytest.raises(InputError, match=r"old\.json: expected results"):
        release.read(tmp_path / "old.json")
