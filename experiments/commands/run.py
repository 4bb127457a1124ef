"""``fundingflows run``: one place, one way of paying, its tables and a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..results.numbers import number, signed
from .inputs import MOST_SEED, check_years, funding_of, rows_of, scenario_of, whole
from .options import Hold, Paths, Sample, Years, links_of
from .printing import initial_state, progress_bar, terminal

if TYPE_CHECKING:
    from ...model.system import HealthEconomy
    from ..runs.spec import RunSpec


def run(
    place: Annotated[str, typer.Argument(help="A place, or the path of a place's TOML file.")],
    funding: Annotated[str, typer.Argument(help="A funding file, by name or path.")],
    years: Years = 5.0,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 1,
    threads: Annotated[
        int | None, typer.Option(help="Threads; results are the same for any number.", show_default="one per core")
    ] = None,
    sample: Sample = 1.0,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="PATH=VALUE: a parameter (hospital.acsc_share=0.24, or =*1.1) or a contract's field "
            "(contracts.practice.global_sum.rate=80). May be repeated.",
        ),
    ] = None,
    freeze_behaviour: Annotated[
        bool, typer.Option("--freeze-behaviour", help="Hold all behaviour as in the baseline year.")
    ] = False,
    hold: Hold = None,
    trace: Annotated[
        str | None, typer.Option(help="People to log event by event, by row number, such as 12,57.")
    ] = None,
    paths: Paths = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV as well as Parquet.")] = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Save the model at the end in this file, to resume from.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="Resume from a checkpoint; FUNDING applies from there on."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results.", show_default="results/PLACE-FUNDING-SEED")
    ] = None,
) -> None:
    """Run one place under one way of paying; write tables, a picture and a manifest."""
    whole(seed, "--seed", 0, MOST_SEED)
    check_years(years)
    rows = rows_of(trace)
    links = links_of(hold)
    _check_resumed(from_, freeze_behaviour, rows, links)
    from ...model.initial import checkpoint as keeping
    from ..results import output
    from ..runs.recipe import kept_as, named, of_run, taken_up

    case = scenario_of(place, funding, sample, set_ or [], paths)
    folder = out or Path("results") / f"{case.place.id}-{funding_of(case).id}-{seed}"
    output.check(folder)
    if checkpoint is not None:
        keeping.check_target(checkpoint)
        if checkpoint.resolve().is_relative_to(folder.resolve()):
            from ...model.errors import InputError

            raise InputError(f"--checkpoint {checkpoint}: lies in {folder}/, which is replaced as a whole")
    with progress_bar() as bar:
        start = initial_state(case, bar)
        from ...agents.patients.calendar import weeks_of
        from ..runs.spec import RunSpec

        spec = RunSpec(case, funding_of(case).id, seed, weeks_of(years), frozen=freeze_behaviour, hold=links)
        model = spec.model(threads, rows) if from_ is None else taken_up(from_, spec, start, threads)
        weeks, before = spec.weeks, model.week
        if before >= weeks:
            from ...model.errors import InputError

            raise InputError(f"{from_}: stands at week {before}; --years {years:g} ends at week {weeks}")
        task = bar.add_task(f"{case.place.file.title}, {funding_of(case).title}", total=weeks)
        model.step()  # the first week compiles or loads the kernels; the clock starts after it
        began = perf_counter()
        while model.week < weeks:
            model.step()
            bar.advance(task)
        took = perf_counter() - began
    from ..figures.plots import run_picture

    with output.writing(folder) as temporary:
        output.write_tables(temporary, output.tables(model), csv)
        if rows:
            output.write_tables(temporary, {"trace": output.traced(model)}, csv)
        run_picture(model, temporary / "picture")
        recipe = {"place": place, "funding": funding, "sample": sample, "set": set_ or [], "from": kept_as(from_)}
        recipe |= {"paths": paths and named(paths), "hold": links}
        output.write_manifest(temporary, of_run(model, recipe))
    if checkpoint is not None:
        _keep(keeping.save, model, checkpoint, folder)
    plain = not (set_ or paths or freeze_behaviour or links or rows or from_) and sample == 1.0
    _report(model, folder, rows, _baseline_runs(model, spec) if plain else [model])
    weeks -= before
    pace = took / max(weeks - 1, 1) / (model.place.registered * sample) * 1e9
    print(
        f"{weeks - 1} weeks in {took:.1f} s: {pace:.0f} nanoseconds per patient-week "
        f"on {model.patients.threads.threads} thread(s)."
    )


def _check_resumed(path: Path | None, frozen: bool, rows: list[int], links: tuple[str, ...]) -> None:
    """Options that a model which is already under way cannot follow."""
    from ...model.errors import InputError

    if path is not None and (frozen or rows or links):
        option = "--freeze-behaviour" if frozen else "--trace" if rows else "--hold"
        raise InputError(f"{option}: cannot go with --from; the checkpoint's run has begun without it")


def _keep(save: Callable[..., Path], model: HealthEconomy, path: Path, folder: Path) -> None:
    """Write the checkpoint; what prevents it does not cost the results, which are there already."""
    from ...model.errors import InputError
    from ..runs.executors import Stopped

    try:
        save(model, path)
    except (OSError, InputError) as error:
        why = getattr(error, "strerror", None) or error
        raise Stopped(f"--checkpoint {path}: not written: {why}; the results are in {folder}/") from None


def _baseline_runs(model: HealthEconomy, spec: RunSpec) -> list[HealthEconomy]:
    """For the published baseline: the run and four more seeds over two years; elsewhere the run alone."""
    if not _is_baseline(model):
        return [model]
    with progress_bar() as bar:
        seeds = range(spec.seed + 1, spec.seed + 5)
        return [model] + [
            replace(spec, seed=seed).model(model.patients.threads.threads).run(2)
            for seed in bar.track(seeds, description="Four more seeds, two years, for the published baseline")
        ]


def _is_baseline(model: HealthEconomy) -> bool:
    from ..results.baseline import is_baseline

    return is_baseline(model)


def _report(model: HealthEconomy, folder: Path, rows: list[int], runs: list[HealthEconomy]) -> None:
    from rich.table import Table

    from ...model import record
    from ..results import baseline, measures, output

    console = terminal()
    values = measures.read(model)
    funding, years = funding_of(model.case), len(model.record.years)
    table = Table(title=f"{model.place.file.title} — {funding.title}: means over {years} years", title_justify="left")
    for name, side in (("", "left"), ("measure", "left"), ("", "right"), ("unit", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    last = ""
    for measure in measures.MEASURES:
        table.add_row(measure.group if measure.group != last else "", measure.label,
                      number(values[measure.key], measure.digits), measure.unit)  # fmt: skip
        last = measure.group
    console.print(table)
    if _is_baseline(model):
        _print_baseline(console, baseline, runs)
    from ..results import did, turned_away

    did.show(console, did.table(record.organisations(model)))
    turned_away.show(console, record.joiners(model))
    if rows:
        for line in output.traced(model).to_dict("records"):
            event = line["event"].replace("_", " ")
            print(f"week {line['week']:4d}  row {line['row']}  {event}  {line['hospital']}".rstrip())
    total = model.ledger.total()
    print(f"Ledger: all accounts together {total} pence. Digest {model.digest[:16]}… Written to {folder}/")


def _print_baseline(console: Any, baseline: Any, models: list[HealthEconomy]) -> None:
    """The run compared with the published baseline: figures, bed-days and money."""
    from rich.table import Table

    from ..results.year import Year

    table = Table(
        title=f"Compared with published figures: means over years 1-2 and {len(models)} seeds",
        title_justify="left",
    )
    for name, side in (("figure", "left"), ("unit", "left"), ("published", "right"), ("grade", "left"),
                       ("model", "right"), ("ratio", "right"), ("", "left")):  # fmt: skip
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for row in baseline.table(models).to_dict("records"):
        published = f"{row['published']:,.5g}" if row["published"] < 1e4 else f"{row['published']:,.0f}"
        simulated = f"{row['model']:,.4g}" if row["model"] < 1e4 else f"{row['model']:,.0f}"
        within = "within" if row["within"] else "outside"
        table.add_row(row["figure"], row["unit"], published, row["grade"], simulated, f"{row['ratio']:.3f}", within)
    console.print(table)
    if len(models[0].record.years) >= 5:
        print("Several conditions in year 5: people age, but the published table stays that of its year;")
        print("  at a given age the shares do not change.")
    year = Year(models[0], 0, 2)
    nights = year.nights()
    parts = " + ".join(f"{name} {value:,.0f}" for name, value in nights.items())
    print(f"Bed-days a year: {parts} = {sum(nights.values()):,.0f};")
    used, beds = year.series["beds_used"], year.series["beds_open"]
    print(f"  beds {beds:,.0f} × 364 days × occupancy {used / beds:.4f} = {used * 364:,.0f}")
    table = Table(title="Who paid whom in year 1, £m, compared with the published matrix", title_justify="left")
    for name, side in (
        ("payer", "left"),
        ("payee", "left"),
        ("published", "right"),
        ("model", "right"),
        ("difference", "right"),
    ):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for row in baseline.money_table(models).to_dict("records"):
        table.add_row(
            row["payer"].replace("_", " "),
            row["payee"].replace("_", " "),
            f"{row['published']:.1f}",
            f"{row['model']:.1f}",
            signed(row["difference"], 1),
        )
    console.print(table)
