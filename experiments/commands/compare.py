"""``fundingflows compare``: several ways of paying, the same people, the same chance."""

from __future__ import annotations

from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..default import PLACE
from ..results.numbers import number, signed
from .inputs import check_years, funding_of, scenario_of, whole
from .options import (
    FOUR,
    DrawSeeds,
    Folder,
    Fundings,
    Hold,
    Paths,
    Place,
    Sample,
    Seeds,
    Why,
    Years,
    links_of,
    stopping,
)
from .printing import initial_state, progress_bar, terminal
from .uncertainty import drawn, separate

if TYPE_CHECKING:
    import pandas as pd

    from ...model.scenario import Scenario
    from ..results.compared import Compared

ACROSS = 3  #: ways of paying beside the first that a table has room for


def compare(
    fundings: Fundings = None,
    place: Place = PLACE,
    years: Years = 5.0,
    seeds: Seeds = 5,
    sample: Sample = 1.0,
    paths: Paths = None,
    hold: Hold = None,
    uncertainty: Annotated[
        int | None,
        typer.Option(help="Number of parameter draws; reports parameter uncertainty and chance separately."),
    ] = None,
    draw_seeds: DrawSeeds = None,
    why: Why = False,
    report: Annotated[
        bool, typer.Option("--report", help="Also write report.html: the whole answer in one file that prints.")
    ] = False,
    out: Folder = None,
) -> None:
    """Compare ways of paying on the same people with the same chance events: paired differences with intervals."""
    from ...model.errors import InputError

    whole(seeds, "--seeds", 1)
    if uncertainty is not None:
        whole(uncertainty, "--uncertainty", 2)
    check_years(years)
    if draw_seeds is not None:
        whole(draw_seeds, "--draw-seeds", 2)
        if uncertainty is None:
            raise InputError("--draw-seeds: goes with --uncertainty only")
    each = draw_seeds or seeds
    asked, links = list(fundings or FOUR), links_of(hold)
    if why and (links or (uncertainty is not None and not report)):
        raise InputError(
            "--why: cannot go with --hold, since it holds links itself, and goes with --uncertainty only in a report"
        )
    if links and uncertainty is not None:
        raise InputError("--hold: cannot go with --uncertainty; a sweep's file can hold links and draw parameters")
    if uncertainty is not None and not report:
        separate(place, asked, years, sample, uncertainty, each, out, paths)
    else:
        beside = (uncertainty, each) if uncertainty is not None else None
        _compare(place, asked, years, seeds, sample, paths, out, report, beside, links, why)


def _compare(
    place: str, asked: list[str], years: float, seeds: int, sample: float, paths: str | None, out: Path | None,
    report: bool, draws: tuple[int, int] | None, links: tuple[str, ...], why: bool,
) -> None:  # fmt: skip
    """Make the runs, write the folder, print the answer. ``draws``: their number, and the repeat runs at each."""
    from ..results import compare as comparing
    from ..results import output
    from ..results.compared import Compared
    from ..runs import comparison
    from ..runs.recipe import comparison_recipe as recipe_of
    from ..runs.recipe import named, of_comparison

    cases = _cases(place, asked, sample, paths)
    names = list(cases)
    folder = out or Path("results") / f"compare-{cases[names[0]].place.id}"
    output.check(folder)
    runs = comparison.plan(place, asked, range(1, seeds + 1), years, sample, paths=paths, hold=links)
    with progress_bar() as bar:
        initial_state(cases[names[0]], bar)
    title = f"{len(runs)} runs of {cases[names[0]].place.file.title}"
    results = stopping(lambda: comparison.kept(runs, folder, title=title), folder)
    files = {name: named(file) for name, file in zip(names, asked, strict=True)}
    recipe = recipe_of(named(place), files, sample, runs[0].weeks, paths and named(paths), links)
    beside = drawn(place, asked, years, sample, *draws, out, paths) if draws else None
    apart = _taken_apart(cases, folder, runs[0].weeks, seeds) if why else {}
    compared = Compared(results, cases, of_comparison("compare", results, cases, recipe), beside, apart=apart)
    _write(compared, folder, report)
    _print_table(compared.table, names, seeds, years)
    _print_turned_away(compared)
    for line in _reasons(apart, cases) if apart else comparing.sentences(results, names):
        print(f"• {line}")
    for warning in comparing.warnings(results, cases):
        print(f"! {warning}")
    _print_first_year(comparing.first_year(results, names))
    shown = [
        f"{folder}/{name}" for name, there in (("report.html", report), ("comparison.png", len(names) > 1)) if there
    ]
    print(f"\nWritten to {folder}/" + (f" (see {' and '.join(shown)})" if shown else ""))


