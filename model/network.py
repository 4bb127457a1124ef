"""The referral network: who sends patients and pounds to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from scipy.spatial import KDTree

from ..agents.week import EDGE_FIRST, EVENTS, QUARTER
from .parameters import Parameters
from .place import Place

if TYPE_CHECKING:
    from .system import FundingFlows

#: what counts as a patient moving along an edge
JOURNEYS = ("gp_referrals", "other_referrals", "emergency_zero_day", "emergency_overnight", "day_cases", "inpatients")


def shares(place: Place, parameters: Parameters) -> np.ndarray:
    """Share of each practice's hospital work that goes to each hospital, (P, H), rows adding to 1.

    Huff's gravity model (Huff 1964): attraction times a decay with distance. Attractions are solved so that the
    hospitals' shares of the whole place are those of the place file.
    """
    pull = np.exp(-place.distances() / parameters.hospital.distance_decay_km)
    people = place.people.sum(axis=(1, 2)) / place.registered
    wanted = np.array([h.share for h in place.file.hospitals])
    wanted = wanted / wanted.sum()
    attraction = np.ones(wanted.size)
    share = pull
    for _ in range(500):
        weight = pull * attraction
        share = weight / weight.sum(axis=1, keepdims=True)
        attraction *= wanted / (people @ share)
    return share


def neighbours(place: Place, nearest: int = 5) -> np.ndarray:
    """Rows of the practices that each learns from, its nearest, (P, n); a practice alone has itself."""
    here = np.radians(place.practices[["latitude", "longitude"]].to_numpy(dtype=float))
    across = np.cos(here[:, 0])
    points = np.column_stack([across * np.cos(here[:, 1]), across * np.sin(here[:, 1]), np.sin(here[:, 0])])
    n = min(nearest, len(points) - 1)
    if n < 1:
        return np.zeros((1, 1), dtype=np.int64)
    rows = KDTree(points).query(points, k=n + 1)[1]
    own = rows == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True  # several at one address: the own row may be missing
    return rows[~own].reshape(len(points), n)


def with_waits(share: np.ndarray, wait: np.ndarray, usual: np.ndarray, parameters: Parameters) -> np.ndarray:
    """Shares of referrals (P, H) when waits (H,) depart from the usual: patients choose a little (Moscelli 2016)."""
    if not (usual > 0).all():
        return share
    pull = share * (np.maximum(wait, 0.1) / usual) ** parameters.hospital.wait_choice_elasticity
    return pull / pull.sum(axis=1, keepdims=True)


def graph(place: Place, share: np.ndarray) -> nx.DiGraph:
    """The network as a directed graph with integer nodes.

    Node attributes: ``kind`` (practice, hospital, social_care, commissioner), ``code``, ``name``, ``lot``,
    ``latitude``, ``longitude``. Edge attributes: ``kind`` (referral, discharge, contract), ``weight`` (share of the
    practice's hospital work) and what moved along the edge in the last quarter: ``patients`` (referral),
    ``delayed_nights`` (discharge), ``pence`` (contract).
    """
    net = nx.DiGraph()
    for row in place.practices.to_dict("records"):
        net.add_node(
            len(net), kind="practice", code=row["code"], name=row["name"], lot=row["lot"],
            latitude=row["latitude"], longitude=row["longitude"],
        )  # fmt: skip
    first = {"practice": 0}
    for kind, sites in (
        ("hospital", place.file.hospitals),
        ("social_care", place.file.councils),
        ("commissioner", place.file.commissioners),
    ):
        first[kind] = len(net)
        for site in sites:
            net.add_node(
                len(net), kind=kind, code=site.id, name=site.name, lot="",
                latitude=site.latitude, longitude=site.longitude,
            )  # fmt: skip
    n_practices, n_hospitals = share.shape
    for p in range(n_practices):
        for h in range(n_hospitals):
            if share[p, h] > 1e-4:
                net.add_edge(p, first["hospital"] + h, kind="referral", weight=float(share[p, h]), patients=0)
    for h in range(n_hospitals):
        net.add_edge(first["hospital"] + h, first["social_care"], kind="discharge", weight=1.0, delayed_nights=0)
    for node in range(first["commissioner"]):
        net.add_edge(first["commissioner"], node, kind="contract", weight=1.0, pence=0)
    return net


def carry(model: FundingFlows) -> None:
    """Write the last quarter's flows onto the edges, whole place."""
    net, hospitals = model.network, len(model.hospitals)
    moved = model.diary.edges[:, :, [EVENTS.index(name) - EDGE_FIRST for name in JOURNEYS]].sum(axis=2) / model.sample
    nights = sum(week[:, EVENTS.index("social_delayed_nights")] for week in model.record.hospital[-QUARTER:])
    paid = np.concatenate([model.payments.quarter[cohort.kind] for cohort in model.cohorts])
    first = len(model.practices)
    for source, target, data in net.edges(data=True):
        if data["kind"] == "referral":
            data["patients"] = float(moved[source, target - first])
        elif data["kind"] == "discharge":
            data["delayed_nights"] = float(np.asarray(nights)[source - first] / model.sample)
        elif target < first + hospitals + 1:
            data["pence"] = int(paid[target])
