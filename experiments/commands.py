"""The commands that need many runs. Heavy imports wait until they are needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from .results import Sweep
    from .sweep.drive import Tally
    from .sweep.plan import Plan
    from .sweep.work import How

Processes = Annotated[int | None, typer.Option(help="Processes on this machine [default: one a core].")]
Dask = Annotated[str | None, typer.Option(help="A Dask scheduler's address, or 'local' for a cluster on this machine.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the results [default: results/NAME].")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (sweep, sensitivity, discover, frontier, claims):
        app.command()(command)


class _Told(SystemExit):
    """The end of the program, of which the user has been told why."""

    told = True


def _stopping(work: Callable[[], Any], folder: Path) -> Any:
    """Do the work; what stops it is told in one sentence, with exit code 1 (or 130 for Ctrl-C)."""
    from .sweep.executors import Stopped

    try:
        return work()
    except Stopped as stopped:
        print(f"fundingflows: {stopped}", file=sys.stderr)
        raise _Told(1) from None
    except KeyboardInterrupt:
        print(f"fundingflows: stopped; what was finished is kept in {folder}/, and the same command goes on from there",
              file=sys.stderr)  # fmt: skip
        raise _Told(130) from None


def sweep(
    file: Annotated[Path, typer.Argument(help="The sweep's TOML file; docs/sweeps.md says what it holds.")],
    out: Out = None,
    processes: Processes = None,
    dask: Dask = None,
    part: Annotated[str | None, typer.Option(help="i/n: make every n-th run from the i-th, for job arrays.")] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Add paired seeds until differences are this precise (0.05: half-width 5 % of each)."),
    ] = None,
    most_seeds: Annotated[int, typer.Option(help="With --precision, the most seeds to try.")] = 200,
    status: Annotated[bool, typer.Option("--status", help="Say what is done, and run nothing.")] = False,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Make runs that failed again.")] = False,
) -> None:
    """Many runs from one file. The same command again goes on where it stopped; more seeds or levels add to it."""
    from .sweep import plan as planning
    from .sweep import status as standing

    how = _how(processes, dask, part, retry_errors)
    _precision(precision, most_seeds, how)
    plan = planning.from_file(file)
    folder = out or Path("results") / file.stem
    if status:
        for line in standing.lines(plan.runs, folder, dict(plan.titles)):
            print(line)
        return
    if precision is not None:
        _until_precise(plan, file.parent, folder, how, precision, most_seeds)
        return
    from .sweep.work import work

    tally = _stopping(lambda: work(plan, folder, how), folder)
    _conclude(plan, folder, tally, how)


def sensitivity(
    fundings: Annotated[
        list[str], typer.Argument(metavar="FUNDING [OTHER]", help="One: its level. Two: OTHER less FUNDING.")
    ],
    measure: Annotated[str, typer.Option(help="The measure that is asked about.")] = "emergencies",
    parameters: Annotated[
        list[str] | None, typer.Option(help="A parameter or a group; may be repeated. [default: behaviour]")
    ] = None,
    method: Annotated[str, typer.Option(help="tornado, morris (screening) or sobol (indices).")] = "morris",
    place: Annotated[str, typer.Option(help="The place.")] = "anytown",
    years: Annotated[float, typer.Option(help="Years to run.")] = 3.0,
    seeds: Annotated[int, typer.Option(help="Paired seeds at each point.")] = 3,
    trajectories: Annotated[int, typer.Option(help="Morris: trajectories.")] = 10,
    points: Annotated[int, typer.Option(help="Sobol': base points, a power of 2.")] = 64,
    processes: Processes = None,
    dask: Dask = None,
    out: Out = None,
) -> None:
    """Which numbers an answer rests on: over their plausible ranges, with luck told apart."""
    from ..model.errors import InputError, unknown
    from . import sensitivity as asking
    from .sweep import design
    from .sweep import plan as planning

    if method not in asking.METHODS:
        raise unknown("method", method, asking.METHODS, where="--method")
    if len(fundings) > 2:
        raise InputError(f"sensitivity: expected one funding file or two, got {len(fundings)}")
    file = design.SweepFile(
        title=f"Sensitivity of {measure}", places=[place], fundings=fundings, years=years, seeds=seeds,
        design=design.Design(kind=asking.METHODS[method], points=points, trajectories=trajectories),  # type: ignore[arg-type]
        vary=dict.fromkeys(asking.chosen(parameters or ["behaviour"]), "plausible"), precision=[measure],
    )  # fmt: skip
    name = f"sensitivity-{method}"
    plan = planning.make(name, file)
    folder = out or Path("results") / name
    _work(plan, folder, _how(processes, dask, None))
    _sensitivity(plan, folder, measure, method)


def discover(
    folder: Annotated[Path, typer.Argument(help="The folder of a sweep in which something varies.")],
    measure: Annotated[
        list[str] | None, typer.Option(help="What to win on; may be repeated. [default: qalys, public, failed]")
    ] = None,
    better: Annotated[str | None, typer.Option(help="low or high, where it is a matter of opinion.")] = None,
    than: Annotated[str | None, typer.Option(help="A funding file to beat. [default: all others]")] = None,
) -> None:
    """When does each way of paying win? Boxes of futures, with coverage and density, and regret; in sentences."""
    import pandas as pd

    from ..model.errors import unknown
    from . import discover as finding
    from .results import open_sweep

    found = open_sweep(folder)
    if than is not None and than not in found.fundings:
        raise unknown("funding file", than, found.fundings, where="--than")
    rows = []
    for key in measure or ["qalys", "public", "failed"]:
        sign = finding.better(key, better)
        x, levels = finding.futures(found, key)
        facts = found.units.set_index("measure").loc[key]
        label = str(facts["label"]) if str(facts["label"]).startswith(("QALY", "GP")) else str(facts["label"]).lower()
        for name in [f for f in found.fundings if f != than]:
            wins = finding.winners(levels, name, sign, than)
            box = finding.prim(x, wins) if 0 < wins.sum() < len(wins) else finding.Box(density=float(wins.mean()))
            rivals = (
                found.titles[than]
                if than
                else next((found.titles[f] for f in found.fundings if f != name), "")
                if len(found.fundings) == 2
                else "all others"
            )
            print(f"• {finding.sentence(found.titles[name], rivals, label, wins, box)}")
            rows += [(key, name, path, low, high, box.coverage, box.density, box.mass, float(wins.mean()))
                     for path, (low, high) in (box.limits or {"": (None, None)}).items()]  # fmt: skip
        table = finding.regret(levels, sign)
        table.to_csv(folder / f"regret-{key}.csv")
        print(f"• {finding.regret_sentence(table, found.titles, label, str(facts['unit']))}")
    columns = ["measure", "funding", "variable", "low", "high", "coverage", "density", "mass", "wins"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "boxes.csv", index=False)
    print(f"Written to {folder}/: boxes.csv, regret-*.csv")


def frontier(
    place: Annotated[str, typer.Option(help="The place.")] = "anytown",
    kind: Annotated[
        list[str] | None, typer.Option(help="Whose contract is blended; may be repeated. [default: practice, hospital]")
    ] = None,
    base: Annotated[
        list[str] | None,
        typer.Option(help="Funding file with everything else, as a pool; may be repeated. [default: status_quo]"),
    ] = None,
    objective: Annotated[list[str] | None, typer.Option(help="A measure; may be repeated. [default: the five]")] = None,
    years: Annotated[float, typer.Option(help="Years to run.")] = 5.0,
    seeds: Annotated[int, typer.Option(help="Paired seeds for each blend.")] = 5,
    population: Annotated[int, typer.Option(help="Blends a generation.")] = 16,
    generations: Annotated[int, typer.Option(help="Generations of the search.")] = 4,
    lattice: Annotated[int | None, typer.Option(help="Try all multiples of 1/N instead of searching.")] = None,
    processes: Processes = None,
    dask: Dask = None,
    out: Out = None,
) -> None:
    """Blends of per head, per item and outcomes that none beats on spend, QALYs, waits, GP work and carbon at once."""
    from . import frontier as front
    from .frontier_search import Search

    goals = tuple(objective or front.OBJECTIVES)
    front.check(goals)
    bases, kinds = tuple(base or ["status_quo"]), tuple(kind or ["practice", "hospital"])
    folder = out or Path("results/frontier")
    search = Search(
        place, kinds, bases, goals, years, seeds, folder, lambda plan: _work(plan, folder, _how(processes, dask, None))
    )
    if lattice is not None:
        search.evaluate(front.lattice(bases, lattice))
    else:
        front.search(search.evaluate, bases, goals, population, generations)
    _frontier(search, folder)


def doubt(
    place: str, fundings: list[str], years: float, sample: float, draws: int, seeds: int, out: Path | None
) -> None:
    """``compare --uncertainty``: every way of paying at every draw and seed; kept, and gone on with, as a sweep is."""
    from . import fitted, uncertainty
    from .results import open_sweep

    plan = uncertainty.plan(place, fundings, years, sample, draws, seeds)
    folder = out or Path("results") / f"uncertainty-{plan.rows[0].place}"
    _work(plan, folder, _how(None, None, None))
    found = open_sweep(folder)
    rows = uncertainty.table(found)
    rows.to_csv(folder / "uncertainty.csv", index=False)
    for name in found.fundings[1:]:
        own = rows.loc[(rows["funding"] == name).to_numpy()]
        shown = own.loc[:, ["label", "unit", "effect", "low", "high", "above", "parameters", "luck", "share"]]
        title = f"{found.titles[name]} less {found.titles[found.fundings[0]]}, {draws} draws x {seeds} seeds"
        _print_frame(shown, f"{title}: effect, its 95 % interval over parameters, standard deviations of both parts")
        print(f"• {uncertainty.sentence(own, found.titles[name], found.titles[found.fundings[0]])}")
    print(f"Draws: {fitted.describe()}.\nWritten to {folder}/: uncertainty.csv (with intervals of both parts)")


def claims(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[CLAIM]...", help="Claims by key. [default: all nine]")
    ] = None,
    place: Annotated[str, typer.Option(help="The place.")] = "somerset",
    seeds: Annotated[int, typer.Option(help="Paired seeds.")] = 5,
    sample: Annotated[float, typer.Option(help="Share of the people to simulate.")] = 1.0,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and answers [default: results/claims-PLACE].")
    ] = None,
) -> None:
    """Answer each claim of the debate with an effect, an interval and a probability. Goes on where it stopped."""
    from ..model.errors import InputError, unknown
    from ..scenarios import load_place
    from .claims import CLAIMS, report, runs

    known = {claim.key: claim for claim in CLAIMS}
    for key in only or []:
        if key not in known:
            raise unknown("claim", key, known)
    if seeds < 2:
        raise InputError(f"--seeds: expected at least 2, got {seeds}")
    chosen = [claim for claim in CLAIMS if not only or claim.key in only]
    folder = out or Path("results") / f"claims-{load_place(place).id}"
    asks = [ask for claim in chosen for ask in claim.asks]

    def say(done: int, of: int) -> None:
        print(f"\r{done} of {of} runs", end="" if done < of else "\n", file=sys.stderr, flush=True)

    make = lambda: runs.make(asks, place, range(1, seeds + 1), folder, sample, processes, say)  # noqa: E731
    found = _stopping(make, folder)
    answers = {claim.key: claim.answer(found) for claim in chosen}
    rows = report.table(chosen, answers)
    report.keep(rows, report.markdown(rows, found, max((ask.years for ask in asks), default=0)), folder)
    for claim in chosen:
        print(f"• {claim.text}: {answers[claim.key].verdict}. {answers[claim.key].sentence}")
    print(f"Written to {folder}/: claims.md, claims.csv, and the runs they rest on")


def _frontier(search: Any, folder: Path) -> None:
    from . import frontier as front
    from . import sweep_plots

    table = front.table(search.runs(), search.goals)
    best = table.loc[table["frontier"].to_numpy()].sort_values(by=[search.goals[0]])
    said = search.sentence(table)
    table.assign(blend=table["blend"].map(str)).to_csv(folder / "frontier.csv", index=False)
    sweep_plots.frontier(table, search.goals, search.units, said, folder / "frontier")
    shown = best.loc[:, ["blend", *search.goals, "chance"]]
    _print_frame(shown, "Blends that no other blend beats on everything, and their chance of being such")
    print(f"• {said}\nWritten to {folder}/ (picture: {folder}/frontier.png)")


def _work(plan: Plan, folder: Path, how: How) -> None:
    from .sweep.work import work

    print(f"{len(plan.runs):,} runs, kept in {folder}/", file=sys.stderr)
    _stopping(lambda: work(plan, folder, how), folder)


def _sensitivity(plan: Plan, folder: Path, measure: str, method: str) -> None:
    from . import sensitivity as asking
    from . import sweep_plots
    from .results import open_sweep

    found = open_sweep(folder)
    answer = asking.answer(found, measure, found.fundings)
    ranges = {v.path: (v.low, v.high) for v in plan.variables}
    if method == "tornado":
        table = asking.tornado(answer)
    else:
        table = (asking.morris if method == "morris" else asking.sobol)(answer, ranges)
    said = asking.sentence(method, table, answer)
    picture = folder / f"{method}-{measure}"
    if method == "tornado":
        sweep_plots.tornado(table, answer.unit, said, picture)
    elif method == "morris":
        sweep_plots.effects(table, answer.unit, said, picture)
    else:
        sweep_plots.indices(table, said, picture)
    table.to_csv(folder / f"{method}-{measure}.csv", index=False)
    _print_frame(table.head(15), answer.label)
    print(f"• {said}\n• {asking.luck_sentence(answer)}\nWritten to {folder}/ (picture: {picture}.png)")


def _print_frame(frame: Any, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console = console if console.is_terminal else Console(width=140)
    table = Table(title=title, title_justify="left")
    for k, name in enumerate(frame.columns):
        table.add_column(name.replace("_", " "), justify="left" if k == 0 else "right")
    for row in frame.itertuples(index=False):
        table.add_row(*(f"{x:,.4g}" if isinstance(x, float) else str(x) for x in row))
    console.print(table)


def _how(processes: int | None, dask: str | None, part: str | None, retry_errors: bool = False) -> How:
    from ..model.errors import InputError
    from .sweep.work import How

    if processes is not None and processes < 1:
        raise InputError(f"--processes: expected a whole number of at least 1, got {processes}")
    chosen = None
    if part is not None:
        i, _, n = part.partition("/")
        if not (i.isdigit() and n.isdigit() and 1 <= int(i) <= int(n)):
            raise InputError(f"--part: expected i/n with i from 1 to n, such as 2/10, got '{part}'")
        chosen = int(i), int(n)
    return How(processes, dask, chosen, retry_errors)


def _precision(precision: float | None, most: int, how: How) -> None:
    from ..model.errors import InputError

    if precision is None:
        return
    if not 0.0 < precision < 1.0:
        raise InputError(f"--precision: expected a share between 0 and 1, such as 0.05, got {precision:g}")
    if how.part:
        raise InputError(
            "--precision: cannot go with --part; whether more seeds are needed is seen on all runs together"
        )
    if most < 8:
        raise InputError(f"--most-seeds: expected at least 8, got {most}")


def _until_precise(plan: Plan, beside: Path, folder: Path, how: How, precision: float, most: int) -> None:
    """Add seeds, a quarter more at a time, until every chosen difference is as precise as was asked."""
    from .results import open_sweep
    from .sweep import plan as planning
    from .sweep.precision import LEAST, LOOK_AHEAD, verdicts
    from .sweep.work import work

    seeds = plan.file.seed_list()
    while True:
        least = LEAST + LOOK_AHEAD
        seeds = _more(seeds, max(least - len(seeds), 0))
        file = plan.file.model_copy(update={"seeds": seeds})
        now = planning.make(plan.name, file, beside)
        tally = _stopping(lambda now=now: work(now, folder, how), folder)
        found = verdicts(open_sweep(folder).good, list(now.titles), plan.file.precision, precision)
        if bool(found["needed"].notna().all()) or len(seeds) >= most:
            break
        seeds = _more(seeds, min(max(2, len(seeds) // 4), most - len(seeds)))
    _conclude(now, folder, tally, how)
    open_ = sum(found["needed"].isna())
    if open_:
        print(f"{len(seeds)} paired seeds were not enough for {open_} of {len(found)} differences; the widest of them: "
              f"{_widest(found)}. Try --most-seeds, or a wider --precision.")  # fmt: skip
    else:
        print(f"{max(found['needed'])} paired seeds give every chosen difference ({', '.join(plan.file.precision)}) "
              f"to within {100 * precision:g} % of itself, or of 1 % of the level where it is smaller; "
              f"{len(seeds)} were run to be sure.")  # fmt: skip


def _more(seeds: list[int], count: int) -> list[int]:
    new = (seed for seed in range(1, 10**9) if seed not in set(seeds))
    return [*seeds, *(next(new) for _ in range(count))]


def _widest(found: Any) -> str:
    row = found[found["needed"].isna()].sort_values("half_width").iloc[-1]
    return f"{row['measure']} under {row['funding']}, ±{row['half_width']:.3g}"


def _conclude(plan: Plan, folder: Path, tally: Tally, how: How) -> None:
    """What came of it: counts, failures, the main differences in sentences, and where to look."""
    from .results import open_sweep
    from .sweep import status as standing

    for line in standing.lines(plan.runs, folder, dict(plan.titles)):
        print(line)
    if tally.deaths:
        print(f"  {tally.deaths} processes died on the way; what they had begun was made again")
    found = open_sweep(folder)
    if len(found.fundings) > 1 and len(found.good) and not how.part:
        for line in sentences(found):
            print(f"• {line}")


def sentences(found: Sweep, keys: tuple[str, ...] = ("emergencies", "failed", "qalys")) -> list[str]:
    """One sentence a funding file: how far it is from the first, on average and over the points tried."""
    out = []
    units = found.units.set_index("measure")
    base = found.titles[found.fundings[0]]
    tables = {key: found.summary(key) for key in keys}
    for name in found.fundings[1:]:
        parts = []
        for key, table in tables.items():
            rows = table[table["funding"] == name]
            if not rows.shape[0]:
                continue
            span = (
                "" if len(rows) < 2 else f" (from {rows['difference'].min():+.3g} to {rows['difference'].max():+.3g})"
            )
            parts.append(
                f"{units.loc[key, 'label'].lower()} {rows['difference'].mean():+.3g} {units.loc[key, 'unit']}{span}"
            )
        if parts:
            points = len(set(found.plan["point"]))
            over = f" over {points:,} points" if points > 1 else ""
            out.append(f"{found.titles[name]} against {base}{over}: {'; '.join(parts)}.")
    return out
