"""The referral network: who sends patients and pounds to whom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.spatial import KDTree

from ...agents.links import link
from ...agents.patients.calendar import QUARTER
from ...agents.patients.events import EDGE_FIRST, EVENTS
from ..parameters import Parameters
from ..record import Edges, Recorded
from .place import Place

LEAST = 1e-4  #: a smaller share of a provider's patients makes no edge
LEAST_OF_MANY = 1e-2  #: the same where there are more than twenty hospitals
#: what counts as a patient moving along an edge
JOURNEYS = ("gp_referrals", "other_referrals", "emergency_zero_day", "emergency_overnight", "day_cases", "inpatients")

WAITS_CHOICE = link(
    "waits_choice", "waiting list", "referrals to a hospital", -1, "Patients choose hospitals where they wait less.",
    usual={"hospital.wait_choice_elasticity": 0.0},
)  # fmt: skip


def shares(place: Place, parameters: Parameters) -> np.ndarray:
    """Share of each practice's hospital work that goes to each hospital, (P, H), rows adding to 1; read-only."""
    return _shares(place, float(parameters.hospital.distance_decay_km))


@lru_cache(maxsize=8)
def _shares(place: Place, decay: float) -> np.ndarray:
    """Huff's gravity model (Huff 1964): attraction times a decay with distance.

    Attractions are solved so that the hospitals' shares of the whole place are those of the place file.
    """
    pull = np.exp(-place.distances() / decay)
    people = place.people.sum(axis=(1, 2)) / place.registered
    wanted = np.array([h.share for h in place.file.hospitals])
    wanted = wanted / wanted.sum()
    attraction = np.ones(wanted.size)
    for _ in range(500):
        ratio = wanted / (attraction * ((people / (pull @ attraction)) @ pull))
        attraction *= ratio
        if np.abs(ratio - 1.0).max() < 1e-12:
            break
    share = pull * attraction
    share /= share.sum(axis=1, keepdims=True)
    share.flags.writeable = False
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


def cumulated(share: np.ndarray) -> np.ndarray:
    """Shares (P, H) added up along each row, without the last, (P, H-1), as draws of a hospital need them."""
    return np.ascontiguousarray(np.cumsum(share, axis=1)[:, :-1])


def graph(place: Place, share: np.ndarray, cohorts: Sequence[Any]) -> nx.DiGraph:
    """The network as a directed graph with integer nodes.

    Nodes are the practices, the sites of the other ``cohorts`` in their order, and the commissioners.

    Node attributes: ``kind`` (practice, hospital, social_care, commissioner), ``code``, ``name``, ``lot``,
    ``latitude``, ``longitude``. Edge attributes: ``kind`` (referral, discharge, contract), ``weight`` (share of the
    practice's hospital work) and what moved along the edge in the last quarter: ``patients`` (referral),
    ``delayed_nights`` (discharge), ``pence`` (contract).
    """
    net = nx.DiGraph()
    columns = ["code", "name", "lot", "latitude", "longitude"]
    rows: Any = place.practices[columns]
    for row in rows.to_dict("records"):
        net.add_node(
            len(net), kind="practice", code=row["code"], name=row["name"], lot=row["lot"],
            latitude=row["latitude"], longitude=row["longitude"],
        )  # fmt: skip
    first = {"practice": 0}
    others = [(c.kind, c.sites) for c in cohorts if c.kind != "practice"]
    for kind, sites in (*others, ("commissioner", place.file.commissioners)):
        first[kind] = len(net)
        for site in sites:
            net.add_node(
                len(net), kind=kind, code=site.id, name=site.name, lot="",
                latitude=site.latitude, longitude=site.longitude,
            )  # fmt: skip
    n_hospitals = share.shape[1]
    for p, h in zip(*np.nonzero(share > (LEAST if n_hospitals <= 20 else LEAST_OF_MANY)), strict=True):
        net.add_edge(int(p), first["hospital"] + int(h), kind="referral", weight=float(share[p, h]), patients=0)
    councils = _councils_of(place, share)
    for h, near in enumerate(councils):
        for c, part in near.items():
            net.add_edge(
                first["hospital"] + h, first["social_care"] + c, kind="discharge", weight=part, delayed_nights=0
            )
    holder = np.concatenate([cohort.commissioner() for cohort in cohorts])  # in the order of the nodes
    for node in range(first["commissioner"]):
        net.add_edge(first["commissioner"] + int(holder[node]), node, kind="contract", weight=1.0, pence=0)
    return net


class Moved(NamedTuple):
    """What moved in a quarter."""

    patients: Edges
    nights: np.ndarray  # (H,) delayed for want of social care
    pence: np.ndarray  # (P + H + C,) paid to practices, hospitals and social care under contracts


def moved(model: Recorded) -> Moved:
    """What moved in the quarter that has just been recorded."""
    weeks = model.record.hospital[-QUARTER:]
    nights = np.sum([week[:, EVENTS.index("social_delayed_nights")] for week in weeks], axis=0)
    paid = [model.payments.quarter[cohort.kind] for cohort in model.cohorts]
    return Moved(model.record.edges[-1], nights, np.concatenate(paid))


def carry(net: nx.DiGraph, moved: Moved, sample: float) -> None:
    """Write a quarter's flows onto the edges, whole place."""
    p, h, counts = moved.patients
    first = sum(kind == "practice" for _, kind in net.nodes(data="kind"))
    patients = np.zeros((first, moved.nights.size))
    patients[p, h] = counts[:, [EVENTS.index(name) - EDGE_FIRST for name in JOURNEYS]].sum(axis=1) / sample
    for source, target, data in net.edges(data=True):
        if data["kind"] == "referral":
            data["patients"] = float(patients[source, target - first])
        elif data["kind"] == "discharge":
            data["delayed_nights"] = float(moved.nights[source - first] / sample) * data["weight"]
        elif target < moved.pence.size:
            data["pence"] = int(moved.pence[target])


def _councils_of(place: Place, share: np.ndarray) -> list[dict[int, float]]:
    """For each hospital, the councils that its patients come from and their parts of them; small ones left out."""
    people = place.people.sum(axis=(1, 2))[:, None] * share
    table = np.zeros((len(place.file.councils), share.shape[1]))
    np.add.at(table, place.council, people)
    table = table / table.sum(axis=0)
    return [{int(c): float(column[c]) for c in np.flatnonzero(column > LEAST)} for column in table.T]
