"""The command line. Heavy imports wait until a command needs them, so that ``--help`` answers at once."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .app.command import app as app_command
from .default import PLACE

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.progress import Progress

    from ..model.parameters import Parameters
    from ..model.scenario import Funding, Scenario
    from ..model.system import HealthEconomy

app = typer.Typer(
    name="fundingflows",
    help="Where work and money go in a local health economy when it is paid differently.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(name="app")(app_command)
FOUR = ("status_quo", "activity_based", "capitated", "outcome_based")


def main() -> None:
    """Run the command line; what cannot be done ends in one sentence, with exit code 2 where the input is to blame."""
    from ..model.errors import InputError
    from .runs.executors import Stopped

    try:
        app()
    except (InputError, Stopped) as error:
        print(f"fundingflows: {error}", file=sys.stderr)
        raise SystemExit(1 if isinstance(error, Stopped) else 2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except SystemExit as end:
        if end.code == 130 and not getattr(end, "told", False):  # Ctrl-C
            print("fundingflows: stopped; nothing was written", file=sys.stderr)
        raise


@app.command()
def run(
    place: Annotated[str, typer.Argument(help="A place, or the path of a place's TOML file.")],
    funding: Annotated[str, typer.Argument(help="A funding file, by name or path.")],
    years: Annotated[float, typer.Option(help="Years to run.")] = 5.0,
    seed: Annotated[int, typer.Option(help="Seed of luck.")] = 1,
    threads: Annotated[int | None, typer.Option(help="Threads; results do not depend on it.")] = None,
    sample: Annotated[float, typer.Option(help="Share of the people to simulate.")] = 1.0,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="PATH=VALUE: a parameter (hospital.acsc_share=0.24, or =*1.1) or a contract's field "
            "(contracts.practice.global_sum.rate=80). May be repeated.",
        ),
    ] = None,
    freeze_behaviour: Annotated[bool, typer.Option("--freeze-behaviour", help="Hold every lever at 1.0.")] = False,
    trace: Annotated[str | None, typer.Option(help="Rows of people whose every event is logged, as 12,57.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV beside Parquet.")] = False,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Keep the model as it stands at the end in this file, to go on from it.")
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option("--from", help="Go on from a checkpoint; another funding file takes over there."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results [default: results/PLACE-FUNDING-SEED].")
    ] = None,
) -> None:
    """Run one place under one way of paying and write its tables, a picture and a manifest."""
    _whole(seed, "--seed", 0)
    _years(years)
    rows = _rows(trace)
    from .results import output

    case = _case(place, funding, sample, set_ or [])
    folder = out or Path("results") / f"{case.place.id}-{_funding(case).id}-{seed}"
    output.check(folder)
    with _progress() as bar:
        start = _steady(case, bar)
        from ..model.system import HealthEconomy

        if from_ is None:
            model = HealthEconomy(case, start, seed, threads=threads, freeze_behaviour=freeze_behaviour, trace=rows)
        else:
            model = _taken_up(from_, case, start, seed, threads)
        weeks, before = round(years * 52), model.week
        if before >= weeks:
            from ..model.errors import InputError

            raise InputError(f"{from_}: stands at week {before}; --years {years:g} ends at week {weeks}")
        task = bar.add_task(f"{case.place.file.title}, {_funding(case).title}", total=weeks)
        model.step()  # the first week compiles or loads the kernels; the clock starts after it
        began = perf_counter()
        while model.week < weeks:
            model.step()
            bar.advance(task)
        took = perf_counter() - began
    if checkpoint is not None:
        from ..model.initial.checkpoint import save

        save(model, checkpoint)
    from .figures.plots import run_picture

    with output.writing(folder) as temporary:
        output.write_tables(temporary, output.tables(model), csv)
        if rows:
            output.write_tables(temporary, {"trace": output.traced(model)}, csv)
        run_picture(model, temporary / "picture")
        output.write_manifest(temporary, output.manifest(model, sys.argv, frozen=freeze_behaviour, changes=set_ or []))
    plain = not (set_ or freeze_behaviour or rows or from_) and sample == 1.0
    _report(model, folder, rows, _fellows(model, start) if plain else [model])
    weeks -= before
    pace = took / max(weeks - 1, 1) / (model.place.registered * sample) * 1e9
    print(
        f"{weeks - 1} weeks in {took:.1f} s: {pace:.0f} nanoseconds per patient-week on {model.team.threads} thread(s)."
    )


def _numbers(parameters: Parameters) -> dict[str, str]:
    return {name: str(parameter.value) for name, parameter in parameters.items()}


def _taken_up(path: Path, case: Scenario, start: Any, seed: int, threads: int | None) -> HealthEconomy:
    """A model from its checkpoint, paid by the funding file of ``case`` from there on.

    Raises:
        InputError: when the checkpoint is of another place, sample or seed, or has other numbers.
    """
    from ..model.errors import InputError
    from ..model.initial.checkpoint import load
    from ..model.team import Team

    model = load(path)
    for what, kept, asked in (
        ("place", model.place.id, case.place.id), ("sample", model.sample, case.place.sample),
        ("seed", model.random_seed, seed),
    ):  # fmt: skip
        if kept != asked:
            raise InputError(f"{path.name}: {what}: the checkpoint has {kept}, the command asks for {asked}")
    if model.place != case.place or _numbers(model.case.parameters) != _numbers(case.parameters):
        raise InputError(f"{path.name}: --set and changed places cannot be combined with --from; run the past again")
    model.team = Team(threads)
    if model.case.funding is None or model.case.funding.text != _funding(case).text:
        model.change_scenario(case, start)
    return model


@app.command()
def compare(
    fundings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FUNDING]...", help="Funding files; differences are from the first. [default: the four]"
        ),
    ] = None,
    place: Annotated[str, typer.Option(help="The place.")] = PLACE,
    years: Annotated[float, typer.Option(help="Years to run.")] = 5.0,
    seeds: Annotated[int, typer.Option(help="Number of paired seeds.")] = 5,
    sample: Annotated[float, typer.Option(help="Share of the people to simulate.")] = 1.0,
    uncertainty: Annotated[
        int | None,
        typer.Option(help="Draw so many sets of parameters and run all seeds at each; doubt and luck are told apart."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results [default: results/compare-PLACE].")] = None,
) -> None:
    """Run several ways of paying on the same people with the same luck; print paired differences."""
    _whole(seeds, "--seeds", 1)
    _years(years)
    names = list(fundings or FOUR)
    if len(set(names)) != len(names):
        from ..model.errors import InputError

        raise InputError("compare: a funding file is named twice")
    if uncertainty is not None:
        commands.doubt(place, names, years, sample, uncertainty, seeds, out)
        return
    from .figures import plots
    from .results import compare as comparing
    from .results import output

    cases = {name: _case(place, name, sample, []) for name in names}
    folder = out or Path("results") / f"compare-{cases[names[0]].place.id}"
    output.check(folder)
    jobs = [comparing.Job(place, name, seed, years, sample) for seed in range(1, seeds + 1) for name in names]
    with _progress() as bar:
        _steady(cases[names[0]], bar)
        task = bar.add_task(f"{len(jobs)} runs of {cases[names[0]].place.file.title}", total=len(jobs))
        results = comparing.run_all(jobs, lambda _: bar.advance(task))
    table = comparing.table(results, names)
    lines = comparing.sentences(results, names)
    titles = {name: _funding(cases[name]).title for name in names}
    with output.writing(folder) as temporary:
        output.write_tables(temporary, {"comparison": table, **comparing.frames(results)})
        if len(names) > 1:
            plots.comparison(table, names, titles, _finding(table, names, titles), temporary / "comparison")
        output.write_manifest(temporary, _compare_manifest(results, cases))
    _print_table(table, names, seeds, years)
    for line in lines:
        print(f"• {line}")
    _print_first_year(comparing.first_year(results, names))
    print(f"\nWritten to {folder}/ (picture: {folder}/comparison.png)" if len(names) > 1 else f"\nWritten to {folder}/")


@app.command()
def scenarios() -> None:
    """List the places and funding files, each with its question and source."""
    from rich.table import Table

    from ..scenarios import fundings, load_funding, load_place, places

    console = _console()
    table = Table("place", "people", "practices", "description", title="Places", title_justify="left")
    for name in places():
        place = load_place(name)
        table.add_row(
            name, f"{place.registered:,}", str(len(place.practices)), " ".join(place.file.description.split())
        )
    console.print(table)
    table = Table("funding file", "question", "source", title="Ways of paying", title_justify="left")
    for name in [*FOUR, *(n for n in fundings() if n not in FOUR)]:
        funding = load_funding(name)
        table.add_row(name, funding.question, funding.source)
    console.print(table)


@app.command()
def parameters(
    path: Annotated[str | None, typer.Argument(help="A parameter or a group, such as hospital.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="A baseline year, by name or folder; left out, that of the default place.")
    ] = None,
) -> None:
    """Print the tree of parameters with unit, range, status and source."""
    from rich.table import Table

    from ..model.errors import unknown
    from ..model.parameters import STATUSES
    from ..scenarios import baseline_of, default_place, load_baseline

    tree = (load_baseline(baseline) if baseline else baseline_of(default_place())).parameters
    chosen = [p for name, p in tree.items() if path is None or name == path or name.startswith(f"{path}.")]
    if not chosen:
        raise unknown("parameter", path or "", {*tree, *(name.split(".")[0] for name in tree)})
    console = _console()
    table = Table("parameter", "value", "unit", "range", "status", "source" if path else "label")
    for p in chosen:
        span = f"{p.range[0]:g} to {p.range[1]:g}" + (" ×" if p.by else "")
        value = _value(p.value, bool(path) and len(chosen) == 1)
        table.add_row(p.path, value, p.unit, span, p.status, p.source if path else p.label)
    console.print(table)
    count = {status: sum(p.status == status for p in chosen) for status in STATUSES}
    console.print(f"{len(chosen)} parameters: " + ", ".join(f"{n} {status}" for status, n in count.items()))


@app.command()
def incentives(
    place: Annotated[str, typer.Argument(help="A place.")],
    funding: Annotated[str, typer.Argument(help="A funding file.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day whose contract is priced.", show_default="after the last change"),
    ] = None,
) -> None:
    """What one more of everything brings each kind of provider, in pounds. No run is needed."""
    from rich.table import Table

    from ..model.clock import week_of
    from ..model.errors import InputError
    from .results import incentives as marginal

    case = _case(place, funding, 1.0, [])
    with _progress() as bar:
        start = _steady(case, bar)
        from ..model.system import HealthEconomy

        model = HealthEconomy(case, start)
    by, starts = None, case.place.file.starts
    if on is not None:
        if on.date() < starts:
            raise InputError(f"--on: {on.date()} is before the run, which starts on {starts}")
        by = marginal.held(model, week_of(on.date(), starts))
    frame = marginal.table(model, by=by)
    title = f"{case.place.file.title} — {_funding(case).title}: pounds for one more, at the end of the expected year"
    title += f", as paid on {on.date()}" if on is not None else ""
    table = Table(title=title, title_justify="left")
    pooled = bool(frame["pool"].abs().max() > 0.005)
    for name in ("provider", "one more of …", "pays", *(["through pools"] if pooled else []), "variable cost"):
        table.add_column(name, justify="left" if name in ("provider", "one more of …") else "right")
    for kind, rows in frame.groupby("kind", sort=False):
        for k, row in enumerate(rows.to_dict("records")):
            label = str(kind).replace("_", " ") if k == 0 else ""
            through = [_money(row["pool"])] if pooled else []
            table.add_row(label, row["unit"], _money(row["pays"]), *through, _money(row["costs"]))
        table.add_section()
    _console().print(table)
    if pooled:
        print("Through pools: the provider's own part of what one more leaves in a pool or takes out of it.")


from . import commands  # noqa: E402
from .commands import evidence  # noqa: E402

commands.register(app)
evidence.register(app)


# input ----------------------------------------------------------------------------------------------------------


def _whole(number: int, name: str, least: int) -> None:
    if number < least:
        from ..model.errors import InputError

        raise InputError(f"{name}: expected a whole number of at least {least}, got {number}")


def _years(years: float) -> None:
    if not 1.0 <= years <= 50.0:
        from ..model.errors import InputError

        raise InputError(f"--years: expected from 1 to 50 years, got {years:g}")


def _rows(trace: str | None) -> list[int]:
    from ..model.errors import InputError

    try:
        return [int(part) for part in (trace or "").split(",") if part.strip()]
    except ValueError:
        raise InputError(f"--trace: expected row numbers such as 12,57, got '{trace}'") from None


def _case(place: str, funding: str, sample: float, changes: list[str]) -> Scenario:
    """The scenario with its changes; everything is checked before anything is run."""
    from dataclasses import replace

    from ..scenarios import scenario

    case = scenario(place, funding, sample=sample)
    numbers, contracts = _changes(changes, case.parameters)
    return replace(
        case, parameters=case.parameters.changed(numbers),
        funding=case.funding.changed(contracts) if contracts and case.funding else case.funding,
    )  # fmt: skip


def _funding(case: Scenario) -> Funding:
    """The way of paying, which the command line always asks for."""
    if case.funding is None:
        raise ValueError("a way of paying is needed")
    return case.funding


def _changes(changes: list[str], known: Parameters) -> tuple[dict[str, Any], dict[str, Any]]:
    from ..model.errors import InputError

    numbers: dict[str, Any] = {}
    contracts: dict[str, Any] = {}
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals or not path or not text:
            raise InputError(f"--set {change}: expected PATH=VALUE, such as hospital.acsc_share=0.24")
        if path.startswith("contracts."):
            contracts[path] = _literal(path, text)
            continue
        known[path]  # says so when it is unknown
        verb, body = ("multiply", text[1:]) if text.startswith("*") else ("set", text)
        value = _literal(path, body)
        if isinstance(value, str | bool):
            raise InputError(f"--set {path}: expected a number, got '{text}'")
        numbers[path] = {verb: value}
    return numbers, contracts


def _literal(path: str, text: str) -> float | bool | str:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _steady(case: Scenario, bar: Progress) -> Any:
    """The place's steady state, with a line of progress when it has to be made."""
    from ..model.initial.calibrate import steady_state

    task = bar.add_task(
        f"{case.place.file.title}: compiling and finding the steady state (first time only)", total=None
    )
    start = steady_state(case.place, lambda text: bar.update(task, description=text))
    bar.remove_task(task)
    return start


