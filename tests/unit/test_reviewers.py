"""Pages for reviewers: all of the model is on them, and nothing is that the model has not."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REVIEWERS = ROOT / "docs" / "reviewers"
sys.path.insert(0, str(REVIEWERS))

import facts  # noqa: E402
from fundingflows.agents.cohorts import COHORTS  # noqa: E402
from fundingflows.agents.links import LINKS  # noqa: E402
from fundingflows.agents.patients.people import STATE, People  # noqa: E402
from fundingflows.experiments.cli import app  # noqa: E402
from fundingflows.experiments.results.measures import MEASURES  # noqa: E402
from fundingflows.model.contracts.terms import terms  # noqa: E402
from fundingflows.model.stocks import FLOWS, STOCKS  # noqa: E402
from fundingflows.scenarios import fundings, load_baseline, places  # noqa: E402

PAGES = {page: facts.render(page) for page in facts.PAGES}
PARAMETERS = load_baseline("2015_16").parameters
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands}
TABLES = {
    "Column": {*People._fields, *STATE.names},
    "Kind | State": {f"{kind.TITLE}/{s.name}" for kind in COHORTS.values() for s in kind.STATES},
    "Stock": set(STOCKS),
    "Flow": set(FLOWS),
    "Kind | Behaviour": {f"{kind.TITLE}/{d.name}" for kind in COHORTS.values() for d in kind.DECISIONS},
    "Kind | Activity": {f"{kind.TITLE}/{a.name}" for kind in COHORTS.values() for a in kind.ACTIVITIES},
    "Kind | Indicator": {f"{kind.TITLE}/{i.name}" for kind in COHORTS.values() for i in kind.OUTCOMES},
    "Payment term": set(terms()),
    "Link": set(LINKS),
    "Measure": {measure.key for measure in MEASURES},
}  #: what each table of ODD+D names, read from the model without the script that makes the pages


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the table whose heading begins so."""
    found = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGES[page], re.MULTILINE)
    assert found, heading
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in found[1].splitlines()]


@pytest.mark.parametrize("heading", TABLES)
def test_each_table_names_all_that_there_is_and_nothing_else(heading):
    rows = table("odd.md", heading)
    named = [f"{row[0]}/{row[1].strip('`')}" if "|" in heading else row[0].strip("`") for row in rows]
    assert len(named) == len(set(named))
    assert set(named) == TABLES[heading]


@pytest.mark.parametrize("heading", [*TABLES, "Process"])
def test_each_row_says_what_it_is(heading):
    assert all(row[2 if "|" in heading else 1] for row in table("odd.md", heading))


def test_every_parameter_is_in_the_log_with_its_grade_and_source():
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", PAGES["assumptions.md"], re.MULTILINE)
    assert [path for path, _ in rows] == [path for group in groups() for path in group]
    for path, rest in rows:
        said, cells = PARAMETERS[path], re.split(r" (?<!\\)\| ", rest)
        assert (cells[0], cells[2]) == (facts.cell(said.label), said.status)
        assert cells[3] == facts.cell(said.source)


def groups() -> list[list[str]]:
    """Paths of parameters, group by group."""
    out: dict[str, list[str]] = {}
    for path, _ in PARAMETERS.items():
        out.setdefault(path.split(".")[0], []).append(path)
    return list(out.values())


def test_the_week_is_the_code_and_every_process_is_called_in_it():
    assert "    self._general_practice()\n    self._hospital_care()\n    self._social_care()\n" in PAGES["odd.md"]
    names = [row[0].strip("`") for row in table("odd.md", "Process")]
    assert names[:5] == ["_open_week", "_general_practice", "_hospital_care", "_social_care", "_count"]
    assert {"_quarter", "_decide", "_year", "_settle"} <= set(names)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_named_that_does_not_exist(page):
    """What templates themselves put in backquotes is a file, a command, a parameter or an option."""
    text = re.sub(r"\{[%{].*?[%}]\}", "", (REVIEWERS / f"{page}.jinja").read_text(encoding="utf-8"))
    for name in re.findall(r"(?<!`)`([^`\n]+)`", text):
        word = name.removeprefix("fundingflows ").split()[0]
        known = (ROOT / name).exists() or word in COMMANDS or name in dict(PARAMETERS.items())
        assert known or name.startswith("--") or not word, name


@pytest.mark.parametrize(("page", "items"), [
    ("odd.md", [f"## {k}. " for k in range(1, 8)]),
    ("trace.md", [f"## {k}. " for k in range(1, 9)]),
    ("cheers.md", [f"| {k} " for k in range(1, 29)]),
    ("stress.md", [f"| {k}.{n} " for k, most in enumerate((3, 5, 4, 3, 4, 1), 1) for n in range(1, most + 1)]),
])  # fmt: skip
def test_every_item_of_the_form_is_there_once(page, items):
    assert [PAGES[page].count(f"\n{item}") for item in items] == [1] * len(items)


def test_design_concepts_of_odd_are_all_there():
    for concept in ("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing",
                    "Interaction", "Stochasticity", "Collectives", "Observation"):  # fmt: skip
        assert f"**{concept}.**" in PAGES["odd.md"]


def test_places_and_ways_of_paying_are_named():
    assert all(f"{name}" in PAGES["odd.md"] for name in [*places(), *fundings()])


def test_the_site_names_every_page():
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert all(f"reviewers/{page}" in contents for page in PAGES)