def _taken_apart(cases: dict[str, Scenario], folder: Path, weeks: int, seeds: int) -> dict[str, pd.DataFrame]:
    """The parts of each difference from the first way of paying, by funding file; runs are kept in the folder."""
    from ..runs import why as running
    from ..runs.engine import make_all

    first, *others = cases
    out = {}
    for name in others:
        planned = running.plan([cases[first], cases[name]], weeks, range(1, seeds + 1))
        title = f"{len(planned)} runs, why {name} differs"
        runs = list(planned.values())
        rows = stopping(lambda runs=runs, title=title: make_all(runs, folder, title=title), folder)
        out[name] = running.table(planned, rows)
    return out


def _reasons(apart: dict[str, pd.DataFrame], cases: dict[str, Scenario]) -> list[str]:
    from ..results import reasons

    return [
        f"{funding_of(cases[name]).title}: {line}" for name, table in apart.items() for line in reasons.sentences(table)
    ]


def _write(compared: Compared, folder: Path, report: bool) -> None:
    from ..report import folder as writing
    from ..report import make
    from .why import write as write_why

    def reasons(temporary: Path) -> None:
        for name, table in compared.apart.items():
            write_why(table, [compared.cases[compared.first], compared.cases[name]], temporary, f"why-{name}")

    writing.write(compared, folder, make.composed(compared) if report else None, reasons)


def _cases(place: str, files: list[str], sample: float, paths: str | None) -> dict[str, Scenario]:
    """Scenarios by the name of their funding file, which for a path is that of the file without its ending."""
    from ...model.errors import InputError

    cases: dict[str, Scenario] = {}
    for file in files:
        case = scenario_of(place, file, sample, [], paths)
        name = funding_of(case).id
        if name in cases:
            raise InputError(f"compare: '{name}' is named twice; rename one of the files")
        cases[name] = case
    return cases


def _print_table(table: pd.DataFrame, names: list[str], seeds: int, years: float) -> None:
    """Tables of the first way of paying and of as many others as a line has room for."""
    for others in batched(names[1:], ACROSS):
        _print_part(table, [names[0], *others], seeds, years)
    if len(names) == 1:
        _print_part(table, names, seeds, years)


def _print_part(table: pd.DataFrame, names: list[str], seeds: int, years: float) -> None:
    from rich.table import Table

    from ..results import measures

    console = terminal()
    shown = Table(
        title=f"Means over {years:g} years and {seeds} seed{'s' if seeds > 1 else ''}: the first as it is, "
        "the others as differences from it ± 95 % range from chance alone",
        title_justify="left",
    )
    for name in ("", "measure", "unit"):
        shown.add_column(name, no_wrap=not console.is_terminal)
    for name in names:
        shown.add_column(name.replace("_", " "), justify="right")
    rows = table.set_index(["measure", "funding"])
    last = ""
    for measure in measures.MEASURES:
        if last and measure.group != last:
            shown.add_section()
        d = measure.digits
        cells = [number(float(rows.loc[(measure.key, names[0]), "level"]), d)]
        for name in names[1:]:
            row = rows.loc[(measure.key, name)]
            half = "" if row["low"] != row["low"] else f" ± {number(row['high'] - row['difference'], d + 1)}"
            cells.append(signed(row["difference"], d) + half)
        shown.add_row(measure.group if measure.group != last else "", measure.label, measure.unit, *cells)
        last = measure.group
    console.print(shown)


def _print_turned_away(compared: Compared) -> None:
    """Whom practices turned away under each way of paying that lets them choose."""
    from ..results import turned_away

    for name, joiners in compared.joiners.items():
        turned_away.show(terminal(), joiners, compared.titles[name])


def _print_first_year(frame: pd.DataFrame) -> None:
    """Year 1 costs the same while nobody changes behaviour; the table shows what behaviour adds."""
    base = frame.iloc[0]
    for row in frame.iloc[1:].to_dict("records"):
        parts = [
            f"{label} {signed(row[key] - base[key])}"
            for key, label in (
                ("practice_income", "practices"),
                ("hospital_income", "hospitals"),
                ("care_income", "social care"),
            )
        ]
        print(f"  Paid in year 1, £m more than under {base['funding']}: {row['funding']}: {', '.join(parts)}")
