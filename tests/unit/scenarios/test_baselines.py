"""A baseline year is a folder: a second one beside the first, and no year or place named in code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fundingflows.experiments.results import baseline as results
from fundingflows.model.errors import InputError
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.scenarios import (
    FOLDER,
    FundingFlows,
    baselines,
    default_place,
    fundings,
    load_baseline,
    load_funding,
    load_place,
    scenario,
)

ROOT = Path(__file__).parents[3]
FIRST = FOLDER / "baselines" / "2015_16"


def edited(path, *changes):
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{path.name}: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def placed(folder, name="anytown", baseline="./2016_17"):
    """A copy of anytown in a folder, with another baseline."""
    for file in ("anytown.toml", "anytown_practices.csv"):
        shutil.copy(FOLDER / "places" / file, folder / file.replace("anytown", name))
    edited(
        folder / f"{name}.toml",
        ('baseline = "2015_16"', f'baseline = "{baseline}"'),
        ("anytown_practices.csv", f"{name}_practices.csv"),
    )
    return folder / f"{name}.toml"


@pytest.fixture(scope="module")
def second(tmp_path_factory) -> Path:
    """A place whose baseline has a longer waiting list, more A&E visits, dearer electives and another global sum."""
    folder = tmp_path_factory.mktemp("second")
    shutil.copytree(FIRST, folder / "2016_17")
    year = folder / "2016_17"
    edited(year / "baseline.toml", ('title = "2015/16"', 'title = "2016/17"'), ("2015-04-01", "2016-04-01"),
           ('place = "somerset"', 'place = "anytown"'), ("registered = 552_295", "registered = 20_000"))  # fmt: skip
    edited(year / "parameters" / "hospital.toml", ("value = 0.0598394", "value = 0.0640000"))
    edited(year / "status_quo.toml", ("rate = 72.04", "rate = 76.00"))
    edited(year / "figures.toml", ("value = 5.51", "value = 5.60"))
    edited(year / "money.toml", ("commissioner = 684.8", "commissioner = 700.0"))
    return placed(folder)


@pytest.fixture(scope="module")
def pair(second):
    """Both baselines in one process: the first, the second, and the first again."""
    return [FundingFlows(place, "activity_based", rng=3).run(1.0) for place in ("anytown", second, "anytown")]


def test_the_second_leaves_the_first_as_it_was(pair):
    one, other, again = pair
    assert one.digest == again.digest
    assert one.digest != other.digest


def test_a_process_that_runs_the_second_first_gives_the_same_first(pair, second):
    code = (
        "from fundingflows.scenarios import FundingFlows as F\n"
        f"a = F({str(second)!r}, 'activity_based', rng=3).run(1.0)\n"
        "print(a.digest, F('anytown', 'activity_based', rng=3).run(1.0).digest)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [pair[1].digest, pair[0].digest]


def test_each_has_its_own_steady_state(pair):
    one, other, _ = (steady_state(model.place) for model in pair)
    listed = [state["pathways"].size for state in (one, other)]
    assert listed[1] / listed[0] == pytest.approx(0.0640000 / 0.0598394, rel=0.05)  # of so few people, by chance


def test_prices_are_neutral_with_each_ones_own_usual_contract(pair):
    one, other, _ = pair
    rates = [load_funding("usual", model.place.baseline).contracts["practice"].terms[0].rate for model in pair]
    assert rates == [72.04, 76.00, 72.04]
    for model in pair:  # what practices are paid in the expected year, per item and as usual
        due = [
            np.atleast_2d(funding.contracts["practice"].due(model.expected_year["practice"]))
            for funding in (model.funding, model.references["status_quo"])
        ]
        spent = [pounds.mean(axis=0).sum() for pounds in due]
        assert spent[0] == pytest.approx(spent[1], rel=1e-9)
    fees = [sum(t.scale for t in m.funding.contracts["practice"] if hasattr(t, "scale")) for m in (one, other)]
    assert fees[1] > fees[0] * 1.005


def test_usual_names_the_usual_contract_wherever_a_file_is_named(second, tmp_path):
    text = """
