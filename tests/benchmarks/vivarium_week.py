"""The simplified week of ``peers.py`` in Vivarium, which needs an older numpy and so an environment of its own.

    uv run --no-project --with vivarium --with numba python tests/benchmarks/vivarium_week.py

numpy's week runs in turns with it, so that the two tables can be put side by side.
"""  # fmt: skip

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from peers import ASK, ILL, PRACTICES, columns, in_numpy, offered
from vivarium import Component, InteractiveContext

PEOPLE, ROUNDS = 552_295, 7


class Care(Component):
    """People, what they ask for and what befalls them."""

    def setup(self, builder: Any) -> None:
        """Columns and streams of luck."""
        builder.population.register_initializer(
            initializer=self.begin, columns=["practice", "band", "frailty", "control", "emergencies", "referrals"]
        )
        self.asks, self.served, self.referred, self.ill = (
            builder.randomness.get_stream(name) for name in ("asks", "served", "referred", "ill")
        )

    def begin(self, made: Any) -> None:
        """Everyone as in the other tools."""
        table = {name: column for name, column in columns(len(made.index)).items() if name != "key"}
        self.population_view.initialize(pd.DataFrame({**table, "emergencies": 0, "referrals": 0}, index=made.index))

    def on_time_step(self, event: Any) -> None:
        """One week."""
        people = self.population_view.get(event.index, ["practice", "band", "frailty", "control"])
        asks = self.asks.get_draw(event.index) < np.array(ASK)[people.band]
        wanted = np.bincount(people.practice[asks], minlength=PRACTICES)
        chance = np.minimum(offered(len(people)) / np.maximum(wanted, 1), 1.0)[people.practice]
        served = asks & (self.served.get_draw(event.index) < chance)
        control = np.where(served, np.minimum(people.control + 0.01, 1.0), people.control * 0.999)
        ill = self.ill.get_draw(event.index) < np.array(ILL)[people.band] * (1 + people.frailty)
        referred = served & (self.referred.get_draw(event.index) < 0.05)
        self.population_view.update("control", lambda old: pd.Series(control, index=old.index))
        self.population_view.update("emergencies", lambda old: old + ill)
        self.population_view.update("referrals", lambda old: old + referred)


def main() -> None:
    """Weeks in turns; medians."""
    sim = InteractiveContext(components=[Care()], configuration={"population": {"population_size": PEOPLE}})
    weeks = {"Vivarium": sim.step, "numpy": in_numpy(PEOPLE)}
    took: dict[str, list[float]] = {name: [] for name in weeks}
    for _ in range(ROUNDS):
        for name, week in weeks.items():
            began = perf_counter()
            week()
            took[name].append((perf_counter() - began) / PEOPLE * 1e9)
    for name, values in took.items():
        print(
            f"{name}: {median(values):.0f} ns a patient-week, {median(values) / median(took['numpy']):.1f} of numpy's"
        )


if __name__ == "__main__":
    main()
