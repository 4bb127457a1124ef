"""A comparison that separates parameter uncertainty from chance.

Every way of paying is run at several draws of parameters and, at each draw, with the same seeds. The paired difference
of draw d and seed s is the effect plus a term for the draw, a term for the seed and their interaction: a crossed
layout of random effects without replication, split by the analysis of variance (Searle, Casella and McCulloch, Variance
Components, 1992).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2, f

from ...model.errors import InputError
from ...scenarios import baseline_of
from ..results.intervals import around
from . import design, fitted
from . import plan as planning
from .results import Sweep


@dataclass(frozen=True)
class Parts:
    """A paired difference and its sources of uncertainty, all in the measure's unit.

    ``low`` and ``high``: 95 % interval of the effect, allowing for unknown parameters. ``above``: probability that it
    is above zero. ``parameters`` and ``chance``: standard deviations of the effect between draws, and of one run's
    difference between seeds at given parameters, each with a 95 % interval.
    """

    effect: float
    low: float
    high: float
    above: float
    parameters: float
    parameters_low: float
    parameters_high: float
    chance: float
    chance_low: float
    chance_high: float

    @property
    def share(self) -> float:
        """Share of the variance between single runs that comes from parameters."""
        total = self.parameters**2 + self.chance**2
        return self.parameters**2 / total if total > 0.0 else 0.0


def plan(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, paths: str | None = None
) -> planning.Plan:
    """The runs: every funding file at every draw and seed, kept as a sweep's are.

    Raises:
        InputError: for fewer than two funding files, draws or seeds: the two sources then cannot be separated.
    """
    for name, number in (("funding files", len(fundings)), ("draws (--uncertainty)", draws), ("--seeds", seeds)):
        if number < 2:
            raise InputError(f"compare --uncertainty: {name}: expected at least 2, got {number}")
    points = fitted.draws(baseline_of(place), draws)
    file = design.of("uncertainty", title=f"Uncertainty: {', '.join(Path(n).stem for n in fundings)}", places=[place],
                     fundings=fundings, years=years, sample=sample, paths=paths, seeds=seeds,
                     vary=dict.fromkeys(points[0], "plausible"))  # fmt: skip
    return planning.make("uncertainty", file, chosen=points)


def parts(differences: np.ndarray) -> Parts:
    """The parts of paired differences (draws, seeds), complete.

    The interval of the parameters' variance is Williams's (Biometrika 49:278, 1962), that of chance, a sum of mean
    squares, Graybill and Wang's (J Am Stat Assoc 75:869, 1980).
    """
    n_draws, n_seeds = differences.shape
    mean = float(differences.mean())
    by_draw, by_seed = differences.mean(axis=1), differences.mean(axis=0)
    rest = differences - by_draw[:, None] - by_seed + mean
    free = (n_draws - 1) * (n_seeds - 1)
    ms_draw = n_seeds * float(by_draw.var(ddof=1))
    ms_seed = n_draws * float(by_seed.var(ddof=1))
    ms_rest = float((rest**2).sum()) / free
    parameters, low, high = _between(ms_draw, ms_rest, n_draws - 1, free, n_seeds)
    chance = (ms_seed + (n_draws - 1) * ms_rest) / n_draws
    chance_low, chance_high = _sum([(ms_seed / n_draws, n_seeds - 1), ((n_draws - 1) / n_draws * ms_rest, free)])
    # an effect at unknown parameters varies about the mean, which has an error of its own
    error = np.sqrt(max(ms_draw + ms_seed - ms_rest, ms_rest) / (n_draws * n_seeds))
    spread = float(np.hypot(parameters, error))
    return Parts(*around(mean, float(spread), n_draws - 1), parameters, low, high, float(np.sqrt(chance)),
                 chance_low, chance_high)  # fmt: skip


def _sum(squares: list[tuple[float, int]]) -> tuple[float, float]:
    """95 % interval of the root of a sum of mean squares, each with its degrees of freedom."""
    total = sum(ms for ms, _ in squares)
    below = sum(((1.0 - dof / chi2.ppf(0.975, dof)) * ms) ** 2 for ms, dof in squares)
    above = sum(((dof / chi2.ppf(0.025, dof) - 1.0) * ms) ** 2 for ms, dof in squares)
    return float(np.sqrt(max(total - np.sqrt(below), 0.0))), float(np.sqrt(total + np.sqrt(above)))


def _between(ms: float, rest: float, dof: int, free: int, n: int) -> tuple[float, float, float]:
    """Standard deviation between draws, from mean squares, with its 95 % interval."""
    if ms <= 0.0:
        return 0.0, 0.0, 0.0
    ratio = ms / max(rest, 1e-12 * ms)
    low = dof * ms * (1.0 - f.ppf(0.975, dof, free) / ratio) / (n * chi2.ppf(0.975, dof))
    high = dof * ms * (1.0 - f.ppf(0.025, dof, free) / ratio) / (n * chi2.ppf(0.025, dof))
    values = (max((ms - rest) / n, 0.0), max(low, 0.0), max(high, 0.0))
    point, low, high = (float(np.sqrt(v)) for v in values)
    return point, low, high


def table(found: Sweep, measures: list[str] | None = None) -> pd.DataFrame:
    """One row for each measure and funding file after the first: ``Parts``, and the parameters' share of the variance.

    Raises:
        InputError: when runs are missing or have failed.
    """
    rows = []
    units = found.units.set_index("measure")
    for measure in measures or found.measures:
        apart = found.differences(measure)
        for funding in found.fundings[1:]:
            wide = apart[apart["funding"] == funding].pivot(index="point", columns="seed", values="difference")
            if wide.empty or bool(wide.isna().any().any()):
                raise InputError(f"{found.folder}: {funding}: runs failed or are missing; see its runs' errors")
            found_parts = parts(wide.to_numpy())
            facts = units.loc[measure]
            rows.append({"measure": measure, "label": facts["label"], "unit": facts["unit"], "funding": funding,
                         **vars(found_parts), "share": found_parts.share})  # fmt: skip
    return pd.DataFrame(rows)


def sentence(rows: pd.DataFrame, title: str, base: str) -> str:
    """The effects of a funding file that hold whatever the parameters."""
    sure = rows.loc[((rows["above"] > 0.975) | (rows["above"] < 0.025)).to_numpy()]
    uncertain = rows["share"].median()
    named = [f"{r['label'][0].lower()}{r['label'][1:]} {'up' if r['effect'] > 0 else 'down'}" if not
             r["label"].startswith(("GP", "QALY", "A&E")) else f"{r['label']} {'up' if r['effect'] > 0 else 'down'}"
             for r in sure.to_dict("records")]  # fmt: skip
    what = f"{', '.join(named)}" if named else "nothing"
    return (
        f"{title} compared with {base}: certain whatever the parameters drawn: {what}. "
        f"At the median measure, parameter uncertainty is {100 * uncertain:.0f} % of the variance between single runs "
        "and chance is the rest."
    )
