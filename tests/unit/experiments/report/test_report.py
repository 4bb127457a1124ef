"""A report of two ways of paying in Anytown: where its numbers come from, its money, its form."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from html import unescape
from inspect import signature
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.cli import app
from fundingflows.experiments.commands import compare as command
from fundingflows.experiments.commands import report
from fundingflows.experiments.figures import sankey
from fundingflows.experiments.figures.svg import COLOURS, LIGHT
from fundingflows.experiments.report import make, patients, reproduce
from fundingflows.experiments.report.dots import Dot, dots
from fundingflows.experiments.report.evidence import GRADES
from fundingflows.experiments.results import parts as apart
from fundingflows.experiments.results import reasons
from fundingflows.experiments.results.compare import warnings
from fundingflows.experiments.results.compared import Compared, Drawn
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.results.numbers import pounds
from fundingflows.experiments.results.variance import parts
from fundingflows.experiments.results.winners import places
from fundingflows.experiments.runs import comparison, recipe
from fundingflows.model.errors import InputError
from report_reader import Page, written
from typer.testing import CliRunner

ROOT = Path(__file__).parents[4]
NAMES = ["status_quo", "outcome_based"]
RECIPE = {"place": "anytown", "fundings": {name: name for name in NAMES}, "sample": 0.25, "paths": None, "weeks": 104,
          "hold": ()}  # fmt: skip
QUOTED = re.compile(r"<(data|cite|q|code)\b.*?</\1>", re.S)


@pytest.fixture(scope="module")
def compared() -> Compared:
    runs = comparison.plan("anytown", NAMES, (1, 2), 2.0, 0.25)
    results = [comparison.alone(run) for run in runs]
    cases = {name: run.scenario for name, run in zip(NAMES, runs, strict=False)}
    return Compared(results, cases, recipe.of_comparison("compare", results, cases, RECIPE))


@pytest.fixture(scope="module")
def made(compared):
    return make.make(compared)


@pytest.fixture(scope="module")
def page(made) -> Page:
    return Page(made[0])


@pytest.fixture(scope="module")
def with_draws(compared):
    """The same with four draws of two numbers, the first of which moves every difference."""
    draws = [{"hospital.acsc_share": x, "money.qaly_value": y} for x, y in ((1, 5), (2, 3), (3, 9), (4, 1))]
    spread = np.array([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1], [4.0, 4.1]])
    found = parts(spread)
    rows = [{"measure": m.key, "funding": NAMES[1], **vars(found), "share": found.share} for m in MEASURES]
    effects = {(NAMES[1], m.key): spread.mean(axis=1) for m in MEASURES}
    return make.make(replace(compared, drawn=Drawn(pd.DataFrame(rows), effects, draws, 2)))


@pytest.fixture(scope="module")
def taken_apart(compared):
    """The same with parts of the difference: those of games that chance has made, whose whole is the difference."""
    names, draw = list(apart.parts()), np.random.default_rng(1)
    worth: dict[str, list] = {}
    for measure in MEASURES:
        levels = [[compared.by[name, seed].measures[measure.key] for name in NAMES] for seed in compared.seeds]
        size = np.mean(np.abs(levels))
        worth[measure.key] = [
            {at_work: other - first if len(at_work) == len(names) else draw.normal(0.1 * size, 0.001 * size)
             for at_work in apart.coalitions(names, number)}
            for number, (first, other) in enumerate(levels)
        ]  # fmt: skip
    firsts = {
        m.key: float(np.mean([compared.by[NAMES[0], s].measures[m.key] for s in compared.seeds])) for m in MEASURES
    }
    found = replace(compared, apart={NAMES[1]: apart.table(worth, firsts)})
    return found, *make.make(found)


def test_bars_of_why_add_up_to_the_difference(taken_apart):
    _, html, book = taken_apart
    difference = book.tables["differences"]["difference"]
    whys = re.findall(r'<section id="why".*?\n</section>\n', html, re.S)[0]
    panels = re.findall(r"<svg.*?</svg>", whys, re.S)
    assert len(panels) == len(reasons.PICTURED)
    for key, svg in zip(reasons.PICTURED, panels, strict=True):
        bars = re.findall(r'<rect x="[^"]*" y="[^"]*" width="([^"]*)"[^>]*data-size="([^"]*)"', svg)
        *parts, whole = [float(size) for _, size in bars]
        assert len(parts) == 9
        assert sum(parts) == pytest.approx(whole, abs=1e-9)
        assert whole == pytest.approx(difference[f"{key}/{NAMES[1]}"], abs=1e-9)
        wide = [(float(width), abs(float(size))) for width, size in bars]
        scale = max(wide)[0] / max(wide)[1]
        assert all(width == pytest.approx(max(scale * size, 0.8), abs=0.11) for width, size in wide)


def test_why_has_a_sentence_a_part_and_says_points_of_shares(taken_apart, made):
    compared, html, _ = taken_apart
    whys = re.findall(r'<section id="why".*?\n</section>\n', html, re.S)[0]
    said = [unescape(re.sub("<[^>]*>", "", item)) for item in re.findall("<li>(.*?)</li>", whys, re.S)]
    for part in apart.parts().values():
        assert any(line.startswith(part.does) or part.label.lower() in line.lower() for line in said)
    assert "percentage points, from" in whys
    assert "--why" not in whys
    assert "--why" in re.findall(r'<section id="why".*?</section>', made[0], re.S)[0]
    assert reproduce.command(compared.manifest, apart=True).endswith(" --why")


def test_draws_give_intervals_of_their_own_and_name_the_number_that_matters(with_draws, made):
    html, book = with_draws
    assert "From all that is not known" in html
    assert "From all that is not known</th>" not in made[0]
    assert book.tables["leading"]["correlation"].iloc[0] == pytest.approx(1.0)
    assert book.tables["shares"]["share"].sum() == pytest.approx(100.0)
    words = re.findall(r"<td>(a (?:rise|fall), [^<]*|no change|–)</td>", html)
    assert len(words) >= len(MEASURES)
    assert set(words) == {"a rise, very likely"}  # of all draws
    assert not re.search("(virtually certain|likely)", re.sub("<svg.*?</svg>", "", made[0], flags=re.S))  # chance alone
    assert re.search("<td>(a rise|a fall|within chance)</td>", made[0])
    assert book.tables["gains"]["percent"].between(0.0, 100.0).all()
    doubt = book.tables["doubt"]
    assert doubt["hangs"].tolist() == pytest.approx([1.0] * len(MEASURES))
    assert doubt["firm"].tolist() == doubt["above"].tolist()  # all rise
    assert (doubt["chance"] < 1.0).all()  # seeds differ little
    assert doubt[list(GRADES)].sum(axis=1).tolist() == pytest.approx([100.0] * len(MEASURES))
    section = re.findall(r'<section id="doubt".*?\n</section>\n', html, re.S)[0]
    assert "very likely or surer whatever is not known: requests not met rise" in section
    assert "+1.00; may be luck)</td>" in section  # four draws are few
    assert "--uncertainty" not in section


def test_the_wider_interval_is_drawn_light_behind_the_one_from_chance():
    drawn = dots("Deaths", "per 1,000", [Dot("Per head", 2.0, 1.0, 3.0, -4.0, 6.0)])
    light, dark = (
        re.findall(rf'<line x1="([^"]+)"[^>]*x2="([^"]+)"[^>]*stroke="{c}"', drawn)[0] for c in (LIGHT, COLOURS[0])
    )
    assert float(light[0]) < float(dark[0]) < float(dark[1]) < float(light[1])
    assert drawn.index(LIGHT) < drawn.index(f'stroke="{COLOURS[0]}"')
    assert 'fill="#ffffff"' in drawn  # not whole: the wider one holds zero
    assert 'fill="#ffffff"' not in dots("Deaths", "per 1,000", [Dot("Per head", 2.0, 1.0, 3.0, 0.5, 6.0)])
    assert LIGHT not in dots("Deaths", "per 1,000", [Dot("Per head", 2.0, 1.0, 3.0)])


@pytest.mark.parametrize("which", ["made", "with_draws", "taken_apart"])
def test_every_number_in_a_sentence_is_quoted_from_the_table_it_names(which, request):
    made = request.getfixturevalue(which)[-2:]
    tables, quotes = made[1].tables, Page(made[0]).all("data")
    assert len(quotes) > 20
    for quote in quotes:
        table, *row, column = quote["attrs"]["data-from"].split("/")
        value = float(tables[table].at["/".join(row), column])
        assert float(quote["attrs"]["value"]) == pytest.approx(value, rel=1e-9, abs=1e-12)
        number, half = written(quote["text"])
        assert number == pytest.approx(abs(value), abs=max(half, 0.005 * abs(value)) + 1e-9), quote


@pytest.mark.parametrize("which", ["made", "with_draws", "taken_apart"])
def test_no_sentence_has_a_number_that_is_not_quoted(which, request, compared):
    made = request.getfixturevalue(which)[-2:]
    sentences = re.findall(r'<(p|h1|ul|h3)(?: class="(?:said|note|flag|said finding)")?>(.*?)</\1>', made[0], re.S)
    assert len(sentences) > 5
    for _, words in sentences:
        words = unescape(re.sub(r'<span data-from="moves">.*?</span>', "", words, flags=re.S))
        for title in compared.titles.values():  # in headings
            words = words.replace(title, "")
        rest = (
            re.sub(r"<[^>]*>", "", QUOTED.sub("", words))
            .replace("95 %", "")
            .replace("per 1,000", "")
            .replace("CO2e", "")
        )
        assert not re.search(r"\d", rest), rest


def test_sentences_about_behaviour_have_their_numbers_from_the_runs(made, compared):
    known = set()
    base = {(r["kind"], r["lever"]): r["end"] for r in compared.results[0].moves}
    for row in compared.results[1].moves:
        known |= {f"{abs(100 * (row['end'] - base[row['kind'], row['lever']])):.1f}", "1"}
        known |= {pounds(abs(row[key])).removeprefix("£") for key in ("pay", "usual_pay")}
    said, *warned = re.findall(r'<span data-from="moves">(.*?)</span>', made[0], re.S)
    assert [unescape(text).removesuffix(".") for text in warned] == warnings(compared.results, compared.cases)
    said = unescape(said).removeprefix(compared.titles[NAMES[1]])
    assert set(re.findall(r"\d[\d,]*(?:\.\d+)?m?", said)) <= known


def test_tables_that_are_quoted_are_those_of_compare(made, compared):
    table = made[1].tables["differences"]
    pd.testing.assert_frame_equal(
        table[compared.table.columns].reset_index(drop=True), compared.table, check_exact=True
    )


def _ribbons(svg: str) -> dict[tuple[str, str], float]:
    """£m by payer and payee from the widths of a diagram."""
    names = {words: name for name, words in sankey.NAMES.items()}
    scale = float(re.findall(r'data-scale="([^"]+)"', svg)[0])
    out = {}
    for width, payer, payee in re.findall(r'stroke-width="([\d.]+)"[^>]*><title>(.*?) to (.*?): ', svg):
        out[names[payer], names[payee]] = float(width) / scale
    return out


@pytest.mark.parametrize("name", NAMES)
def test_widths_of_money_are_the_ledger_to_the_penny(made, compared, name):
    drawn = re.findall(r"<svg[^>]*data-scale.*?</svg>", made[0], re.S)[2 * NAMES.index(name) :][:2]
    kinds = dict(zip(*(compared.all["organisations"][c] for c in ("organisation", "kind")), strict=True))
    for year, svg in enumerate(drawn, 1):
        ledger = compared.all["ledger"]
        own = ledger[(ledger["funding"] == name) & ((ledger["week"] - 1) // 52 + 1 == year)]
        group = {name: f"{kind}s" for name, kind in kinds.items() if kind in ("practice", "hospital")}
        payer, payee = own["payer"].replace(group), own["payee"].replace(group)
        lent = own["purpose"].isin(("loan", "interest"))
        payer, payee = (names.mask((names == "treasury") & lent, "loans") for names in (payer, payee))
        ribbons = _ribbons(svg)
        for node in sankey.LAYER:
            outside = {node, "staff_and_suppliers"}
            into = own["pence"][(payee == node) & ~payer.isin(outside)].sum()
            out = own["pence"][(payer == node) & ~payee.isin(outside)].sum()
            net = sum(v for (_, b), v in ribbons.items() if b == node) - sum(
                v for (a, _), v in ribbons.items() if a == node
            )
            assert round(net * 1e8 * len(compared.seeds)) == int(into) - int(out), (year, node)


def test_headings_are_in_order_and_every_link_leads_somewhere(page):
    assert not page.faults
    assert not page.open
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch(r"h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [e["attrs"]["id"] for e in page.elements if "id" in e["attrs"]]
    assert len(ids) == len(set(ids))
    assert {e["attrs"]["href"][1:] for e in page.all("a")} <= set(ids)


def test_pictures_have_words_and_tables_have_captions_and_scopes(page):
    assert len(page.all("svg")) > 8
    for svg in page.all("svg"):
        assert svg["attrs"]["role"] == "img"
        assert svg["attrs"]["aria-label"]
    for table in page.all("table"):
        kinds = [e["tag"] for e in table["inside"]]
        assert kinds[0] == "caption"
        assert all(e["attrs"]["scope"] in ("row", "col") for e in table["inside"] if e["tag"] == "th")
        rows = [e for e in table["inside"] if e["tag"] == "tr"]
        assert len({sum(e["tag"] in ("td", "th") for e in row["inside"]) for row in rows}) == 1


def test_one_file_without_scripts_or_anything_to_fetch(made, page):
    assert len(made[0].encode()) < 1.5e6
    assert not page.all("script")
    assert not page.all("link")
    assert not re.search(r"(?:src|href)=\"(?!#)|url\((?!#)|@import", made[0])


@pytest.mark.parametrize(("column", "value"), [("quintile", 6), ("age_band", "90+")])
def test_an_unknown_group_of_people_is_named(compared, column, value):
    people = compared.all["people"]
    known = people[column].iloc[0]
    frames = {**compared.all, "people": people.assign(**{column: people[column].replace({known: value})})}
    with pytest.raises(InputError, match=rf"'{re.escape(str(value))}'; expected .*{re.escape(str(known))}"):
        patients.rows(replace(compared, frames=frames))


def test_a_practice_that_the_place_does_not_have_is_named(compared):
    with pytest.raises(InputError, match="results have the practice '"):
        places(compared.all["organisations"], ["Town"], ["X99999"])


def test_waits_of_groups_are_means_over_pathways(compared):
    people = compared.all["people"]
    own = people[(people["funding"] == NAMES[0]) & (people["seed"] == 1) & (people["quintile"] == 1)]
    expected = np.average(own["weeks_waited"], weights=own["waiting"])
    row = patients.rows(compared)["weeks_waited"][patients.FIFTHS[1]]
    assert row.values[0, 0] == pytest.approx(expected)
    assert 1.0 < expected < 52.0


def test_the_title_says_the_finding_in_the_page_and_on_the_tab(page):
    (tab,) = [e for e in page.all("title") if "svg" not in e["above"]]
    (head,) = page.all("h1")
    assert tab["text"] == head["text"]
    assert "Anytown: " in head["text"]


def test_the_command_names_all_that_the_runs_depend_on(compared):
    words = shlex.split(reproduce.command(compared.manifest, 24))
    assert words[:4] == ["fundingflows", "report", *NAMES]
    options = dict(zip(words[4::2], words[5::2], strict=True))
    assert options == {
        "--place": "anytown", "--years": "2", "--seeds": "2", "--sample": "0.25", "--uncertainty": "24"
    }  # fmt: skip
    assert reproduce.command(compared.manifest, 24, 2).endswith("--uncertainty 24")  # as many as all repeat runs
    assert reproduce.command(compared.manifest, 24, 3).endswith("--uncertainty 24 --draw-seeds 3")


def test_the_command_line_hands_everything_on_to_compare(monkeypatch, tmp_path):
    given = {}

    def noted(*words, **named):
        given.update(signature(command.compare).bind(*words, **named).arguments)

    monkeypatch.setattr(report, "compare", noted)
    options = {"--place": "anytown", "--years": "3", "--seeds": "4", "--sample": "0.5", "--paths": "flat",
               "--hold": "access", "--uncertainty": "6", "--draw-seeds": "2", "--out": str(tmp_path)}  # fmt: skip
    done = CliRunner().invoke(app, ["report", *NAMES, "--why", *(word for pair in options.items() for word in pair)])
    assert done.exit_code == 0, done.output
    assert given == {"fundings": NAMES, "place": "anytown", "years": 3.0, "seeds": 4, "sample": 0.5, "paths": "flat",
                     "hold": ["access"], "uncertainty": 6, "draw_seeds": 2, "why": True, "report": True,
                     "out": tmp_path}  # fmt: skip
    assert set(given) == set(signature(report.report).parameters) | {"report"}


@pytest.mark.long
def test_the_command_of_a_report_makes_the_same_again_in_a_fresh_environment(tmp_path):
    """An environment of its own with the versions of the manifest, no compiled kernels and no kept steady state."""
    words = ["report", *NAMES, "--place", "anytown", "--years", "1", "--seeds", "2", "--sample", "0.25", "--why"]
    first = _made([sys.executable, "-m", "fundingflows.experiments.cli", *words], tmp_path / "one" / "results")
    html = (tmp_path / "one" / "results" / "report.html").read_text()
    assert first["digest"] in html
    again = shlex.split(unescape(re.findall("<pre>(.*?)</pre>", html)[0]))
    assert again[0] == "fundingflows"
    assert again[-1] == "--why"
    copy, kept = _copied(tmp_path / "copy"), tmp_path / "cache"
    same = tmp_path / "versions.txt"
    own = {name: version for name, version in first["versions"].items() if name not in ("python", "fundingflows")}
    same.write_text("".join(f"{name}=={version}\n" for name, version in own.items()))
    python = first["versions"]["python"]
    _run(["uv", "venv", "-q", "--python", python, str(tmp_path / "env")], copy)
    _run(["uv", "pip", "install", "-q", "--python", str(tmp_path / "env"), "-c", str(same), "."], copy)
    fresh = {"XDG_CACHE_HOME": str(kept), "NUMBA_CACHE_DIR": str(kept / "numba")}
    command = str(tmp_path / "env" / "bin" / again[0])
    second = _made([command, *again[1:]], tmp_path / "two" / "results", fresh)
    assert second["digest"] == first["digest"]
    assert list(kept.glob("fundingflows/anytown-*"))


def _copied(folder: Path) -> Path:
    """All files of the repository that git keeps, or would keep."""
    for name in _run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], ROOT).splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _run(words: list[str], folder: Path, more: dict[str, str] | None = None) -> str:
    own = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=folder, env={**own, **(more or {})})
    assert done.returncode == 0, done.stderr
    return done.stdout


def _made(words: list[str], folder: Path, more: dict[str, str] | None = None) -> dict:
    folder.parent.mkdir()
    _run([*words, "--out", str(folder)], folder.parent, more)
    return json.loads((folder / "manifest.json").read_text())
