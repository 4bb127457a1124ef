"""How much loops matter: which runs are made, what is taken from them, and what is said."""

import json

import pytest
from fundingflows.experiments.cli import app
from fundingflows.experiments.results import loops as results
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.runs import loops as running
from fundingflows.model.structure import Loop, cut_at, links_of, loops
from fundingflows.scenarios import scenario
from typer.testing import CliRunner

CASE = scenario("anytown", "capitated", sample=0.1)
SHORT = Loop(("Waiting list",), False, ("waits_referrals",))
LONG = Loop(("Clinics and theatres", "Waiting list"), False, ("queue_capacity", "waits_referrals"))
OTHER = Loop(("GPs",), True, ("workload_leaving",))


def rows(level: float, *waiting: float) -> list[dict[str, float]]:
    """A run a seed: every measure at a level, the waiting list at its own."""
    return [{m.key: level for m in MEASURES} | {"waiting": one} for one in waiting]


TABLE = results.table(
    rows(10.0, 60.0, 62.0),
    {"workload_leaving": rows(10.0, 60.0, 62.0), "waits_referrals": rows(10.0, 66.0, 70.0)},
)


def test_every_seed_has_a_run_as_it_is_and_one_with_each_link_held():
    planned = running.plan(CASE, 52, (1, 2), ["waits_referrals", "workload_leaving"])
    assert [(link, seed, run.hold) for (link, seed), run in planned.items()] == [
        (link, seed, (link,) if link else ())
        for seed in (1, 2) for link in ("", "waits_referrals", "workload_leaving")
    ]  # fmt: skip
    assert len({run.key for run in planned.values()}) == 6


def test_a_link_changes_what_there_is_with_it_less_what_there_is_without_seed_by_seed():
    planned = running.plan(CASE, 52, (1, 2), ["waits_referrals"])
    given = {"": rows(10.0, 60.0, 62.0), "waits_referrals": rows(10.0, 66.0, 70.0)}
    table = running.table(planned, {run.key: given[link][seed - 1] for (link, seed), run in planned.items()})
    row = table[table["measure"] == "waiting"].iloc[0]
    assert (row["level"], row["difference"]) == (61.0, -7.0)  # −6 and −8
    assert row["high"] - row["difference"] == pytest.approx(12.706, abs=1e-3)  # t of one degree of freedom, × 1


def test_a_loop_is_cut_where_fewest_others_go():
    assert cut_at([SHORT, LONG, OTHER]) == ["waits_referrals", "queue_capacity", "workload_leaving"]
    assert links_of([LONG, OTHER]) == ["queue_capacity", "waits_referrals", "workload_leaving"]


def test_loops_that_share_a_link_say_so():
    shared = [SHORT, Loop(("Waiting list", "Access"), True, ("waits_referrals",)), OTHER]
    listed = results.listed(shared, TABLE)
    assert list(listed["others_cut"]) == [1, 1, 0]
    assert list(listed["loop"])[1] == "Waiting list → Access → Waiting list"
    assert list(listed["kind"]) == ["balancing", "reinforcing", "reinforcing"]


def test_sentences_say_what_a_link_does_and_name_those_that_do_nothing():
    table = results.table(
        rows(10.0, 60.0, 62.0),
        {"workload_leaving": rows(10.0, 60.0, 62.0), "waits_referrals": rows(10.0, 66.0, 68.0)},
    )
    assert results.sentences(table) == [
        "The longer hospital waits are, the fewer patients GPs refer. This lowers the waiting list by 6 per 1,000 "
        "people.",
        "workload_leaving: no effect of 0.5 % or more that can be told from chance.",
    ]
    assert list(table["link"].unique()) == ["waits_referrals", "workload_leaving"]


def test_the_page_has_a_row_for_each_link_and_each_loop():
    page = results.page(TABLE, [SHORT, OTHER], "Anytown")
    assert "| everything at work |  |  | 10.00 | 10.00 | 10.00 | 61.00 | 10.00 | 10.00 |" in page
    assert "| Waiting list → Waiting list | balancing | `waits_referrals` | 0 |" in page
    assert "−7.00 ± 12.71" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seeds", "3"), "are for --loops PLACE FUNDING"),
        (("--loops", "anytown", "capitated", "--baseline", "2015_16"), "the place has its own"),
        (("--loops", "anytown", "capitatd"), "did you mean 'capitated'"),
        (("--longest", "9"), "--longest: expected a whole number from 1 to 6"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words, said):
    assert said in str(CliRunner().invoke(app, ["structure", *words]).exception)


@pytest.mark.long
def test_loops_are_measured_and_the_folder_can_be_verified(tmp_path):
    how = ["--longest", "1", "--years", "1", "--seeds", "2", "--sample", "0.1", "--out", str(tmp_path / "loops")]
    done = CliRunner().invoke(app, ["structure", "--loops", "anytown", "capitated", *how])
    assert done.exit_code == 0, done.output
    assert {"links.csv", "loops.csv", "loops.md", "manifest.json"} <= {p.name for p in (tmp_path / "loops").iterdir()}
    recipe = json.loads((tmp_path / "loops" / "manifest.json").read_text())["recipe"]
    assert recipe["longest"] == 1
    assert all(loop.variables[0] in done.output for loop in loops(1))
    again = CliRunner().invoke(app, ["verify", str(tmp_path / "loops"), "--most", "2"])
    assert again.output.count(": the same") == 2
