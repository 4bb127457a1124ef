"""The runs that claims are answered from: made once, kept in a folder as one file each, and gone on with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from ....model.initial.calibrate import steady_state
from ....scenarios import baseline_of, load_place, scenario
from ...results.compare import Job, Result, run_all
from ...runs.runs import key_of

KEPT = ("list", "gp_fte", "acsc_admissions", "expected_acsc", "first_requests", "income", "cost")  # of practices


@dataclass(frozen=True)
class Ask:
    """One kind of run: a way of paying, for how long, with levers held (and behaviour frozen) if any.

    ``text``: a funding file of the claim's own, of which ``funding`` is then the name. ``whole``: everyone is simulated
    even where a sample was asked for, because the answer is about the luck of small numbers.
    """

    funding: str
    years: int = 10
    held: Mapping[str, float] = field(default_factory=dict, hash=False)
    frozen: bool = False
    text: str = ""
    whole: bool = False

    @property
    def name(self) -> str:
        """What tells it apart, for people and files."""
        levers = "".join(f"+{path}={x:g}" for path, x in self.held.items())
        return f"{self.funding}{levers}{' frozen' if self.frozen else ''}{' whole' if self.whole else ''}"


class Found:
    """What runs have left: arrays with seeds first, then years, then practices where there are any."""

    def __init__(
        self, place: str, seeds: Sequence[int], stored: Mapping[tuple[str, int], dict[str, Any]], sample: float = 1.0
    ) -> None:
        self.place, self.seeds, self.stored, self.sample = place, tuple(seeds), stored, sample

    def _each(self, ask: Ask, read: Callable[[dict[str, Any]], Any]) -> np.ndarray:
        return np.array([read(self.stored[ask.name, seed]) for seed in self.seeds], dtype=float)

    def measure(self, ask: Ask, key: str) -> np.ndarray:
        """A headline measure (seeds, years)."""
        return self._each(ask, lambda run: [year[key] for year in run["years"]])

    def practices(self, ask: Ask, column: str) -> np.ndarray:
        """A column of practices (seeds, years, practices)."""
        return self._each(ask, lambda run: run["practices"][column])

    def total(self, ask: Ask, kind: str, column: str) -> np.ndarray:
        """Income or cost of a kind of provider, £m (seeds, years)."""
        return self._each(ask, lambda run: run["totals"][kind][column])

    def money(self, ask: Ask, payer: str, payee: str, purpose: str) -> np.ndarray:
        """What went from one account or kind to another for a purpose, £m (seeds, years)."""
        years = ask.years
        return self._each(ask, lambda run: run["money"].get(f"{payer}>{payee}>{purpose}", [0.0] * years))


def make(
    asks: Sequence[Ask], place: str, seeds: Sequence[int], folder: Path, sample: float = 1.0,
    processes: int | None = None, progress: Callable[[int, int], None] = lambda done, of: None,
) -> Found:  # fmt: skip
    """Every run asked for, from the folder where it is there already.

    Raises:
        InputError: for a place that is not known.
    """
    files = {ask: _file(ask, folder) for ask in dict.fromkeys(asks)}
    wanted: dict[Path, tuple[Ask, int, Job]] = {}
    known = baseline_of(place).parameters
    for ask, funding in files.items():
        part = 1.0 if ask.whole else sample
        hashed = scenario(place, funding, sample=part).hash
        for seed in seeds:
            key = key_of(known, hashed, {}, seed, ask.years, ask.frozen, dict(ask.held))
            job = Job(place, funding, seed, float(ask.years), part, None, ask.frozen, dict(ask.held))
            wanted[folder / "runs" / f"{key}.json"] = ask, seed, job
    todo = {_told_apart(job): path for path, (_, _, job) in wanted.items() if not path.exists()}
    done = [len(wanted) - len(todo)]
    progress(done[0], len(wanted))

    def keep(result: Result) -> None:
        write(todo[_told_apart(result.job)], json.dumps(reduced(result)))
        done[0] += 1
        progress(done[0], len(wanted))

    for part in sorted({wanted[path][2].sample for path in todo.values()}):
        steady_state(load_place(place, part))  # once, before every worker makes it
    run_all([wanted[path][2] for path in todo.values()], keep, processes)
    stored = {(ask.name, seed): json.loads(path.read_text()) for path, (ask, seed, _) in wanted.items()}
    return Found(place, seeds, stored, sample)


def _told_apart(job: Job) -> tuple[Any, ...]:
    return job.funding, job.seed, job.years, job.sample, job.frozen, str(dict(job.held))


def _file(ask: Ask, folder: Path) -> str:
    if not ask.text:
        return ask.funding
    path = folder / "files" / f"{ask.funding}.toml"
    if not path.exists() or path.read_text(encoding="utf-8") != ask.text:
        write(path, ask.text)
    return str(path)


def write(path: Path, text: str) -> None:
    """A file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def reduced(result: Result) -> dict[str, Any]:
    """What claims need of a run: measures by year, some columns of practices, totals and flows by kind in £m."""
    table, flows = result.organisations, result.ledger
    assert table is not None
    assert flows is not None
    years = len(result.by_year)
    kinds = dict(zip(table["organisation"].astype(str), table["kind"].astype(str), strict=True))
    own = table.loc[(table["kind"] == "practice").to_numpy()]
    sums = (
        table.pivot_table(index="year", columns="kind", values=["income", "cost"], aggfunc="sum", observed=True) / 1e6
    )
    return {
        "years": result.by_year,
        "practices": {c: own.pivot(index="year", columns="organisation", values=c).to_numpy().tolist() for c in KEPT},
        "totals": {k: {c: sums[c, k].tolist() for c in ("income", "cost")} for k in dict.fromkeys(kinds.values())},
        "money": _moved(flows, kinds, years),
    }


def _moved(flows: pd.DataFrame, kinds: Mapping[str, str], years: int) -> dict[str, list[float]]:
    """£m by year of every flow, its ends named by kind where they are providers."""
    ends = {side: [kinds.get(name, name) for name in flows[side].astype(str)] for side in ("payer", "payee")}
    year = np.minimum((flows["week"].to_numpy() - 1) // 52, years)  # what follows the last whole year is left out
    frame = pd.DataFrame({**ends, "purpose": flows["purpose"].astype(str), "year": year, "pence": flows["pence"]})
    total = cast(pd.Series, frame.groupby(["payer", "payee", "purpose", "year"])["pence"].sum())
    money: dict[str, list[float]] = {}
    flow = cast(list[tuple[str, str, str, int]], total.index.tolist())
    for (payer, payee, purpose, when), pence in zip(flow, total.to_numpy().tolist(), strict=True):
        money.setdefault(f"{payer}>{payee}>{purpose}", [0.0] * (years + 1))[int(when)] = pence / 1e8
    return {name: pounds[:years] for name, pounds in money.items()}


def shipped(place: str, path: str) -> float:
    """A parameter of the place's baseline."""
    return float(baseline_of(place).parameters[path].value)
