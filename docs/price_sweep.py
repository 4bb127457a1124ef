"""Writes ``docs/price_sweep.md`` and its picture: hospitals' work at prices from nothing to double, and what was seen.

uv run python docs/price_sweep.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from fundingflows.agents import plans
from fundingflows.experiments.figures.plots import COLOURS, new_panels, save
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.scenario import Funding
from fundingflows.scenarios import FundingFlows, load_funding

DOCS = Path(__file__).parent
PRICES = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5, 2.0)
BLOCK = "block"  # a fixed sum for all of a hospital's work
YEARS, SEEDS = 5, (1, 2, 3, 4)
SHOCKS = plans.NODES.size


class Panel(NamedTuple):
    """A kind of work: its tariff in the usual contract, and what is counted of it."""

    term: str
    title: str
    counted: tuple[str, ...]


PANELS = {
    "emergency": Panel("emergencies", "Emergency admissions", ("emergency_zero_day", "emergency_overnight")),
    "elective": Panel("electives", "Electives", ("day_cases", "inpatients")),
}


def funding_at(panel: Panel, price: float) -> Funding:
    """The status quo with all prices of one kind of work multiplied."""
    usual = load_funding("status_quo")
    term = next(t for t in usual.contracts["hospital"] if t.name == panel.term)
    path = f"contracts.hospital.{panel.term}.prices"
    return usual.changed({f"{path}.{unit}": pounds * price for unit, pounds in term.prices.items()})


def as_block(model: FundingFlows) -> Contract:
    """The usual contract's expected sum, whatever is done."""
    hospitals = model.hospitals
    due = Contract(tuple(hospitals.contract)).due(hospitals.expected())
    return Contract((Block(amount=float(np.sum(due))),))


def counted(hospitals: Any, levers: np.ndarray, panel: Panel) -> float:
    """Cases that a plan (N, L) expects of a kind of work, a year over the horizon."""
    activity = hospitals.forecast(levers[None], plans.years_of(hospitals.motives.years)).activity
    shape = (hospitals.motives.years, 1, len(hospitals), SHOCKS)
    depth = hospitals.depth(levers[:, hospitals.LEVERS.index("coding")])  # of cases, not of what is coded
    return sum(
        float(((np.broadcast_to(activity[n], shape) @ plans.WEIGHTS).mean(axis=(0, 1)) / depth).sum())
        for n in panel.counted
    )


def planned(panel: Panel) -> dict[Any, float]:
    """Change in cases, per cent, that hospitals plan at each price, before budgets and beds answer."""
    model = FundingFlows("anytown", "status_quo", rng=1)
    hospitals, out = model.hospitals, {}
    contracts = {p: funding_at(panel, p).contracts["hospital"] for p in PRICES} | {BLOCK: as_block(model)}
    usual = np.ones_like(hospitals.levers)
    for price, contract in contracts.items():
        best = hospitals.best_plan(contract, usual)
        out[price] = 100.0 * (counted(hospitals, best, panel) / counted(hospitals, usual, panel) - 1.0)
    return out


def run(panel: Panel, price: float, seed: int) -> float:
    """Cases in the last year of a run."""
    model = FundingFlows("anytown", funding_at(panel, price), rng=seed).run(YEARS)
    return sum(float(model.record.years[-1]["organisations"]["hospital"][n].sum()) for n in panel.counted)


def simulated(panel: Panel) -> dict[float, tuple[float, float]]:
    """Change in cases, per cent, after some years of a run: mean of paired seeds, and twice its standard error."""
    usual = np.array([run(panel, 1.0, seed) for seed in SEEDS])
    out = {}
    for price in PRICES:
        change = 100.0 * (np.array([run(panel, price, seed) for seed in SEEDS]) / usual - 1.0)
        out[price] = float(change.mean()), float(2.0 * change.std(ddof=1) / np.sqrt(len(SEEDS)))
    return out


