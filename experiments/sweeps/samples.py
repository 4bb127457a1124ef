"""The points of a sweep, chosen by its design."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import qmc

from ...model.errors import InputError
from .design import Design, SweepFile, Variable

MORRIS_LEVELS = 4  #: of Morris's grid, the usual choice


def points(file: SweepFile, varied: list[Variable]) -> list[dict[str, float]]:
    """Values by variable, point by point; a missing variable has its default."""
    design = file.design
    if not varied and design.kind != "grid":
        raise InputError(f"design.kind = {design.kind}: nothing varies; name the variables under [vary]")
    if not varied:
        return [{}]
    if design.kind == "grid":
        rows = itertools.product(*(v.grid(design.levels) for v in varied))
        return [dict(zip((v.path for v in varied), row, strict=True)) for row in rows]
    if design.kind == "one_at_a_time":
        return [{}, *({v.path: x} for v in varied for x in v.grid(2 if not v.levels else 0))]
    return [{v.path: v.at(u) for v, u in zip(varied, row, strict=True)} for row in cube(design, len(varied))]


def count(file: SweepFile, varied: list[Variable]) -> int:
    """How many points the design has, without making them."""
    design, d = file.design, len(varied)
    if not d:
        return 1
    if design.kind == "grid":
        return math.prod(len(v.levels) or design.levels for v in varied)
    if design.kind == "one_at_a_time":
        return 1 + sum(len(v.levels) or 2 for v in varied)
    if design.kind == "morris":
        return design.trajectories * (d + 1)
    return design.points * (d + 2 if design.kind == "saltelli" else 1)


def cube(design: Design, d: int) -> np.ndarray:
    """Points of the unit cube, (n, d), by the design."""
    if design.kind == "latin_hypercube":
        return qmc.LatinHypercube(d, rng=np.random.default_rng(design.seed)).random(design.points)
    if design.kind == "sobol":
        # the sequence resumes where it stopped, so that more points extend the design
        engine = qmc.Sobol(d, rng=np.random.default_rng(design.seed))
        return engine.random_base2(math.ceil(math.log2(max(design.points, 2))))[: design.points]
    return unit_sample(design, d)


def problem(names: Sequence[str]) -> dict[str, Any]:
    """SALib's description of the unit cube of some variables."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def unit_sample(design: Design, d: int) -> np.ndarray:
    """Points of the unit cube for Morris (trajectories · (d + 1)) or Saltelli (points · (d + 2)), (n, d).

    Raises:
        InputError: when SALib is not installed, or the number of points is not a power of 2.
    """
    _salib()
    from SALib.sample import morris, sobol

    names = [f"x{k}" for k in range(d)]
    if design.kind == "morris":
        return morris.sample(problem(names), design.trajectories, num_levels=MORRIS_LEVELS, seed=design.seed)
    if design.points & (design.points - 1):
        raise InputError(f"design.points: expected a power of 2 for Sobol' indices, such as 64, got {design.points}")
    return sobol.sample(problem(names), design.points, calc_second_order=False, seed=design.seed)


def _salib() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise InputError("Morris and Sobol' need the extra 'sweep': pip install 'fundingflows[sweep]'") from None
