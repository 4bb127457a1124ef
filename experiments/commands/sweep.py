"""``fundingflows sweep``: many runs from one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..results.numbers import signed_significant, significant
from .options import Dask, Hold, Out, Paths, Processes, links_of, run_options, stopping

if TYPE_CHECKING:
    from ..runs.dispatch import Tally
    from ..runs.engine import Options
    from ..sweeps.plan import Plan
    from ..sweeps.results import Sweep


def sweep(
    file: Annotated[Path, typer.Argument(help="The sweep's TOML file, as described in docs/sweeps.md.")],
    out: Out = None,
    paths: Paths = None,
    hold: Hold = None,
    processes: Processes = None,
    dask: Dask = None,
    part: Annotated[
        str | None, typer.Option(help="i/n: make every n-th run from the i-th, for job arrays on a cluster.")
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(help="Add seeds until each difference is this precise (0.05: within 5 % of itself)."),
    ] = None,
    most_seeds: Annotated[int, typer.Option(help="With --precision: the most seeds to try.")] = 200,
    status: Annotated[bool, typer.Option("--status", help="Report progress without running anything.")] = False,
    retry_errors: Annotated[bool, typer.Option("--retry-errors", help="Repeat runs that failed.")] = False,
) -> None:
    """Run a sweep from a TOML file. Run again to resume; added seeds or levels extend it."""
    from ..runs import status as standing
    from ..sweeps import plan as planning

    options = run_options(processes, dask, part, retry_errors)
    _precision(precision, most_seeds, options)
    plan = planning.from_file(file, paths, links_of(hold))
    folder = out or Path("results") / file.stem
    if status:
        for line in standing.lines(plan.runs, folder, dict(plan.titles)):
            print(line)
        return
    if precision is not None:
        _until_precise(plan, file.parent, folder, options, precision, most_seeds)
        return
    from ..sweeps.make import make

    tally = stopping(lambda: make(plan, folder, options), folder)
    _conclude(plan, folder, tally, options)


def _precision(precision: float | None, most: int, options: Options) -> None:
    from ...model.errors import InputError

    if precision is None:
        return
    if not 0.0 < precision < 1.0:
        raise InputError(f"--precision: expected a share between 0 and 1, such as 0.05, got {precision:g}")
    if options.part:
        raise InputError(
            "--precision: cannot go with --part; whether more seeds are needed is seen on all runs together"
        )
    if most < 8:
        raise InputError(f"--most-seeds: expected at least 8, got {most}")


def _until_precise(plan: Plan, beside: Path, folder: Path, options: Options, precision: float, most: int) -> None:
    """Add seeds, a quarter more at a time, until every chosen difference is as precise as was asked."""
    from ..runs.precision import LEAST, LOOK_AHEAD, verdicts
    from ..sweeps import plan as planning
    from ..sweeps.make import make
    from ..sweeps.results import open_sweep

    seeds = plan.file.seed_list()
    while True:
        least = LEAST + LOOK_AHEAD
        seeds = _more(seeds, max(least - len(seeds), 0))
        file = plan.file.model_copy(update={"seeds": seeds})
        now = planning.make(plan.name, file, beside)
        tally = stopping(lambda now=now: make(now, folder, options), folder)
        found = verdicts(open_sweep(folder, partial=True).good, list(now.titles), plan.file.precision, precision)
        if bool(found["needed"].notna().all()) or len(seeds) >= most:
            break
        seeds = _more(seeds, min(max(2, len(seeds) // 4), most - len(seeds)))
    _conclude(now, folder, tally, options)
    open_ = sum(found["needed"].isna())
    if open_:
        print(f"{len(seeds)} repeat runs were not enough for {open_} of {len(found)} differences; the widest of them: "
              f"{_widest(found)}. Try --most-seeds, or a wider --precision.")  # fmt: skip
    else:
        print(f"{max(found['needed'])} repeat runs give every chosen difference ({', '.join(plan.file.precision)}) "
              f"to within {100 * precision:g} % of itself, or of 1 % of the level where it is smaller; "
              f"{len(seeds)} were run to be sure.")  # fmt: skip


def _more(seeds: list[int], count: int) -> list[int]:
    new = (seed for seed in range(1, 10**9) if seed not in set(seeds))
    return [*seeds, *(next(new) for _ in range(count))]


def _widest(found: Any) -> str:
    row = found[found["needed"].isna()].sort_values("relative").iloc[-1]
    return f"{row['measure']} under {row['funding']}, {significant(row['mean'])} ± {significant(row['half_width'], 2)}"


def _conclude(plan: Plan, folder: Path, tally: Tally, options: Options) -> None:
    """What came of it: counts, failures, the main differences in sentences, and where to look."""
    from ..runs import status as standing
    from ..sweeps.results import open_sweep

    for line in standing.lines(plan.runs, folder, dict(plan.titles)):
        print(line)
    if tally.deaths:
        print(f"  {tally.deaths} processes died; the runs they had begun were made again")
    found = open_sweep(folder, partial=True)
    if len(found.fundings) > 1 and len(found.good) and not options.part:
        for line in sentences(found):
            print(f"• {line}")


def sentences(found: Sweep, keys: tuple[str, ...] = ("emergencies", "failed", "qalys")) -> list[str]:
    """One sentence a funding file: how far it is from the first, on average and over the points tried."""

    import numpy as np

    from ..sweeps.results import within

    out = []
    units = found.units.set_index("measure")
    names = {key: within(str(units.loc[key, "label"])) for key in keys}
    base = found.titles[found.fundings[0]]
    tables = {key: found.summary(key) for key in keys}
    for name in found.fundings[1:]:
        parts = []
        for key, table in tables.items():
            rows = table[table["funding"] == name]
            if not rows.shape[0]:
                continue
            difference = np.asarray(rows["difference"], dtype=float)
            low, high = signed_significant(difference.min()), signed_significant(difference.max())
            span = "" if len(rows) < 2 else f" (from {low} to {high})"
            parts.append(f"{names[key]} {signed_significant(difference.mean())} {units.loc[key, 'unit']}{span}")
        if parts:
            points = len(set(found.plan["point"]))
            over = f" over {points:,} points" if points > 1 else ""
            out.append(f"{found.titles[name]} against {base}{over}: {'; '.join(parts)}.")
    return out
