"""The same simplified week in other tools, interleaved in one session: nanoseconds per patient-week.

The week: each person asks for an appointment with a chance by age; a practice serves what it can; of those served one
in twenty is referred; an emergency comes with a chance by age and frailty; a little control is lost or gained. So::

    uv run --with mesa-frames --with starsim python tests/benchmarks/peers.py

Tools that are not installed are left out, and said so.
"""

from __future__ import annotations

import argparse
import importlib
import warnings
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numba import njit

PRACTICES, ASK, ILL = 50, (0.06, 0.05, 0.07, 0.1, 0.14, 0.18, 0.2), (0.002, 0.001, 0.001, 0.002, 0.003, 0.006, 0.01)
Week = Callable[[], Any]


def columns(n: int) -> dict[str, np.ndarray]:
    """People as columns (n,), sorted by practice."""
    rng = np.random.default_rng(1)
    return {
        "key": rng.integers(0, 2**63, n, dtype=np.uint64), "practice": np.sort(rng.integers(0, PRACTICES, n)),
        "band": rng.integers(0, 7, n), "frailty": rng.integers(0, 4, n), "control": rng.random(n),
    }  # fmt: skip


def offered(n: int) -> int:
    """Appointments of one practice in a week."""
    return int(0.95 * n * np.mean(ASK) / PRACTICES)


def in_mesa(n: int) -> Week:
    """Mesa as its tutorial teaches it: one object a person."""
    import mesa

    class Person(mesa.Agent):
        def __init__(self, model: Any, row: dict[str, Any]) -> None:
            super().__init__(model)
            self.practice, self.band, self.frailty = row["practice"], row["band"], row["frailty"]
            self.control = row["control"]
            self.visits = self.referrals = self.emergencies = 0

        def step(self) -> None:
            draw = self.model.random.random
            if draw() < ASK[self.band]:
                if self.model.left[self.practice] > 0:
                    self.model.left[self.practice] -= 1
                    self.visits += 1
                    self.control = min(self.control + 0.01, 1.0)
                    if draw() < 0.05:
                        self.referrals += 1
            else:
                self.control *= 0.999
            if draw() < ILL[self.band] * (1 + self.frailty):
                self.emergencies += 1

    class Town(mesa.Model):
        def __init__(self) -> None:
            super().__init__(rng=1)
            table = columns(n)
            for k in range(n):
                Person(self, {name: column[k].item() for name, column in table.items()})

        def step(self) -> None:
            self.left = [offered(n)] * PRACTICES
            self.agents.shuffle_do("step")

    return Town().step


def in_numpy(n: int) -> Week:
    """numpy: every column at once."""
    p, rng = columns(n), np.random.default_rng(2)
    ask, ill = np.array(ASK), np.array(ILL)

    def week() -> None:
        asks = rng.random(n) < ask[p["band"]]
        wanted = np.bincount(p["practice"][asks], minlength=PRACTICES)
        served = asks & (rng.random(n) < np.minimum(offered(n) / np.maximum(wanted, 1), 1.0)[p["practice"]])
        p["control"] = np.where(
            served, np.minimum(p["control"] + 0.01, 1.0), np.where(asks, p["control"], p["control"] * 0.999)
        )
        referred = served & (rng.random(n) < 0.05)
        emergency = rng.random(n) < ill[p["band"]] * (1 + p["frailty"])
        week.total = referred.sum() + emergency.sum()  # type: ignore[attr-defined]

    return week


def in_mesa_frames(n: int) -> Week:
    """mesa-frames (0.1): agents as rows of a polars frame."""
    import polars as pl
    from mesa_frames import AgentSetPolars, ModelDF

    ask, ill, rng = np.array(ASK), np.array(ILL), np.random.default_rng(3)

    class Persons(AgentSetPolars):
        def __init__(self, model: Any) -> None:
            super().__init__(model)
            table = columns(n)
            self += pl.DataFrame({"unique_id": np.arange(n), **{k: v for k, v in table.items() if k != "key"}})

        def step(self) -> None:
            band, frailty = (self.agents[name].to_numpy() for name in ("band", "frailty"))
            df = self.agents.with_columns(asks=pl.Series(rng.random(n) < ask[band]), luck=pl.Series(rng.random(n)))
            served = pl.col("asks") & (pl.col("luck") < offered(n) / pl.col("asks").sum().over("practice"))
            gain = (pl.col("control") + 0.01).clip(0, 1)
            self.agents = df.with_columns(
                control=pl.when(served).then(gain).otherwise(pl.col("control") * 0.999),
                referred=served & pl.Series(rng.random(n) < 0.05),
                emergency=pl.Series(rng.random(n) < ill[band] * (1 + frailty)),
            ).drop("asks", "luck")

    class Town(ModelDF):
        def __init__(self) -> None:
            super().__init__()
            self.agents += Persons(self)

        def step(self) -> None:
            self.agents.do("step")

    return Town().step


def in_starsim(n: int) -> Week:
    """Starsim: a module with states and distributions of its own."""
    import starsim as ss

    table = columns(n)

    class Care(ss.Module):
        def __init__(self) -> None:
            super().__init__()
            self.define_states(ss.FloatArr("control", default=0.5), ss.BoolArr("ill", default=False))
            self.asks, self.served = ss.random(), ss.random()
            self.referred, self.emergency = ss.bernoulli(p=0.05), ss.random()

        def step(self) -> None:
            people = self.sim.people.auids
            band, practice, frailty = (table[k] for k in ("band", "practice", "frailty"))
            asks = self.asks.rvs(people) < np.array(ASK)[band]
            wanted = np.bincount(practice[asks], minlength=PRACTICES)
            served = asks & (self.served.rvs(people) < np.minimum(offered(n) / np.maximum(wanted, 1), 1.0)[practice])
            self.control[people] = np.where(
                served, np.minimum(self.control[people] + 0.01, 1.0), self.control[people] * 0.999
            )
            self.ill[people] = self.emergency.rvs(people) < np.array(ILL)[band] * (1 + frailty)
            self.referred.rvs(people[served])

    sim = ss.Sim(n_agents=n, modules=Care(), start=2000, stop=2020, dt=1 / 52, verbose=0)
    sim.init()
    return sim.run_one_step if hasattr(sim, "run_one_step") else sim.loop.run_one_step  # type: ignore[no-any-return]


