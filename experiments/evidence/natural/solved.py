"""An experiment that is solved from plans, with one seed, as a piece of work for the engine: kept like a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ....model.parameters import Parameters
from ....model.place.place import Place
from ...runs.spec import key_of
from . import figure, plan
from .arms import Arms
from .plan import PlanStudy


@cache
def _source() -> str:
    """Digest of how plans are solved and read, which is no part of the model's version."""
    return sha256(b"".join(Path(str(one.__file__)).read_bytes() for one in (plan, figure))).hexdigest()[:12]


@dataclass(frozen=True)
class Solved:
    """Effects on an experiment's scored outcomes, and where levers stand, by plans of the seed's providers."""

    arms: Arms
    seed: int
    parameters: Parameters

    @property
    def key(self) -> str:
        """Content key: everything that the effects depend on."""
        cases = [case.hash for case in self.arms.cases.values()]
        outcomes = [o.model_dump_json(exclude={"name", "why"}) for o in self.arms.study.scored]
        settled = ("settled",) if self.arms.study.settled else ()
        return key_of("study", _source(), cases, outcomes, self.seed, self.parameters.digest, *settled)

    @property
    def needs(self) -> tuple[Place, ...]:
        """Its place, whose steady state is found first."""
        return (self.arms.control.place,)

    def make(self) -> dict[str, Any]:
        """The row. An error is a row too, with its message."""
        row, began = self.failed("") | {"error": None}, perf_counter()
        try:
            asked = PlanStudy(self.arms, self.seed)
            effects = np.array(asked.effects(self.parameters)).tolist()
            row["figures"] = json.dumps({"effects": effects, "ends": asked.ends(self.parameters)})
        except Exception as error:
            row["error"] = f"{type(error).__name__}: {error}"[:500]
        return row | {"seconds": perf_counter() - began}

    def failed(self, why: str) -> dict[str, Any]:
        """The row of an experiment that could not be solved."""
        return {"key": self.key, "place": "", "funding": f"{self.arms.study.id}/plans", "seed": self.seed, "weeks": 0,
                "error": why, "digest": None, "seconds": None}  # fmt: skip