# output ---------------------------------------------------------------------------------------------------------


def _console() -> Console:
    """As wide as the terminal; wide enough for the tables where there is none."""
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=140)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip


def _value(value: Any, whole: bool) -> str:
    import numpy as np

    if not isinstance(value, np.ndarray):
        return f"{value:g}"
    return (
        np.array2string(value, precision=4, suppress_small=True)
        if whole
        else "×".join(map(str, value.shape)) + " table"
    )


def _money(pounds: float) -> str:
    if pounds != pounds:
        return ""
    text = f"£{abs(pounds):,.2f}"
    return "£0" if text == "£0.00" else ("−" + text if pounds < 0 else text)


def _fellows(model: HealthEconomy, start: Any) -> list[HealthEconomy]:
    """For the published baseline: the run and four more seeds over two years; elsewhere the run alone."""
    from ..model.system import HealthEconomy

    if not _is_baseline(model):
        return [model]
    with _progress() as bar:
        seeds = range(model.random_seed + 1, model.random_seed + 5)
        return [model] + [
            HealthEconomy(model.case, start, seed, threads=model.team.threads).run(2)
            for seed in bar.track(seeds, description="Four more seeds, two years, for the published baseline")
        ]


def _is_baseline(model: HealthEconomy) -> bool:
    from .results.baseline import is_baseline

    return is_baseline(model)


