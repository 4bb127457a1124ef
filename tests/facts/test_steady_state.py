"""A run begins from rest: without ageing and with behaviour frozen, every stock stands still for five years.

Chance moves stocks too, and the test grants it what it may do: twice the standard error over the seeds, and where few
are counted, whose opening is one draw that all seeds share, twice the standard deviation of a count of that size.
"""

import numpy as np
import pytest
from fundingflows.agents.patients.people import GONE, PLANNED_NEEDS, REFUSED_CARE, UNWELL
from fundingflows.agents.social_care import KINDS
from fundingflows.experiments.results import measures
from fundingflows.scenarios import FundingFlows

YEARS, SEEDS = 5, (1, 2, 3, 4, 5)
STILL = 0.02  # the most that a stock may drift in five years, as a share of it, chance apart
# What follows stocks but is a small difference or tail of two large numbers, and money that follows deficits
FLOWS = {
    "hospital_margin": 0.15, "drawings": 0.03, "failed": 0.06, "unmet_poorest": 0.06, "unmet_richest": 0.06,
    "median_wait": 0.04,
}  # fmt: skip
# In a small place, where some forty people a year wait for care in a bed, and one theatre's queue opens by chance and
# adds up what chance brings: its wait moves by twice as much as its list
SMALL = {"delays": 0.15, "electives": 0.03, "median_wait": 0.08}
FEW = 500  # people, fewer than whom open by chance with more or fewer of the frail, in a large place too


def _stocks(model):
    """Every stock as it is now, whole place; the first group in people, whose opening is a draw."""
    people, care = model.patients.people, model.social_care
    alive = people.where != GONE
    need, held = people.state["need"][alive], people.state["care"][alive]
    counts = {f"care, {kind}": care.held[:, k].sum() for k, kind in enumerate(KINDS)} | {
        "waiting for care": care.waiting.sum(),
        "refused care": (held == REFUSED_CARE).sum(),
        "waiting list": model.hospitals.listed.sum() / model.sample,
        "beds in use": model.hospitals.used.sum() / 7.0,
        "planned needs": ((need & PLANNED_NEEDS) != 0).sum(),
        "unwell": ((need & UNWELL) != 0).sum(),
    }
    return counts, {
        "people": alive.sum(),
        "GPs": model.practices.gp_fte.sum(),
        "other staff": model.practices.other_fte.sum(),
        "beds": model.hospitals.beds().sum(),
        "clinics and theatres": (model.hospitals.theatre_slots * model.hospitals.capacity).sum(),
        "control": people.state["control"][alive].mean(),
        "conditions": people.state["conditions"][alive].mean(),
        "frailty": people.state["frailty"][alive].mean(),
    }


def _year_means(model):
    """Mean of each stock over the first year and over the last, (2,) by name; counts first."""
    years = []
    for _ in range(YEARS):
        weeks = [_stocks(model.run(model.week / 52 + 1 / 52)) for _ in range(52)]
        years.append([{name: np.mean([w[k][name] for w in weeks]) for name in weeks[0][k]} for k in (0, 1)])
    return [{name: np.array([years[0][k][name], years[-1][k][name]]) for name in years[0][k]} for k in (0, 1)]


@pytest.fixture(scope="module", params=["anytown", pytest.param("somerset", marks=pytest.mark.long)])
def runs(request):
    """Five seeds of a place at rest, and each one's stocks."""
    models = [FundingFlows(request.param, "status_quo", rng=s, ageing=False, freeze_behaviour=True) for s in SEEDS]
    return models, [_year_means(model) for model in models]


def _drift(first_and_last):
    """Drift (seeds, 2) as a share of the first year's mean, and twice its standard error."""
    values = np.array(first_and_last, dtype=float)
    change = (values[:, 1] - values[:, 0]) / values[:, 0].mean()
    return change.mean(), 2.0 * change.std(ddof=1) / len(change) ** 0.5


def test_every_stock_stands_still(runs):
    models, stocks = runs
    small = models[0].place.id == "anytown"
    moved = {}
    for k in (0, 1):
        for name in stocks[0][k]:
            drift, chance = _drift([s[k][name] for s in stocks])
            opening = stocks[0][k][name][0]
            opening = 2.0 * opening**-0.5 if k == 0 and (small or opening < FEW) else 0.0
            if abs(drift) > STILL + np.hypot(chance, opening):
                moved[name] = f"{drift:+.3f} ± {chance:.3f}"
    assert not moved


def test_every_measure_stands_still(runs):
    models, _ = runs
    bands = FLOWS | (SMALL if models[0].place.id == "anytown" else {})
    moved = {}
    for measure in measures.MEASURES:
        if measure.key == "balance":  # at the end of a run: not a flow of a year
            continue
        drift, chance = _drift([[measures.read(m, y, y + 1)[measure.key] for y in (0, YEARS - 1)] for m in models])
        if abs(drift) > bands.get(measure.key, STILL) + chance:
            moved[measure.key] = f"{drift:+.3f} ± {chance:.3f}"
    assert not moved
