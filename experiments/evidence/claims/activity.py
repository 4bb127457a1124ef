"""Claims about activity, work and general practice's share of the money."""

from __future__ import annotations

import numpy as np

from ...results.numbers import interval, probability, signed
from .claim import Answer, Claim, verdict
from .runs import Arm, Results

USUAL, ITEM, HEAD, OUTCOMES = (Arm(f) for f in ("status_quo", "activity_based", "capitated", "outcome_based"))


def _admissions(found: Results, arm: Arm) -> np.ndarray:
    """Hospital admissions per 1,000 people, emergency and elective (seeds, years)."""
    return found.measure(arm, "emergencies") + found.measure(arm, "electives")


def ever_upward(found: Results) -> Answer:
    """The gap between paying per item and per head, and whether it is still growing in the second five years."""
    item, head = _admissions(found, ITEM), _admissions(found, HEAD)
    gap = 100.0 * (item / head - 1.0)
    late = gap[:, 5:]
    mean, low, high, above = found.effect(late.mean(axis=1))
    years = np.arange(late.shape[1])
    slope, slope_low, slope_high, rising = found.effect(np.polyfit(years, late.T, 1)[0])
    usual = found.effect((100.0 * (_admissions(found, USUAL) / head - 1.0))[:, 5:].mean(axis=1))
    return Answer(
        mean, low, high, "% more admissions, years 6-10", above,
        f"Paid per item, hospitals admit {signed(mean, 1)} % ({interval(low, high)}) more in years 6-10 than "
        "paid per head "
        f"(probability {probability(above)}), and the usual tariffs {signed(usual[0], 1)} %; most of the gap "
        "is a step, "
        f"after which it changes by {signed(slope, 2)} points a year ({interval(slope_low, slope_high, 2)}; "
        "probability "
        f"that it still grows {probability(rising)}).",
        verdict(above, rising), late.mean(axis=1),
    )  # fmt: skip


def unfunded_work(found: Results) -> Answer:
    """Growth of requests beyond growth of income, under the usual contract and when each contact is paid."""

    def gap(arm: Arm) -> np.ndarray:
        asked, paid = (found.practices(arm, c).sum(axis=2) for c in ("first_requests", "income"))
        return 100.0 * (asked[:, -1] / asked[:, 0] - paid[:, -1] / paid[:, 0])

    usual, item = gap(USUAL), gap(ITEM)
    mean, low, high, above = found.effect(usual)
    apart = found.effect(usual - item)
    load = found.effect(found.measure(USUAL, "contacts")[:, -1] - found.measure(USUAL, "contacts")[:, 0])
    return Answer(
        mean, low, high, "points, growth of requests less growth of income over 10 years", above,
        f"Under the status quo requests grow {signed(mean, 1)} points ({interval(low, high)}) more than "
        "practices' income in ten "
        f"years (probability {probability(above)}), {signed(apart[0], 1)} points "
        f"({interval(apart[1], apart[2])}) more than when "
        f"every contact is paid; GPs' weekly contacts change by {signed(load[0], 1)} ({interval(load[1], load[2])}).",
        verdict(above, apart[3]), usual,
    )  # fmt: skip


def falling_share(found: Results) -> Answer:
    """Change in general practice's share of payments to the three sectors, first to last year."""
    share = found.measure(USUAL, "practice_share")
    mean, low, high, below = found.effect(share[:, -1] - share[:, 0], -1.0)
    return Answer(
        mean, low, high, "points of the share, year 10 less year 1", below,
        f"General practice's share of the money goes from {share[:, 0].mean():.2f} % to {share[:, -1].mean():.2f} % in "
        f"ten years of the status quo, {signed(mean, 2)} points ({interval(low, high, 2)}; probability of a fall "
        f"{probability(below)}).",
        verdict(below), share[:, -1] - share[:, 0],
    )  # fmt: skip


def carbon(found: Results) -> Answer:
    """Carbon footprint of care under outcome payment, compared with the status quo, and its causes."""
    apart = 100.0 * (found.measure(OUTCOMES, "carbon") / found.measure(USUAL, "carbon") - 1.0)
    mean, low, high, below = found.effect(apart.mean(axis=1), -1.0)
    work = found.effect((100.0 * (_admissions(found, OUTCOMES) / _admissions(found, USUAL) - 1.0)).mean(axis=1))
    waits = found.effect((found.measure(OUTCOMES, "median_wait") - found.measure(USUAL, "median_wait")).mean(axis=1))
    lives = found.effect((found.measure(OUTCOMES, "qalys") - found.measure(USUAL, "qalys")).mean(axis=1))
    return Answer(
        mean, low, high, "% of the footprint of the care counted", below,
        f"Paying for outcomes changes the footprint of care by {signed(mean, 1)} % ({interval(low, high)}; "
        "probability of a fall "
        f"{probability(below)}), because hospitals admit {signed(work[0], 1)} %: the saving comes from care "
        "not given, while the "
        f"median wait changes by {signed(waits[0], 1)} weeks and QALYs by {signed(lives[0], 2)} per 1,000 people.",
        verdict(below), apart.mean(axis=1),
    )  # fmt: skip


CLAIMS = (
    Claim("ever_upward", "Activity payment drives hospital activity ever upward", (ITEM, HEAD, USUAL), ever_upward),
    Claim("unfunded_work", "The fixed GP sum leaves practices absorbing unfunded work", (USUAL, ITEM), unfunded_work),
    Claim("falling_share", "General practice's share of spending falls under the status quo", (USUAL,), falling_share),
    Claim("carbon", "Paying for outcomes lowers the carbon footprint", (OUTCOMES, USUAL), carbon),
)
