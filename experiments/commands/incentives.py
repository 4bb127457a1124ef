"""``fundingflows incentives``: marginal pay by kind of provider."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from ..results.numbers import price
from .inputs import funding_of, scenario_of
from .printing import initial_state, progress_bar, terminal


def incentives(
    place: Annotated[str, typer.Argument(help="A place, or the path of its TOML file.")],
    funding: Annotated[str, typer.Argument(help="A funding file, by name or path.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day whose contract to price.", show_default="after the last change"),
    ] = None,
) -> None:
    """Marginal payment per unit of activity, by kind of provider. Needs no simulation."""
    from rich.table import Table

    from ...model.clock import week_of
    from ...model.errors import InputError
    from ..results import incentives as marginal

    case = scenario_of(place, funding, 1.0, [])
    with progress_bar() as bar:
        initial_state(case, bar)
        from ..runs.spec import RunSpec

        model = RunSpec(case, funding).model()
    by, starts = None, case.place.file.starts
    if on is not None:
        if on.date() < starts:
            raise InputError(f"--on: {on.date()} is before the run, which starts on {starts}")
        by = marginal.held(model, week_of(on.date(), starts))
    frame = marginal.table(model, by=by)
    title = f"{case.place.file.title} — {funding_of(case).title}: pounds for one more, at the end of the expected year"
    title += f", as paid on {on.date()}" if on is not None else ""
    table = Table(title=title, title_justify="left")
    pooled = bool(frame["pool"].abs().max() > 0.005)
    for name in ("provider", "one more of …", "pays", *(["through pools"] if pooled else []), "variable cost"):
        table.add_column(name, justify="left" if name in ("provider", "one more of …") else "right")
    for kind, rows in frame.groupby("kind", sort=False):
        for k, row in enumerate(rows.to_dict("records")):
            label = str(kind).replace("_", " ") if k == 0 else ""
            through = [_paid(row["pool"])] if pooled else []
            table.add_row(label, row["unit"], _paid(row["pays"]), *through, _paid(row["costs"]))
        table.add_section()
    terminal().print(table)
    if pooled:
        print("Through pools: the provider's own part of what one more leaves in a pool or takes out of it.")
    from ..results import patient_types

    _print_patients(patient_types.table(model, by or marginal.final(model)))


def _print_patients(frame: Any) -> None:
    """What one more patient of each type brings and costs each kind of provider."""
    from rich.table import Table

    table = Table(title="One more patient of a type, with the care that such a person needs: pounds a year",
                  title_justify="left")  # fmt: skip
    for name in ("provider", "patient", "pays", "usual cost", "gain", "turned away"):
        table.add_column(name, justify="left" if name in ("provider", "patient") else "right")
    for kind, rows in frame.groupby("kind", sort=False):
        for k, row in enumerate(rows.to_dict("records")):
            label = str(kind).replace("_", " ") if k == 0 else ""
            away = f"{100.0 * row['turned_away']:.0f} %" if row["turned_away"] == row["turned_away"] else ""
            table.add_row(label, row["person"], *(price(row[key], 0) for key in ("pays", "costs", "gain")), away)
        table.add_section()
    terminal().print(table)
    print("Usual cost: usual income a head times expected need. Sums fixed when the run began do not follow a patient.")
    print("Turned away: of such people who ask to join, those whom practices would turn away if they might choose.")
    print("  England's contract forbids it; general_practice.choice_of_patients, set to 1, lifts the rule.")


def _paid(pounds: float) -> str:
    """A cell of the table: empty where nothing is known."""
    return price(pounds) if pounds == pounds else ""
