"""Drawings: nothing is left out, hidden or unescaped."""

import re
from types import SimpleNamespace

import app_visitor  # noqa: F401  (skips without the extra)
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.app.drawings import chart, frame, intervals, labels, network, payers, shades
from fundingflows.experiments.app.work import story
from fundingflows.experiments.figures import bars, sankey, svg
from fundingflows.experiments.results import by_provider, measures, weekly
from fundingflows.experiments.results.numbers import price
from fundingflows.experiments.results.year import Year
from fundingflows.scenarios import FundingFlows

pytestmark = pytest.mark.filterwarnings("default")  # of other people's packages


def test_what_a_picture_says_is_escaped():
    said = svg.text(0, 0, "<script>&")
    assert "<script>" not in said
    drawn = bars.bars("<i>", "£", [("a<b", 1.0), ("c", -2.0)])
    assert "<i>" not in drawn
    assert "a&lt;b" in drawn


def test_a_sankey_leaves_no_money_out(run):
    from fundingflows.model import record

    organisations = record.organisations(run)
    kinds = dict(zip(organisations["organisation"], organisations["kind"], strict=True))
    flow = sankey.flows(run.ledger.flows(), kinds, 1.0)
    into = sum(v for (_, b), v in flow.items() if b == "practices")
    kept = run.ledger.flows()
    want = kept[kept["payee"].isin(run.practices.names)]["pence"].sum() / 1e8
    assert into == pytest.approx(want)
    drawn = sankey.money("t", flow)
    assert drawn.count("</title></path>") == len([v for v in sankey.net(flow).values() if v])


def test_a_sankey_follows_money_through_pools_and_keeps_loans_apart():
    rows = [("treasury", "commissioner", "allocation", 9), ("commissioner", "pot", "pooled budget", 6),
            ("pot", "h", "electives", 5), ("h", "pot", "pool settlement", 1), ("treasury", "h", "loan", 2),
            ("h", "treasury", "interest", 1),
            ("h", "staff_and_suppliers", "running cost", 7)]  # fmt: skip
    ledger = pd.DataFrame(rows, columns=["payer", "payee", "purpose", "pence"])
    flow = sankey.flows(ledger.assign(pence=ledger["pence"] * 10**8), {"h": "hospital"}, 1.0)
    assert flow["pools", "hospitals"] == 5
    assert (flow["loans", "hospitals"], flow["hospitals", "loans"]) == (2, 1)
    assert sankey.gets(flow, "hospitals") == 4
    drawn = sankey.money("t", flow)
    assert "Pools £6m" in drawn
    assert "Hospitals £4m" in drawn


def test_the_map_has_a_node_for_every_organisation(run):
    drawn = network.draw(run, "patients", "t")
    assert sorted(map(int, re.findall(r'data-node="(\d+)"', drawn))) == sorted(run.network.nodes)


def test_on_the_map_nothing_hides_another_and_a_label_stands_where_there_is_room():
    x, y, r = np.full(9, 200.0), np.full(9, 200.0), np.linspace(4.0, 11.0, 9)
    at = np.frombuffer(network._spread(x.tobytes(), y.tobytes(), r.tobytes())).reshape(2, -1)
    far = np.hypot(*(at[:, :, None] - at[:, None, :])) + 99.0 * np.eye(9)
    assert (far - (r[:, None] + r[None, :])).min() > -1.0
    crowd = np.array([[200.0, 225.0, 170.0, 200.0], [200.0, 200.0, 200.0, 170.0]])  # right, left and above are taken
    drawn = labels.labels([(0, "Musgrove", "98 %")], *crowd, np.full(4, 11.0), 560.0)
    assert float(re.findall(r'y="([0-9.]+)"', drawn[0])[0]) >= 211.0


def test_smoothing_is_a_trailing_mean():
    y = np.arange(10.0)
    assert weekly.smooth(y, 3).tolist()[:4] == [0.0, 0.5, 1.0, 2.0]


def test_ticks_tell_apart_what_they_stand_for():
    assert svg.named(np.array([130.0, 131.5, 133.0, 134.5, 136.0])) == ["130.0", "131.5", "133.0", "134.5", "136.0"]
    assert svg.named(np.array([-0.02, 0.0, 0.02])) == ["−0.02", "0.00", "0.02"]
    assert svg.named(np.array([0.0, 500.0, 1000.0])) == ["0", "500", "1,000"]


def test_a_thin_line_of_patients_is_left_out():
    net = nx.DiGraph()
    net.add_edge(0, 1, patients=1000.0)
    net.add_edge(0, 2, patients=3.0)
    x = np.arange(3.0)
    model = SimpleNamespace(network=net)
    assert "M0,0 1,1" in network._edges(model, x, x)[0]
    assert "M0,0 2,2" not in network._edges(model, x, x)[0]


def test_the_map_draws_every_pound_that_a_provider_received_by_its_payer(run):
    table = payers.paid(run)
    names = [name for cohort in run.cohorts for name in cohort.names]
    flows = run.ledger.flows(weeks=(40, 52))
    into, out = flows[flows["payee"].isin(names)], flows[flows["payer"].isin(names)]
    pay = into[~into["purpose"].isin(["loan", "interest"])]["pence"].sum()
    back = out[~out["purpose"].isin(["loan", "interest"]) & (out["payee"] != "staff_and_suppliers")]["pence"].sum()
    assert table["pounds"].sum() == pytest.approx((pay - back) / 100.0)
    assert sum(payers.payers(table).values()) == pytest.approx(table["pounds"].sum())
    drawn = network.draw(run, "pence", "t")
    assert drawn.count("<path") == len(table)
    widths = [float(w) for w in re.findall(r'<path[^>]*stroke-width="([0-9.]+)"', drawn)]
    assert min(widths) >= payers.LEAST
    practices = table[table["node"] < len(run.practices)]
    assert set(practices["node"]) == set(range(len(run.practices)))  # general practice is never shown as unpaid
    assert "NHS England" in drawn


