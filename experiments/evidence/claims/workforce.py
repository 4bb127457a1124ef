"""The claim that losing older GPs tips practices into collapse."""

from __future__ import annotations

import numpy as np

from ...results.numbers import interval, probability
from .activity import USUAL
from .claim import Answer, Claim, verdict
from .runs import Arm, Results, shipped

RATES = (0.08, 0.10, 0.12, 0.14, 0.18)  #: GPs leaving a year per GP, from the second year on
COLLAPSED = 0.5  #: GPs in post, of the posts of the start, below which a practice counts as collapsed
#: 20.8 % of GPs are 55 or older (HSCIC 2015); 61 % of those over 50 expect to quit within five years (Worklife 9)
OLDER = 0.208 * 0.61 / 5.0
FILE = """title = "GPs leave at {rate:g} a year"
question = "At what rate of leaving do practices tip?"
source = "A rate tried for the claim; the intake of new GPs stays as it was"
extends = "status_quo"

[[changes]]
when = 2016-04-01
set = {{ "general_practice.leaving_rate" = {rate:g}{loop} }}
"""
NO_LOOP = ', "general_practice.leaving_workload" = 0.0'
WITH = (USUAL, *(Arm(f"leaving_{r:g}", 10, text=FILE.format(rate=r, loop="")) for r in RATES[1:]))
HIGH = (2, 4)  #: positions of the rates at which the loop is also cut
WITHOUT = tuple(Arm(f"leaving_{RATES[k]:g}_no_loop", 10, text=FILE.format(rate=RATES[k], loop=NO_LOOP)) for k in HIGH)


def in_post(found: Results, arm: Arm) -> np.ndarray:
    """GPs in post at the end relative to the first year's end (cases, practices)."""
    fte = found.practices(arm, "gp_fte")
    return fte[:, -1] / fte[:, 0]


def collapsed(found: Results, arms: tuple[Arm, ...]) -> np.ndarray:
    """Share of practices below the line after ten years (cases, rates)."""
    return np.array([(in_post(found, arm) < COLLAPSED).mean(axis=1) for arm in arms]).T


def tipping_rate(shares: np.ndarray) -> float:
    """The leaving rate at which half of practices have collapsed, interpolated linearly."""
    above = np.flatnonzero(shares >= 0.5)
    if not above.size:
        return float("nan")
    k = int(above[0])
    if k == 0:
        return RATES[0]
    part = (0.5 - shares[k - 1]) / (shares[k] - shares[k - 1])
    return float(RATES[k - 1] + part * (RATES[k] - RATES[k - 1]))


def collapse(found: Results) -> Answer:
    """Where practices tip, and whether the workload loop causes it."""
    shares = collapsed(found, WITH)
    tips = np.array([tipping_rate(row) for row in shares])
    usual = shipped(found.place, "general_practice.leaving_rate")
    apart = found.effect(
        np.mean([in_post(found, WITH[k]).mean(axis=1) - in_post(found, arm).mean(axis=1)
                 for k, arm in zip(HIGH, WITHOUT, strict=True)], axis=0), -1.0,
    )  # fmt: skip
    nearest = int(np.argmin(np.abs(np.array(RATES) - usual - OLDER)))
    found_tip = np.isfinite(tips).all()
    mean, low, high, _ = found.effect(100.0 * tips) if found_tip else (float("nan"),) * 4
    where = (
        f"half of practices have lost half of their GPs by year 10 at a leaving rate of {mean:.1f} % a year "
        f"({low:.1f} to {high:.1f}), against {100 * usual:.0f} % at the start"
        if found_tip
        else f"no leaving rate up to {100 * RATES[-1]:.0f} % a year makes half of practices lose half of their GPs"
    )
    path = ", ".join(
        f"{100 * in_post(found, arm).mean():.0f} % at {100 * rate:.0f} %" for rate, arm in zip(RATES, WITH, strict=True)
    )
    older = float((shares[:, nearest] > 0.0).mean())
    return Answer(
        mean, low, high, "% of GPs leaving a year at which half of practices collapse", older,
        f"With an intake that follows today's posts, {where}: compared with the first year, GPs in post by rate "
        f"of leaving are {path}. Overwork takes {100 * -apart[0]:.1f} points "
        f"({interval(-100 * apart[2], -100 * apart[1])}) of GPs in addition to those who leave in any case "
        f"(at {100 * RATES[HIGH[0]]:.0f} and {100 * RATES[HIGH[1]]:.0f} %). If older GPs leave as they "
        f"say they will, the rate becomes "
        f"{100 * (usual + OLDER):.1f} %: at {100 * RATES[nearest]:.0f} % {100 * shares[:, nearest].mean():.0f} % of "
        f"practices have collapsed after ten years (probability of any {probability(older)}).",
        verdict(older, apart[3]), 100.0 * tips,
    )  # fmt: skip


CLAIMS = (Claim("collapse", "Losing older GPs tips practices into collapse", (*WITH, *WITHOUT), collapse),)