def _report(model: HealthEconomy, folder: Path, rows: list[int], fellows: list[HealthEconomy]) -> None:
    from rich.table import Table

    from ..model import record
    from .results import baseline, measures, output

    console = _console()
    values = measures.read(model)
    funding, years = _funding(model.case), len(model.record.years)
    table = Table(title=f"{model.place.file.title} — {funding.title}: means over {years} years", title_justify="left")
    for name, side in (("", "left"), ("measure", "left"), ("", "right"), ("unit", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    last = ""
    for measure in measures.MEASURES:
        table.add_row(measure.group if measure.group != last else "", measure.label,
                      f"{values[measure.key]:,.{measure.digits}f}", measure.unit)  # fmt: skip
        last = measure.group
    console.print(table)
    if _is_baseline(model):
        _print_baseline(console, baseline, fellows)
    from .results import did

    did.show(console, did.table(record.organisations(model)))
    if rows:
        for line in output.traced(model).to_dict("records"):
            event = line["event"].replace("_", " ")
            print(f"week {line['week']:4d}  row {line['row']}  {event}  {line['hospital']}".rstrip())
    total = model.ledger.total()
    print(f"Ledger: all accounts together {total} pence. Digest {model.digest[:16]}… Written to {folder}/")


def _print_baseline(console: Any, baseline: Any, models: list[HealthEconomy]) -> None:
    """The model beside the published baseline, figure by figure, pound by pound, and the bed-day identity."""
    from rich.table import Table

    from .results.year import Year

    table = Table(
        title=f"Beside the published baseline: means over years 1-2 and {len(models)} seeds", title_justify="left"
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
        print("Several conditions in year 5: people age while the published table stands still;")
        print("  at a given age the shares stay as they are.")
    year = Year(models[0], 0, 2)
    nights = year.nights()
    parts = " + ".join(f"{name} {value:,.0f}" for name, value in nights.items())
    print(f"Bed-days a year: {parts} = {sum(nights.values()):,.0f};")
    used, beds = year.series["beds_used"], year.series["beds_open"]
    print(f"  beds {beds:,.0f} × 364 days × occupancy {used / beds:.4f} = {used * 364:,.0f}")
    table = Table(title="Who paid whom in year 1, £m, beside the published matrix", title_justify="left")
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
            f"{row['difference']:+.1f}",
        )
    console.print(table)


def _finding(table: pd.DataFrame, names: list[str], titles: dict[str, str]) -> str:
    """A title that says the finding: where hospital work and general practice's access move most."""
    rows = {(row["measure"], row["funding"]): row for row in table.to_dict("records")}

    def share(key: str, name: str) -> float:
        return 100.0 * rows[key, name]["difference"] / max(abs(rows[key, names[0]]["level"]), 1e-9)

    parts = []
    for name in names[1:]:
        parts.append(
            f"{titles[name]}: requests that fail {share('failed', name):+.0f} %, "
            f"emergencies {share('emergencies', name):+.0f} %, electives {share('electives', name):+.0f} %"
        )
    return "\n".join(parts)


def _compare_manifest(results: list[Any], cases: dict[str, Scenario]) -> dict[str, Any]:
    from hashlib import sha256

    from .results.output import versions

    digests = {f"{r.job.funding}/{r.job.seed}": r.digest for r in results}
    joined = "".join(digests[key] for key in sorted(digests))
    return {
        "digest": sha256(joined.encode()).hexdigest(),
        "seed": sorted({r.job.seed for r in results}),
        "scenario_hash": {r.job.funding: r.scenario_hash for r in results},
        "versions": versions(),
        "command": sys.argv,
        "place": next(iter(cases.values())).place.id,
        "digests": digests,
    }


def _print_table(table: pd.DataFrame, names: list[str], seeds: int, years: float) -> None:
    from rich.table import Table

    from .results import measures

    console = _console()
    shown = Table(
        title=f"Means over {years:g} years, {seeds} paired seed{'s' if seeds > 1 else ''}: the first as it is, "
        "the others as differences from it ± 95 % interval (luck only)",
        title_justify="left",
    )
    for name in ("", "measure", "unit"):
        shown.add_column(name, no_wrap=not console.is_terminal)
    for name in names:
        shown.add_column(Path(name).stem.replace("_", " "), justify="right")
    rows = table.set_index(["measure", "funding"])
    last = ""
    for measure in measures.MEASURES:
        if last and measure.group != last:
            shown.add_section()
        d = measure.digits
        cells = [f"{rows.loc[(measure.key, names[0]), 'level']:,.{d}f}"]
        for name in names[1:]:
            row = rows.loc[(measure.key, name)]
            half = "" if row["low"] != row["low"] else f" ± {row['high'] - row['difference']:,.{d + 1}f}"
            cells.append(f"{row['difference']:+,.{d}f}{half}")
        shown.add_row(measure.group if measure.group != last else "", measure.label, measure.unit, *cells)
        last = measure.group
    console.print(shown)


def _print_first_year(frame: pd.DataFrame) -> None:
    """Year 1 is neutral at frozen behaviour; what behaviour adds is shown."""
    base = frame.iloc[0]
    for row in frame.iloc[1:].to_dict("records"):
        parts = [
            f"{label} {row[key] - base[key]:+.1f}"
            for key, label in (
                ("practice_income", "practices"),
                ("hospital_income", "hospitals"),
                ("care_income", "social care"),
            )
        ]
        print(f"  Year 1, prices neutral, behaviour free, £m: {row['funding']}: {', '.join(parts)}")


if __name__ == "__main__":
    main()