def in_fundingflows(n: int) -> Week:
    """The full model's week (42 kinds of event, not five, and its hospitals and money), on one thread."""
    from fundingflows.scenarios import FundingFlows

    model = FundingFlows("somerset", "status_quo", threads=1, sample=min(n / 552_295, 1.0))
    model.step()
    return model.step


@njit(cache=True)
def _sifted(key, t_ask, t_ill, practice, control, salt, offer, found):
    """The simplified week as this project's kernels are made: one hash and two thresholds, then the few it concerns."""
    n = 0
    for i in range(key.size):
        x = key[i] ^ salt
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x = x ^ (x >> np.uint64(31))
        hit = ((x >> np.uint64(32)) < np.uint64(t_ask[i])) | ((x & np.uint64(0xFFFFFFFF)) < np.uint64(t_ill[i]))
        found[n] = i
        n += np.int64(hit)
    left = np.full(PRACTICES, offer)
    referred = emergencies = 0
    for k in range(n):
        i = found[k]
        x = (key[i] ^ salt) * np.uint64(0x9E3779B97F4A7C15)
        emergencies += (x & np.uint64(0xFFFFFFFF)) < np.uint64(t_ill[i])
        if left[practice[i]] > 0:
            left[practice[i]] -= 1
            control[i] = min(control[i] + np.float32(0.01), np.float32(1.0))
            referred += (x >> np.uint64(40)) < np.uint64(838861)  # one in twenty of 2**24
    return referred + emergencies


def as_a_filter(n: int) -> Week:
    """The same simplified week in this project's manner; control falls in a quarterly review, which is left out."""
    p = columns(n)
    ask = (np.array(ASK)[p["band"]] * 2**32).astype(np.uint32)
    ill = (np.array(ILL)[p["band"]] * (1 + p["frailty"]) * 2**32).astype(np.uint32)
    practice, control, found = (
        p["practice"].astype(np.int32),
        p["control"].astype(np.float32),
        np.zeros(n + 1, np.int32),
    )
    salt = iter(np.random.default_rng(4).integers(0, 2**63, 100_000, dtype=np.uint64))
    return lambda: _sifted(p["key"], ask, ill, practice, control, next(salt), offered(n), found)


@njit(cache=True)
def _hash(key: np.ndarray, salt: np.uint64) -> int:
    n = 0
    for i in range(key.size):
        x = key[i] ^ salt
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        n += np.int64((x ^ (x >> np.uint64(31))) >> np.uint64(63))
    return n


@njit(cache=True)
def _touch(key: np.ndarray, a: np.ndarray, b: np.ndarray) -> int:
    total = np.uint64(0)
    for i in range(key.size):
        total += key[i] ^ np.uint64(a[i]) ^ np.uint64(b[i])
    return np.int64(total >> np.uint64(1))


def hash_alone(n: int) -> Week:
    """Floor: one 64-bit hash a patient-week, and nothing else."""
    key = columns(n)["key"]
    return lambda: _hash(key, np.uint64(12345))


def touching(n: int) -> Week:
    """Floor: reading the filter's three columns once."""
    key = columns(n)["key"]
    a, b = (key >> np.uint64(32)).astype(np.uint32), key.astype(np.uint32)
    return lambda: _touch(key, a, b)


TOOLS: dict[str, tuple[Callable[[int], Week], str, int]] = {
    "touching the columns": (touching, "numba", 1),
    "one hash a patient-week": (hash_alone, "numba", 1),
    "the same week as a filter": (as_a_filter, "numba", 1),
    "fundingflows, whole model": (in_fundingflows, "fundingflows", 1),
    "numpy": (in_numpy, "numpy", 1),
    "mesa-frames": (in_mesa_frames, "mesa_frames", 1),
    "Starsim": (in_starsim, "starsim", 1),
    "Mesa, one object a person": (in_mesa, "mesa", 20),  # so many times fewer people
}


def main() -> None:
    """Print the median over rounds; in each round every tool has its turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=552_295)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    weeks: dict[str, tuple[Week, int]] = {}
    for name, (make, package, fewer) in TOOLS.items():
        try:
            importlib.import_module(package)
            week = make(chosen.people // fewer)
            week()  # compiles, fills caches
            weeks[name] = week, chosen.people // fewer
        except Exception as error:
            print(f"{name}: left out ({type(error).__name__}: {str(error)[:100]})")
    took: dict[str, list[float]] = {name: [] for name in weeks}
    for _ in range(chosen.rounds):
        for name, (week, people) in weeks.items():
            began = perf_counter()
            week()
            took[name].append((perf_counter() - began) / people * 1e9)
    floor = median(took["one hash a patient-week"])
    print(f"\n| {'tool':28} | ns a patient-week | times one hash |\n|---|---:|---:|")
    for name, values in took.items():
        print(f"| {name:28} | {median(values):.2f} | {median(values) / floor:.1f} |")


if __name__ == "__main__":
    main()