def draw(found: dict[str, tuple[dict[Any, float], dict[float, tuple[float, float]]]], points: list[Any]) -> None:
    """The picture: plans as a line, runs as marks with intervals, published reforms as diamonds."""
    figure, (axes,) = new_panels(1, 2, 11.0, 5.2, sharey=True)
    for axis, (key, (plan, runs)) in zip(axes, found.items(), strict=True):
        axis.axhline(0.0, color="#CFD3D6", zorder=0)
        axis.plot(PRICES, [plan[p] for p in PRICES], color=COLOURS[0], marker=".", label="plans: behaviour alone")
        axis.plot(
            [-0.09], [plan[BLOCK]], color=COLOURS[0], marker="s", linestyle="none", label="a block for everything"
        )
        ends = np.array(list(runs.values()))
        axis.errorbar(np.array(list(runs)) + 0.015, ends[:, 0], yerr=ends[:, 1], color=COLOURS[1], marker="o",
                      linestyle="none", capsize=2, label=f"runs, year {YEARS}: money and beds answer too")  # fmt: skip
        own = [p for p in points if p["panel"] == key]
        for number, point in enumerate(own, 1):
            low, middle, high = point["change"]
            x = point["price"] - (0.03 if point["price"] == 0.0 else 0.0)
            axis.errorbar(x, middle, yerr=[[middle - low], [high - middle]], color=COLOURS[3], marker="D", capsize=3,
                          linestyle="none", label="published" if number == 1 else None)  # fmt: skip
            axis.annotate(str(number), (x, middle), xytext=(7, 4), textcoords="offset points", color="#9C3D06")
        axis.set_title(PANELS[key].title, loc="left", fontweight="bold")
        axis.set_xlabel("price of one more case, 1 = status quo")
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    axes[0].set_ylabel("change in cases, %")
    axes[1].legend(loc="lower right", frameon=False)
    save(figure, DOCS / "price_sweep")


def table(found: dict[str, tuple[dict[Any, float], dict[float, tuple[float, float]]]]) -> Iterable[str]:
    """Rows of the page's table: prices down, plans and runs of both kinds of work across."""
    yield "| Price | " + " | ".join(f"{PANELS[k].title}: plans | runs, year {YEARS}" for k in found) + " |"
    yield "|---|" + "---:|" * (2 * len(found))
    for price in PRICES:
        cells = (
            f"{plan[price]:+.1f} % | {runs[price][0]:+.1f} ± {runs[price][1]:.1f} %" for plan, runs in found.values()
        )
        yield f"| × {price:g} | " + " | ".join(cells) + " |"
    yield "| block | " + " | ".join(f"{plan[BLOCK]:+.1f} % | –" for plan, _ in found.values()) + " |"


def published(points: list[Any]) -> Iterable[str]:
    """A line for each published point, numbered as in the picture."""
    for key, panel in PANELS.items():
        yield f"\n**{panel.title}**\n"
        for number, point in enumerate((p for p in points if p["panel"] == key), 1):
            low, middle, high = point["change"]
            size = f"{middle:+g} %" + (f" ({low:g} to {high:g})" if low < high else "")
            name, price, status, source = (point[k] for k in ("name", "price", "status", "source"))
            yield f"{number}. {name}: price × {price:g}, {size}; {status}. {source}."


def page(found: dict[str, tuple[dict[Any, float], dict[float, tuple[float, float]]]], points: list[Any]) -> str:
    """The whole page."""
    return f"""# Prices from nothing to double

How hospitals' work answers when the price of emergencies, or of electives, is multiplied, in Anytown. The line is
behaviour alone: the best plan at each price, before money and beds answer. The circles are whole runs of {YEARS} years
on {len(SEEDS)} paired seeds (± twice the standard error), with no money to make up for the price: hospitals that earn
less close beds, a commissioner that pays more rations planned work, and one that saves buys more of it. That is why
electives in runs fall where their price rises. Diamonds are what published reforms did, near today's prices and far
from them.

![Change in hospital cases by price](price_sweep.png)

{chr(10).join(table(found))}

Of emergencies the curve is steepest near today's price and flattens towards both ends ([model.md](model.md),
*Adjustment cost*): its slope there and its reach are separate numbers (`response_*` and `room_*` in `behaviour.toml`).
Between them no bound decides. English hospitals were paid 70 % of the price for emergencies beyond a baseline, so
that × 1 is 0.7 of the tariff. Under a block for everything a bed taken by an emergency no longer costs an operation
that would be paid for, so that fewer overnight stays are turned away than where only their price goes.

## Published points

Most reforms were of all admissions, and stand in both panels. Reforms that brought a payment in are told the other way
round, as if it had been taken away.
{chr(10).join(published(points))}

`uv run python docs/price_sweep.py` writes this page and its picture; `docs/price_sweep.toml` has the points.
"""


def main() -> None:
    """Run, draw and write."""
    points = tomllib.loads((DOCS / "price_sweep.toml").read_text(encoding="utf-8"))["points"]
    found = {key: (planned(panel), simulated(panel)) for key, panel in PANELS.items()}
    draw(found, points)
    (DOCS / "price_sweep.md").write_text(page(found, points), encoding="utf-8")


if __name__ == "__main__":
    main()