title = "t"
question = "q"
source = "s"
extends = "usual"
[[contracts.practice]]
term = "capitation"
payer = "nhs_england"
rate = { neutral_with = "usual" }
"""
    (tmp_path / "mine.toml").write_text(text)
    (tmp_path / "named.toml").write_text(text.replace('"usual"', '"status_quo"'))
    for place in ("anytown", second):
        mine, theirs = (FundingFlows(place, str(tmp_path / name), rng=1) for name in ("mine.toml", "named.toml"))
        assert mine.funding.contracts == theirs.funding.contracts
        usual = load_funding("usual", mine.place.baseline)
        assert mine.funding.contracts["hospital"] == usual.contracts["hospital"]


def test_each_is_compared_with_its_own_published_figures(pair):
    one, other, _ = pair
    published = [results.figures(model.place.baseline)["consultations"].value for model in pair]
    assert published == [5.51, 5.60, 5.51]
    money = [results.published_money(m.place.baseline)["treasury", "commissioner"] for m in (one, other)]
    assert money == [684.8, 700.0]
    usual = FundingFlows(other.place, rng=1).run(2)
    assert results.is_baseline(usual)
    table = results.table([usual]).set_index("figure")
    assert table.loc["GP and nurse consultations", "published"] == 5.60
    births = usual.record.years[0]["groups"].sum(axis=0)  # counts of 20,000 people are scaled to 20,000, not 552,295
    assert table.loc["Births", "model"] < 1.2 * births.max()
    assert table.loc["Births", "model"] == pytest.approx(200.0, rel=0.2)


def test_the_calendar_and_title_are_the_baselines(second):
    place = load_place(second)
    assert str(place.file.starts) == "2016-04-01"
    assert place.baseline.title == "2016/17"


def test_a_file_read_for_one_baseline_is_refused_for_another(second):
    with pytest.raises(InputError, match=r"read for the baseline 2015_16, while anytown has 2016_17"):
        scenario(load_place(second), load_funding("spqs", load_baseline("2015_16")))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("baseline.toml", "usual =", "usul =", "unknown key 'usul'; did you mean 'usual'"),
        ("baseline.toml", "registered = 552_295", "registered = 0", "registered"),
        ("figures.toml", "[deaths]", "[death]", "unknown figure 'death'; did you mean 'deaths'"),
        (
            "parameters/people.toml",
            "[death_rate]\nlabel",
            "[death_rate]\nlable",
            "people.toml: people.death_rate.label",
        ),
    ],
)
def test_what_is_wrong_with_a_baseline_is_said_in_one_sentence(tmp_path, file, old, new, said):
    shutil.copytree(FIRST, tmp_path / "mine")
    edited(tmp_path / "mine" / file, (old, new))
    with pytest.raises(InputError, match=re.escape(said)):
        results.figures(load_baseline(tmp_path / "mine"))


def test_a_place_names_a_baseline_that_exists(tmp_path):
    place = placed(tmp_path, baseline="2015_17")
    with pytest.raises(InputError, match=r"anytown.toml: baseline: unknown baseline '2015_17'; did you mean '2015_16'"):
        load_place(place)
    edited(place, ('baseline = "2015_17"\n', ""))
    with pytest.raises(InputError, match="missing key 'baseline'"):
        load_place(place)


def test_every_shipped_baseline_is_whole():
    for name in baselines():
        baseline = load_baseline(name)
        assert baseline.usual in fundings(baseline)
        figures = results.figures(baseline)
        assert all(np.min(f.value) > 0.0 for f in figures.values())
        assert all(f.grade.split()[0].split("/")[0] in ("V", "D", "D*", "R", "A") for f in figures.values())
        assert all(pounds > 0.0 for pounds in results.published_money(baseline).values())


def test_code_names_neither_the_place_nor_the_year():
    titles = [load_baseline(name).title for name in baselines()]
    for folder in ("agents", "model", "scenarios", "experiments"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert f'"{default_place()}"' not in text, file
            assert not [title for title in titles if title in text], file
