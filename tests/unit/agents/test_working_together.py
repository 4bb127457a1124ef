"""Working together costs practices something, once: money in the ledger, GPs' time, and whether they volunteer."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows, load_baseline

NETWORKS = "family_care_networks"
PURPOSE = "joining and leaving networks"


def networks(**numbers):
    steps = {f"general_practice.{name}": {"set": value} for name, value in numbers.items()}
    return FundingFlows("anytown", NETWORKS, rng=1, parameters=load_baseline("2015_16").parameters.changed(steps))


@pytest.fixture
def practices():
    return networks(network_entry=2.0, network_exit=0.5, network_time=0.1).practices


def test_who_joins_or_changes_pays_to_enter_and_who_leaves_to_leave(practices):
    practices.lists = np.array([1000.0, 2000.0, 3000.0, 4000.0, 5000.0, 6000.0])
    practices.join(np.array([-1, 0, 0, 0, -1, 0]))
    cost = practices.cost_of(np.array([0, 0, -1, 1, -1, 0]))
    assert cost.tolist() == [2000.0, 0.0, 1500.0, 8000.0, 0.0, 0.0]


def test_gps_of_those_who_move_see_fewer_until_the_quarter_ends(practices):
    before, others = practices.offer(1.0)
    practices.join(np.array([-1, -1, -1, 0, -1, -1]))  # alone in a group, so that nobody's staff are shared
    now, now_others = practices.offer(1.0)
    assert (now / before).round(9).tolist() == [1.0, 1.0, 1.0, 0.9, 1.0, 1.0]
    assert now_others == pytest.approx(others)
    practices.observe_quarter(practices.lists, np.ones((6, 35, 8)))
    assert practices.offer(1.0)[0] == pytest.approx(before)


def test_joining_is_paid_for_in_the_ledger_and_is_no_offer_at_too_high_a_price():
    model = networks().run(57 / 52)
    joined = model.practices.group >= 0
    assert joined.any()
    paid = model.ledger.flows(purpose=PURPOSE).groupby("payer", observed=True).pence.sum()
    names = np.array(model.practices.names)
    assert set(paid.index) == set(names[joined])
    assert paid.sum() == pytest.approx(60 * model.practices.lists[joined].sum(), rel=0.02)
    dear = networks(network_entry=1000.0).run(57 / 52)
    assert (dear.practices.group < 0).all()
    assert dear.ledger.flows(purpose=PURPOSE).empty


BY_LOT = """
title = "Networks"
question = "What if the practices of each lot shared staff?"
source = "invented"
extends = "status_quo"

[[changes]]
when = 2015-04-01
who = { kind = "practice" }
together = "lot"
"""


def test_the_practices_of_each_lot_work_together(tmp_path):
    file = tmp_path / "networks.toml"
    file.write_text(BY_LOT, encoding="utf-8")
    model = FundingFlows("anytown", str(file), rng=1)
    model.step()
    lots = model.place.practices.lot.to_numpy()
    together = model.practices.group[:, None] == model.practices.group
    assert (together == (lots[:, None] == lots)).all()
    assert (model.practices.group >= 0).all()


def test_a_group_that_is_no_lot_is_refused(tmp_path):
    file = tmp_path / "networks.toml"
    file.write_text(BY_LOT.replace('"lot"', '"network"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"networks.toml: changes.*together"):
        FundingFlows("anytown", str(file))