def test_the_area_holds_every_practice_and_towns_of_the_place_file_are_named(run):
    x, y = network._places(run.network)
    drawn = network._area(x, y, np.full(x.size, 4.0), len(run.practices))
    points = np.array([list(map(float, p.split(","))) for p in re.findall('points="([^"]+)"', drawn)[0].split()])
    for k in range(len(run.practices)):
        assert points[:, 0].min() < x[k] < points[:, 0].max()
        assert points[:, 1].min() < y[k] < points[:, 1].max()
    names = [name for name, *_ in network._towns(run, x, y)]
    assert names[0] == "Anytown"
    assert set(names) == set(run.place.practices["town"])


def test_a_measure_by_provider_adds_up_to_that_of_the_place(run):
    each, place = by_provider.by_provider(run), measures.read(run)
    people = by_provider.Each(Year(run), "practice").number()
    assert people.sum() == pytest.approx(Year(run).number())
    for key in ("gp_fte", "practice_income"):
        assert each["practice", key].sum() == pytest.approx(place[key])
    for key in ("consultations", "referrals", "emergencies", "electives", "ae", "acsc", "deaths", "delays"):
        assert np.average(each["practice", key], weights=people) == pytest.approx(place[key])
    for key in ("occupancy", "hospital_income", "hospital_margin"):
        assert each["hospital", key].sum() == pytest.approx(place[key])  # Anytown has one hospital
    assert ("practice", "qalys") not in each
    assert ("practice", "unmet_poorest") not in each


def test_colours_run_from_less_to_more_and_a_difference_of_nothing_is_neutral():
    shade = shades.Shade("Requests not met", "%", 1, "practice", {0: -2.0, 1: 0.0, 2: 1.0}, difference=True)
    assert shade.ends == (-2.0, 2.0)
    assert [shade.colour(n) for n in (0, 1)] == list(shades.DIFFERENCES[:2])
    assert shade.colour(9) == "#ffffff"
    assert shade.said(2) == "Requests not met +1.0 %"
    assert chart.spread(shade) == "Requests not met: more in 1 and less in 1 of 3 practices"
    level = shades.Shade("x", "%", 1, "practice", {0: 3.0, 1: 5.0})
    assert [level.colour(n) for n in (0, 1)] == list(shades.LEVELS)


def test_the_map_of_explore_can_show_a_measure_and_its_difference_from_the_reference(run):
    other = FundingFlows("anytown", "activity_based", rng=1).run(1)
    shown = frame.draw(other, (), 52, beside=frame.beside_of(run))
    offered = [name for name, _ in chart.colours(shown)]
    assert {"load", "practice failed", "practice failed difference", "hospital occupancy"} <= set(offered)
    shade = chart.shade_of(shown, "practice failed difference")
    each, usual = by_provider.by_provider(other), by_provider.by_provider(run)
    assert shade.values[2] == each["practice", "failed"][2] - usual["practice", "failed"][2]
    assert shade.unit == "percentage points"
    hospital = chart.shade_of(shown, "hospital occupancy")
    assert list(hospital.values) == [len(other.practices)]
    drawn = network.draw(other, "patients", "t", shade)
    assert shade.said(2) in drawn
    assert chart.shade_of(frame.draw(other, (), 104), "practice failed") is None  # it has not ended


def test_money_of_explore_is_the_income_of_the_measures():
    """Somerset's contract takes money back from year 3 on, and partners pay in: both are counted as they are."""
    model = FundingFlows("anytown", "somerset_obc", rng=1).run(4)
    shown = frame.paid(model)
    for kind, name in (("practice", "General practice"), ("hospital", "Hospitals"), ("social_care", "Social care")):
        for year in range(4):
            at = int(np.flatnonzero(shown["week"] == 52 * (year + 1))[0])
            assert shown[name][at] == pytest.approx(Year(model, year, year + 1).income(kind), rel=1e-9)
    last = Year(model, 3, 4)
    for k, node in enumerate(range(len(model.practices))):
        together = story.story(model, node).income[-1]
        assert together == ("Together", "", price(float(last.organisations["practice"]["income"][k]), 0))


def test_the_commissioner_is_said_to_pay_and_a_provider_to_be_paid(run):
    kinds = {data["kind"]: node for node, data in run.network.nodes(data=True)}
    assert story.story(run, kinds["commissioner"]).heading[0] == "What it paid in the last 52 weeks"
    assert story.story(run, kinds["practice"]).heading[0] == "Income in the last 52 weeks"


def test_a_margin_differs_in_points():
    row = intervals.Difference("Hospitals' margin", "−5 %", [(0.5, 0.1, 0.9, 0.99)], "points")
    drawn = intervals.differences("t", ["a"], [row])
    assert "margin, a: +0.5 points (95 % range +0.1 to +0.9); a rise, virtually certain" in drawn.replace("&#x27;", "'")
