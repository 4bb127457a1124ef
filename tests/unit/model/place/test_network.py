from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.agents.patients.events import EVENTS
from fundingflows.model.place.network import JOURNEYS, graph, shares
from fundingflows.scenarios import FundingFlows, load_baseline, load_place
from numpy.testing import assert_allclose

NUMBERS = load_baseline("2015_16").parameters


@pytest.fixture(scope="module", params=["anytown", "somerset"])
def place(request):
    return load_place(request.param)


def cohorts(place):
    """Stand-ins for the cohorts of a place with one commissioner: what the graph asks of them."""
    sites = {"practice": place.practices.code, "hospital": place.file.hospitals, "social_care": place.file.councils}
    return [
        SimpleNamespace(kind=kind, sites=rows, commissioner=partial(np.zeros, len(rows), np.int64))
        for kind, rows in sites.items()
    ]


def test_each_practice_divides_its_work_among_hospitals(place):
    share = shares(place, NUMBERS)
    assert_allclose(share.sum(axis=1), 1.0, rtol=1e-12)
    assert (share > 0).all()


def test_hospitals_have_their_shares_of_the_place(place):
    people = place.people.sum(axis=(1, 2)) / place.registered
    wanted = np.array([h.share for h in place.file.hospitals])
    assert_allclose(people @ shares(place, NUMBERS), wanted / wanted.sum(), rtol=1e-6)


def test_nearer_hospitals_get_more():
    place = load_place("somerset")
    share, away = shares(place, NUMBERS), place.distances()
    decay = NUMBERS.hospital.distance_decay_km
    # odds of any two hospitals change with distance alone
    odds = np.log(share[:, 0] / share[:, 1]) + (away[:, 0] - away[:, 1]) / decay
    assert np.ptp(odds) < 1e-9
    assert np.corrcoef(share[:, 0], away[:, 0])[0, 1] < -0.5


def test_the_graph_has_every_organisation_and_the_shares_as_weights(place):
    share = shares(place, NUMBERS)
    net = graph(place, share, cohorts(place))
    kinds = [kind for _, kind in net.nodes(data="kind")]
    n, hospitals = share.shape
    assert [kinds.count(k) for k in ("practice", "hospital", "social_care", "commissioner")] == [
        n,
        hospitals,
        1,
        1,
    ]
    codes = dict(net.nodes(data="code"))
    assert [codes[p] for p in range(n)] == place.practices.code.tolist()
    for p in range(n):
        edges = {to: data["weight"] for _, to, data in net.out_edges(p, data=True)}
        assert sum(edges.values()) == pytest.approx(1.0, abs=1e-3 * hospitals)
        assert all(weight == share[p, to - n] for to, weight in edges.items())


def test_the_commissioner_contracts_with_every_provider(place):
    net = graph(place, shares(place, NUMBERS), cohorts(place))
    (commissioner,) = [node for node, kind in net.nodes(data="kind") if kind == "commissioner"]
    assert set(net.successors(commissioner)) == set(net.nodes) - {commissioner}


def test_distances_are_kilometres():
    place = load_place("anytown")
    x99004 = place.practices.code.tolist().index("X99004")
    north, east = (51.0220 - 51.004) * 111.2, (2.806 - 2.690) * 111.2 * np.cos(np.radians(51.01))
    assert place.distances()[x99004, 0] == pytest.approx(np.hypot(north, east), rel=0.005)


def test_edges_carry_the_last_quarters_patients_and_pounds():
    model = FundingFlows("anytown", "capitated", rng=1, freeze_behaviour=True).run(1)
    data = [attributes for _, _, attributes in model.network.edges(data=True)]
    moved = sum(d["patients"] for d in data if d["kind"] == "referral")
    weeks = np.array(model.record.hospital[-13:]).sum(axis=(0, 1))
    assert moved == weeks[[EVENTS.index(name) for name in JOURNEYS]].sum()
    flows = model.ledger.flows(weeks=(40, 52))
    paid = flows[flows["purpose"].isin(["per_head", "specialised_services"])]["pence"].sum()
    assert sum(d["pence"] for d in data if d["kind"] == "contract") == paid


def test_a_network_asked_for_early_is_kept_up_to_date():
    early = FundingFlows("anytown", "capitated", rng=1, freeze_behaviour=True)
    asked = early.network
    assert not any(d.get("patients") for _, _, d in asked.edges(data=True))
    early.run(0.5)
    late = FundingFlows("anytown", "capitated", rng=1, freeze_behaviour=True).run(0.5)
    assert early.network is asked
    assert dict(asked.edges) == dict(late.network.edges)
