"""Published series beside simulated ones: indices by hand, the shipped data, and one short run."""

import numpy as np
import pytest
from fundingflows.experiments.commands.history import history
from fundingflows.experiments.evidence.history import page, series
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows
from fundingflows.scenarios.path_files import load_paths

WHAT = series.history()


def test_indices_begin_with_the_first_published_year():
    one = series.Series("x", "X", {2010: 5.0, 2011: 6.0}, "million", "V", "invented")
    what = series.History("none", 2009, 3, (one,))
    rows = series.table(what, {"x": np.array([[4.0, 8.0, 12.0], [1.0, 2.0, 2.0]])})
    assert list(rows.year) == ["2009/10", "2010/11", "2011/12"]
    np.testing.assert_allclose(rows.published_index.astype(float), [np.nan, 100.0, 120.0])
    np.testing.assert_allclose(rows.simulated_index, [50.0, 100.0, 125.0])  # 50 and 50; 150 and 100
    np.testing.assert_allclose((rows.low[2], rows.high[2]), (100.0, 150.0))
    text = page.page(what, rows, "Somewhere", "2 seeds", "## Why\n\nBecause.")
    assert "| 2011/12 | 6 | 120.0 | 125 | 100–150 |" in text
    assert text.endswith("Because.\n")


def test_shipped_series_lie_within_the_years_and_have_sources():
    for one in WHAT.series:
        assert one.source
        assert one.grade in {"V", "D", "D*", "R", "A"}
        assert min(one.values) >= WHAT.first
        assert max(one.values) < WHAT.first + WHAT.years


def test_paths_have_growth_for_every_year_between_the_first_and_the_last():
    growth = load_paths(WHAT.paths).growth
    assert {len(g) for g in growth.values()} == {WHAT.years - 1}
    assert load_paths(WHAT.paths).levels("allocations.council")[8] == pytest.approx(
        0.976**8
    )  # a fall of 18 % in 8 years


def test_a_run_gives_every_series_in_every_year():
    found = series.read(FundingFlows("anytown", paths=WHAT.paths).run(2))["series"]
    years = series.json.loads(found)
    assert len(years) == 2
    for one in WHAT.series:
        assert all(year[one.key] > 0 for year in years), one.key
    assert years[0]["emergencies_per_head"] == pytest.approx(105, rel=0.15)  # Somerset's rate, in a small place
    assert years[0]["practice_share"] == pytest.approx(9.2, abs=1.2)  # docs/baseline.md: 8.7 % of what the NHS spends


# directions, written before they were run: ten years of squeeze
@pytest.fixture(scope="module")
def decade():
    years = series.json.loads(series.read(FundingFlows("anytown", paths=WHAT.paths).run(9))["series"])
    return {key: years[8][key] / years[0][key] for key in years[0]}


def test_eight_years_of_less_for_councils_leave_fewer_people_in_their_care(decade):
    assert decade["in_care"] < 0.97


def test_more_and_older_people_with_more_need_of_electives_bring_more_work(decade):
    assert decade["emergencies"] > 1.01
    assert decade["electives"] > 1.05


def test_a_folder_that_holds_something_else_is_refused_before_any_run(tmp_path, monkeypatch):
    monkeypatch.setattr(series, "simulated", lambda *_: pytest.fail("ran"))
    (tmp_path / "letters.txt").write_text("keep me")
    with pytest.raises(InputError, match="holds something other than a run"):
        history("anytown", seeds=1, sample=1.0, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_the_folder_keeps_its_runs_and_says_how_it_was_made(tmp_path, monkeypatch):
    folder, n = tmp_path / "history", WHAT.years

    def simulated(_what, _place, _seeds, _sample, where, _options):
        (where / "runs").mkdir(parents=True)
        (where / "runs" / "one.parquet").write_text("a run")
        return {one.key: np.ones((1, n)) for one in WHAT.series}

    monkeypatch.setattr(series, "simulated", simulated)
    history("anytown", seeds=1, sample=1.0, out=folder)
    assert (folder / "runs" / "one.parquet").read_text() == "a run"
    assert {"history.csv", "history.md", "history.png", "manifest.json"} <= {path.name for path in folder.iterdir()}
