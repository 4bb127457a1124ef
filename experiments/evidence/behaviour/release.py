"""What a release of the model said: each measure of a fixed set of runs, by funding file and seed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from ....model.errors import InputError
from ....scenarios import fundings
from ...results.result import Result
from ...runs import comparison
from ...runs.spec import RunSpec

PLACE, YEARS, SEEDS = "anytown", 5, 8
DIGITS = 8  #: significant digits that are kept of a value


class Release(NamedTuple):
    """Values by funding file and measure, one a seed (1, 2, …); the first funding file is the usual one."""

    version: str
    place: str
    years: float
    seeds: int
    values: dict[str, dict[str, list[float]]]

    def plan(self) -> list[RunSpec]:
        """The runs that this release's results are of, to be made with the present model."""
        return planned(self.place, list(self.values), self.years, self.seeds)


def shipped() -> Path:
    """The file of the last release's results."""
    return Path(str(files(__package__) / "release.json"))


def read(path: Path) -> Release:
    """Stored results.

    Raises:
        InputError: when the file is missing or not one of stored results.
    """
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Release(**{name: raw[name] for name in Release._fields})
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path}: expected results that 'fundingflows behaviour --store' has written") from None


def planned(place: str = PLACE, files: Sequence[str] = (), years: float = YEARS, seeds: int = SEEDS) -> list[RunSpec]:
    """The fixed set: every funding file that ships, the usual one first."""
    everyone = sorted(fundings(), key=lambda name: (name != "status_quo", name))
    return comparison.plan(place, list(files) or everyone, range(1, seeds + 1), years)


def of(results: Sequence[Result], version: str, years: float = YEARS) -> Release:
    """What these runs say, as results of a release of this name."""
    names = list(dict.fromkeys(result.funding for result in results))
    by = {(result.funding, result.seed): result.measures for result in results}
    seeds = sorted({result.seed for result in results})
    values = {
        name: {key: [float(f"{by[name, seed][key]:.{DIGITS}g}") for seed in seeds] for key in by[name, seeds[0]]}
        for name in names
    }
    return Release(version, results[0].place, years, len(seeds), values)


def text(release: Release) -> str:
    """The file of a release's results: one line a measure."""
    parts = []
    for name, measures in release.values.items():
        lines = ",\n".join(f"   {json.dumps(key)}: {json.dumps(values)}" for key, values in measures.items())
        parts.append(f"  {json.dumps(name)}: {{\n{lines}\n  }}")
    head = "".join(f" {json.dumps(f)}: {json.dumps(getattr(release, f))},\n" for f in Release._fields[:-1])
    return "{\n" + head + ' "values": {\n' + ",\n".join(parts) + "\n }\n}\n"
