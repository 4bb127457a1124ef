"""Stocks and flows are declared once and make sense; drawings and the page of the documentation are made from them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from fundingflows.agents import people_stocks
from fundingflows.agents.cohorts import COHORTS
from fundingflows.agents.commissioner import Commissioners
from fundingflows.agents.links import LINKS
from fundingflows.agents.patients.events import EVENTS
from fundingflows.agents.patients.moves import MOVES
from fundingflows.agents.stocks import PER_WEEK, SECTORS
from fundingflows.experiments.figures.loop_diagrams import BOX, PANELS, drawn, places, routed, sector_of
from fundingflows.experiments.figures.routing import Routes, along
from fundingflows.experiments.figures.structure import write
from fundingflows.experiments.results import stock_tables
from fundingflows.model import stocks
from fundingflows.model.money import sectors
from fundingflows.model.stocks import FLOWS, STOCKS
from fundingflows.model.structure import flows_of, influences, loops, variable_of
from fundingflows.scenarios import load_baseline

DOCS = Path(__file__).parents[3] / "docs"
PARAMETERS = load_baseline("2015_16").parameters
TIME = re.compile(r"\b(years?|weeks?|nights?|quarter)\b")
NO_STOCK = {"A&E attendances", "referrals to a hospital"}  # what links act on that fills no stock


@pytest.mark.parametrize("what", ["STOCKS", "FLOWS"])
def test_each_is_declared_once(what):
    parts = [x.name for kind in (*COHORTS.values(), Commissioners) for x in stocks.declared(kind, what)]
    names = Counter([*parts, *(x.name for x in (*getattr(people_stocks, what), *getattr(sectors, what)))])
    assert [name for name, n in names.items() if n > 1] == []


def test_names_of_what_is_counted_differ():
    assert not set(EVENTS) & set(MOVES)
    assert set(MOVES) <= {name for flow in FLOWS.values() for name, _ in flow.counted()}, "counted in vain"


def test_flows_join_and_are_acted_on_by_stocks_that_there_are():
    named = {name for flow in FLOWS.values() for name in (flow.source, flow.target, *flow.up, *flow.down) if name}
    assert named <= set(STOCKS)
    assert all(flow.source or flow.target for flow in FLOWS.values())
    assert {flow.target or flow.source for flow in FLOWS.values()} >= set(STOCKS), "a stock that nothing moves"
    assert {stock.sector for stock in STOCKS.values()} == set(SECTORS)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_a_flow_has_its_stocks_unit_a_week(flow):
    units = {STOCKS[name].unit + PER_WEEK for name in (flow.source, flow.target) if name}
    assert len(units) == 1


@pytest.mark.parametrize("flow", [f for f in FLOWS.values() if f.delay], ids=lambda flow: flow.name)
def test_what_a_flow_takes_is_a_time_or_a_rate(flow):
    unit = flow.delay if " " in flow.delay else PARAMETERS[flow.delay].unit
    assert TIME.search(unit) or unit == "fitted to published delays"
    assert stock_tables.taking(flow, PARAMETERS)


def test_incidence_by_hand():
    row = dict(zip(FLOWS, stocks.FROM_FLOWS[list(STOCKS).index("registered")], strict=True))
    assert {name: sign for name, sign in row.items() if sign} == {
        "births": 1, "arrivals": 1, "replaced": 1, "deaths": -1, "leavers": -1,
    }  # fmt: skip


def test_series_start_with_what_there_is_and_have_a_row_a_week(runs):
    model = runs["status_quo"].model
    table = stocks.stock_table(model.stocks)
    assert list(table["week"]) == list(range(1, 105))
    weekly = model.datacollector.get_model_vars_dataframe()
    assert weekly["listed_theatre"].tolist() == table["listed_theatre"].tolist()
    assert np.allclose(weekly["gps"], weekly["gp_fte"], rtol=1e-9)
    listed = sum(table[f"listed_{stage}"] for stage in people_stocks.STAGES)
    assert listed.tolist() == weekly["waiting"].tolist()


def test_every_link_starts_from_a_variable_and_acts_on_a_flow():
    assert all(variable_of(link)[0] for link in LINKS.values())
    assert {link.flow for link in LINKS.values() if not flows_of(link)} == NO_STOCK


def test_signs_of_loops_by_hand():
    found = {(loop.variables, loop.links): loop.reinforcing for loop in loops(2)}
    assert found[("GPs",), ("workload_leaving",)]  # fewer GPs, more work for each, more leave
    assert not found[("Waiting list",), ("waits_referrals",)]  # a longer list, fewer referrals
    assert not found[("Clinics and theatres", "Waiting list"), ("queue_capacity",)]  # a longer list, more theatres


def test_every_influence_but_those_of_everyone_is_in_one_panel():
    of_panels = Counter(i for panel in PANELS for i in drawn(panel))
    assert set(of_panels) >= {i for i in influences() if i.link}
    assert set(of_panels.values()) == {1}
    assert {sector for _, inside in PANELS.values() for sector in inside} == {sector_of(i.target) for i in influences()}


@pytest.mark.parametrize("panel", PANELS)
def test_no_arrow_runs_over_a_box_that_is_not_its_own(panel):
    arrows = drawn(panel)
    at = places(arrows)
    for same, route in routed(arrows, at):
        line = along(route.points, np.linspace(0.0, 1.0, 60)[:, None])
        for name in set(at) - {same[0].source, same[0].target}:
            inside = (np.abs(line - at[name]) < np.array(BOX) / 2).all(axis=1)
            assert not inside.any(), f"{same[0].source} → {same[0].target} runs over {name}"


def test_two_links_between_the_same_variables_are_one_arrow_that_names_both():
    arrows = drawn("practice")
    (both,) = [same for same, _ in routed(arrows, places(arrows)) if same[0].source == "Practice income" and
               same[0].target == "GPs"]  # fmt: skip
    assert {i.link for i in both} == {"income_joining", "income_leaving"}


def test_an_arrow_bends_round_a_box_that_is_in_its_way():
    at = {"from": (100.0, 300.0), "between": (400.0, 300.0), "to": (700.0, 300.0)}
    route = Routes(at, BOX, (800.0, 600.0)).find("from", "to")
    assert abs(along(route.points, np.array([[0.5]]))[0, 1] - 300.0) > BOX[1] / 2


def test_a_curve_by_hand():
    assert along([(0.0, 0.0), (2.0, 4.0), (4.0, 0.0)], np.array([[0.5]])) == pytest.approx(np.array([[2.0, 2.0]]))


def test_page_and_drawings_of_the_documentation_are_those_of_the_code(tmp_path):
    for path in write(tmp_path, PARAMETERS):
        kept = DOCS / path.relative_to(tmp_path)
        now, was = (_without_places(file.read_text(encoding="utf-8")) for file in (path, kept))
        assert now == was, "run python docs/draw_stocks.py"


def _without_places(text: str) -> str:
    """A drawing without coordinates, which differ in their last digits between machines."""
    return re.sub(r"-?\d+\.\d+", "", text) if text.startswith("<svg") else text
