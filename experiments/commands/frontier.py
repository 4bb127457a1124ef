"""``fundingflows frontier``: blends that none beats on everything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import Dask, Out, Place, Processes, make, run_options
from .printing import print_frame


def frontier(
    place: Place = "anytown",
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Kind of provider whose contract is blended; may be repeated.", show_default="practice, hospital"
        ),
    ] = None,
    base: Annotated[
        list[str] | None,
        typer.Option(
            help="Funding file for everything else; may be repeated.",
            show_default="status_quo, alone and with pooled budgets",
        ),
    ] = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            help="Measure to optimise; may be repeated.", show_default="public, qalys, median_wait, contacts, carbon"
        ),
    ] = None,
    years: Annotated[float, typer.Option(help="Years to run; prevention takes years to pay.")] = 10.0,
    seeds: Annotated[int, typer.Option(help="Repeat runs of each blend, with seeds in common.")] = 5,
    population: Annotated[int, typer.Option(help="Blends in a generation.")] = 16,
    generations: Annotated[int, typer.Option(help="Generations of the search.")] = 4,
    lattice: Annotated[int | None, typer.Option(help="Try every blend in steps of 1/N instead of searching.")] = None,
    processes: Processes = None,
    dask: Dask = None,
    out: Out = None,
) -> None:
    """Pareto-optimal blends of capitation, activity and outcome payment."""
    from ...model.errors import InputError, unknown
    from ...model.scenario import KINDS
    from ..sweeps import frontier as front
    from ..sweeps.frontier_search import Search

    goals = tuple(objective or front.OBJECTIVES)
    front.check(goals)
    for option, given, least in (("population", population, 2), ("generations", generations, 1), ("seeds", seeds, 1)):
        if given < least:
            raise InputError(f"--{option}: expected a whole number of at least {least}, got {given}")
    for one in kind or []:
        if one not in KINDS:
            raise unknown("kind of provider", one, KINDS, where="--kind")
    bases, kinds = tuple(base or ["status_quo", front.POOLED]), tuple(kind or ["practice", "hospital"])
    folder = out or Path("results/frontier")
    options = run_options(processes, dask, None)
    search = Search(place, kinds, bases, goals, years, seeds, folder, lambda plan: make(plan, folder, options))
    if lattice is not None:
        search.evaluate(front.lattice(bases, lattice))
    else:
        front.search(search.evaluate, bases, goals, population, generations)
    _frontier(search, folder)


def _frontier(search: Any, folder: Path) -> None:
    from ..figures import sweep_plots
    from ..sweeps import frontier as front

    table = front.table(search.runs(), search.goals)
    best = table.loc[table["frontier"].to_numpy()].sort_values(by=[search.goals[0]])
    said = search.headline(table)
    table.assign(blend=table["blend"].map(str)).to_csv(folder / "frontier.csv", index=False)
    sweep_plots.frontier(table, search.goals, search.units, said, folder / "frontier")
    shown = best.loc[:, ["blend", *search.goals, "chance"]]
    print_frame(shown, "Blends that no other blend beats on everything, and their chance of being such")
    for line in [said, *search.sentences(table)]:
        print(f"• {line}")
    print(f"Written to {folder}/ (picture: {folder}/frontier.png)")
