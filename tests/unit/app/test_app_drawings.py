"""Drawings: nothing is left out, hidden or unescaped."""

import re

import app_visitor  # noqa: F401  (skips without the extra)
import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.app.drawings import frame, labels, network, odds
from fundingflows.experiments.figures import bars, sankey, svg

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
    assert drawn.count("</title></path>") == len([k for k in flow if sankey.LAYER[k[0]] < sankey.LAYER[k[1]]])


def test_a_sankey_follows_money_through_pools_and_keeps_loans_apart():
    rows = [("treasury", "commissioner", "allocation", 9), ("commissioner", "pot", "pooled budget", 6),
            ("pot", "h", "electives", 5), ("h", "pot", "pool settlement", 1), ("treasury", "h", "loan", 2),
            ("h", "staff_and_suppliers", "running cost", 7)]  # fmt: skip
    ledger = pd.DataFrame(rows, columns=["payer", "payee", "purpose", "pence"])
    flow = sankey.flows(ledger.assign(pence=ledger["pence"] * 10**8), {"h": "hospital"}, 1.0)
    assert flow["pools", "hospitals"] == 5
    assert flow["loans", "hospitals"] == 2
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
    assert float(re.search(r'y="([0-9.]+)"', drawn[0])[1]) >= 211.0


def test_smoothing_is_a_trailing_mean():
    y = np.arange(10.0)
    assert frame.smooth(y, 3).tolist()[:4] == [0.0, 0.5, 1.0, 2.0]


@pytest.mark.parametrize("measure", ["qalys", "median_wait", "practice_income"])
def test_probability_of_being_better_is_turned_where_less_is_better(measure):
    said = {"qalys": "better with probability 0.90", "median_wait": "better with probability 0.10",
            "practice_income": "higher with probability 0.90"}  # fmt: skip
    assert odds.better(measure, 0.9) == said[measure]
