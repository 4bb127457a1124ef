"""Options shared by commands that make many runs, and their exit when stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..runs.engine import Options
    from ..sweeps.plan import Plan

FOUR = ("status_quo", "activity_based", "capitated", "outcome_based")  #: compared when none are named

Fundings = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FUNDING]...",
        help="Funding files, by name or path; differences are from the first.",
        show_default=" ".join(FOUR),
    ),
]
Place = Annotated[str, typer.Option(help="The place.")]
Years = Annotated[float, typer.Option(help="Years to run.")]
Seeds = Annotated[int, typer.Option(help="Repeat runs of each way of paying, with seeds in common.")]
Folder = Annotated[Path | None, typer.Option(help="Folder for the results.", show_default="results/compare-PLACE")]
Sample = Annotated[float, typer.Option(help="Share of the people to simulate, above 0 and at most 1.")]
Paths = Annotated[
    str | None, typer.Option(help="A paths file: how prices, pay, need and allocations move.", show_default="flat")
]
Hold = Annotated[
    list[str] | None,
    typer.Option("--hold", help="A link that keeps its usual value, such as waits_referrals. May be repeated."),
]
Why = Annotated[
    bool, typer.Option("--why", help="Take each difference apart, as the command why does; 32 runs more a seed.")
]
DrawSeeds = Annotated[int | None, typer.Option(help="Repeat runs at each draw.", show_default="as many as --seeds")]
Processes = Annotated[int | None, typer.Option(help="Processes on this machine.", show_default="one per core")]
Dask = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, or 'local' for a cluster on this machine.")
]
Out = Annotated[Path | None, typer.Option(help="Folder for the results.", show_default="results/NAME")]


def links_of(names: Iterable[str] | None) -> tuple[str, ...]:
    """Names of links that are held, in order and once each.

    Raises:
        InputError: for an unknown link.
    """
    from ...model import system  # noqa: F401  (declares them)
    from ...model.errors import asked_by
    from ...model.links import held

    with asked_by("--hold"):
        return tuple(sorted(held(names or ())))


class AlreadyReported(SystemExit):
    """Exit whose reason has already been printed."""

    reported = True


def stopping(work: Callable[[], Any], folder: Path) -> Any:
    """Do the work; Ctrl-C ends it with one sentence and exit code 130."""
    try:
        return work()
    except KeyboardInterrupt:
        print(f"fundingflows: stopped; finished runs are kept in {folder}/; run the same command again to resume",
              file=sys.stderr)  # fmt: skip
        raise AlreadyReported(130) from None


def run_options(processes: int | None, dask: str | None, part: str | None, retry_errors: bool = False) -> Options:
    """How runs are made, by the options given.

    Raises:
        InputError: for a number of processes, or a part, that cannot be.
    """
    from ...model.errors import InputError
    from ..runs.engine import Options

    if processes is not None and processes < 1:
        raise InputError(f"--processes: expected a whole number of at least 1, got {processes}")
    chosen = None
    if part is not None:
        i, _, n = part.partition("/")
        if not (i.isdigit() and n.isdigit() and 1 <= int(i) <= int(n)):
            raise InputError(f"--part: expected i/n with i from 1 to n, such as 2/10, got '{part}'")
        chosen = int(i), int(n)
    return Options(processes, dask, chosen, retry_errors)


def make(plan: Plan, folder: Path, options: Options) -> None:
    """Make the runs of a plan."""
    from ..sweeps.make import make as make_plan

    print(f"{len(plan.runs):,} runs, kept in {folder}/", file=sys.stderr)
    stopping(lambda: make_plan(plan, folder, options), folder)
