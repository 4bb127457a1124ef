"""Beds that hospitals are asked for, and what emergencies meet when they are not there."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .links import link
from .patients.calendar import share_closed
from .patients.people import TINY

CROWDING_STAYS = link(
    "crowding_stays", "people in hospital", "stays ended", 1, "Crowded hospitals send patients home earlier.",
    usual={"hospital.crowding_stay": 0.0},
)  # fmt: skip
CROWDING_BED_WAITS = link(
    "crowding_bed_waits", "people in hospital", "long waits in A&E", 1,
    "The fuller a hospital is, the longer emergencies wait in A&E for a bed.", usual={"hospital.bed_wait_full": 0.0},
)  # fmt: skip
CROWDING_PLANNED = link(
    "crowding_planned", "people in hospital", "treatments", -1,
    "Staff of escalation beds are missing in clinics and theatres.", usual={"hospital.escalation_staff": 0.0},
)  # fmt: skip


class Crowding(NamedTuple):
    """What a week's emergencies meet, (H,) each."""

    divert: np.ndarray  # chance that an overnight emergency is sent to the next hospital
    overflow: np.ndarray  # row of that hospital
    refused: np.ndarray  # chance that one who is not diverted finds no bed
    bed_wait: np.ndarray  # share of admissions that wait too long in A&E
    stay: np.ndarray  # length of stay relative to what the hospital would choose
    planned: np.ndarray  # clinics and theatres whose staff escalation beds leave, relative to those open


def kept_for_planned(beyond: np.ndarray, p: Any) -> np.ndarray:
    """Clinics and theatres relative to those open, where beds ``beyond`` those open (a share of them) take staff."""
    return 1.0 - p.escalation_staff * np.minimum(np.maximum(beyond, 0.0), p.escalation_beds)


class BedDemand:
    """Nights a week that hospitals are asked for, one row each: running means of nights used and of people let in.

    Nights asked for are those used over the share of emergencies that found a bed here. As beds close, the share that
    fits falls at once, although the running means know it only after some weeks; occupancy so stays near the limit of
    open and escalation beds, whatever is asked for. ``near`` (H, n): rows of the hospitals to which each one diverts.
    """

    def __init__(self, near: np.ndarray, occupancy: float) -> None:
        n = len(near)
        self.near = near
        self.used = np.zeros(n)  # nights a week
        self.admitted = np.ones(n)  # share of emergencies that find a bed here
        self.received = np.zeros(n)  # nights a week of people diverted to here
        self.usual = np.full(n, occupancy)  # occupancy of the initial state

    def begin(self, occupancy: np.ndarray, there: np.ndarray) -> None:
        """Begin at an occupancy, (H,), of the nights a week that are ``there``; from now on this is the usual one."""
        self.usual = occupancy.copy()
        self.used = occupancy * there

    def asked(self) -> np.ndarray:
        """Nights a week that are asked for, (H,), diverted and refused ones included."""
        return self.used / np.maximum(self.admitted, TINY)

    def pressure(self, there: np.ndarray) -> np.ndarray:
        """Nights asked for relative to those in open beds, (H,)."""
        return self.asked() / np.maximum(there, TINY)

    def crowding(self, there: np.ndarray, p: Any) -> Crowding:
        """What emergencies meet this week. ``there`` (H,): nights a week in open beds; ``p``: numbers of hospitals."""
        limit, pressure = 1.0 + p.escalation_beds, self.pressure(there)
        excess = np.maximum(1.0 - limit / np.maximum(pressure, limit), 0.0)
        overflow = self.near[np.arange(len(there)), pressure[self.near].argmin(axis=1)]
        divert = p.divert_share * excess * self._room(overflow, excess * self.asked(), limit * there)
        kept = pressure * (1.0 - divert)
        return Crowding(
            divert, overflow, np.maximum(1.0 - limit / np.maximum(kept, limit), 0.0),
            self._bed_wait(np.minimum(pressure, limit), p), self._stay(np.minimum(pressure, limit), p),
            kept_for_planned(np.minimum(pressure, limit) - np.maximum(self.usual, 1.0), p),
        )  # fmt: skip

    def close_week(self, used: np.ndarray, met: Crowding, p: Any) -> np.ndarray:
        """Take note of the nights ``used`` (H,) in a week when emergencies ``met`` this. Returns what was learnt."""
        sent = np.bincount(met.overflow, met.divert * self.asked(), minlength=len(used))
        part = share_closed(1.0, p.crowding_weeks)
        learnt = part * (used - self.used)
        self.used = self.used + learnt
        self.admitted = self.admitted + part * ((1.0 - met.divert) * (1.0 - met.refused) - self.admitted)
        self.received = self.received + part * (sent - self.received)
        return learnt

    def _room(self, overflow: np.ndarray, homeless: np.ndarray, limit: np.ndarray) -> np.ndarray:
        """Share of the nights without a bed, ``homeless`` (H,), for which the next hospital has room, (H,)."""
        free = np.maximum(limit - self.asked() + self.received, 0.0)
        wanted = np.bincount(overflow, homeless, minlength=len(limit))
        elsewhere = overflow != np.arange(len(limit))
        return elsewhere * np.minimum(free / np.maximum(wanted, TINY), 1.0)[overflow]

    def _bed_wait(self, occupancy: np.ndarray, p: Any) -> np.ndarray:
        """Share that wait too long: the published one at the usual occupancy, and convex above a knee (W6)."""

        def beyond(share: np.ndarray) -> np.ndarray:
            return (np.maximum(share - p.bed_wait_knee, 0.0) / (1.0 - p.bed_wait_knee)) ** 2

        waits = p.bed_wait_usual + p.bed_wait_full * (beyond(occupancy) - beyond(self.usual))
        return np.minimum(np.maximum(waits, 0.0), 1.0)

    def _stay(self, occupancy: np.ndarray, p: Any) -> np.ndarray:
        """Crowded hospitals send people home a little earlier than usual."""
        return 1.0 - p.crowding_stay * np.maximum(occupancy - np.maximum(self.usual, p.bed_wait_knee), 0.0)
