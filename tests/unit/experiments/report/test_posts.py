"""The report names paid posts, paid advice and people turned away, where a contract has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundingflows.experiments.report import make, posts
from fundingflows.experiments.results.compared import Compared
from fundingflows.experiments.runs import comparison, recipe
from fundingflows.scenarios import load_funding
from report_reader import Page

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
NAMES = [
    "status_quo",
    *(str(EXAMPLES / f"{name}.toml") for name in ("staff_reimbursed", "advice_fee", "choice_of_patients")),
]


@pytest.fixture(scope="module")
def made():
    runs = comparison.plan("anytown", NAMES, (1, 2), 3.0, 0.5)
    results = [comparison.alone(run) for run in runs]
    cases = {result.funding: run.scenario for result, run in zip(results, runs, strict=True)}
    written = {"place": "anytown", "fundings": {name: name for name in cases}, "sample": 0.5, "paths": None,
               "weeks": 156, "hold": ()}  # fmt: skip
    compared = Compared(results, cases, recipe.of_comparison("compare", results, cases, written))
    return compared, *make.make(compared)


def test_figures_of_posts_and_advice_are_the_sums_of_practices_in_the_last_year(made):
    compared, _, book = made
    frame = compared.all["organisations"]
    last = frame[(frame["kind"] == "practice") & (frame["year"] == 3)]
    for name in compared.names:
        for key in posts.SHOWN:
            mean = last.loc[last["funding"] == name, key].sum() / 2.0
            assert book.value("last", f"{key}/{name}", "level") == pytest.approx(mean)


def test_the_report_says_what_a_contract_pays_for_and_nothing_of_others(made):
    compared, html, _ = made
    work = html[html.index('<section id="work"') :]
    work = work[: work.index("</section>")]
    assert work.count("pays for posts") == 1
    assert work.count("pays for advice and guidance") == 1
    assert compared.titles["staff_reimbursed"] in work
    assert set(compared.joiners) <= {"choice_of_patients"}
    flags = html[html.index('<section id="flags"') :]
    assert flags[: flags.index("</section>")].count("Patients selected: of") == len(compared.joiners)
    assert Page(html)


def test_terms_that_a_change_brings_or_drops_count():
    usual, staff, fee = (load_funding(name) for name in NAMES[:3])
    assert [posts.pays(file, "other_fte") for file in (usual, staff, fee)] == [False, True, False]
    assert [posts.pays(file, "advice_requests") for file in (usual, staff, fee)] == [False, False, True]
