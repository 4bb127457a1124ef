"""``fundingflows behaviour``: what moved since the last release, and whether the changelog says why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import AlreadyReported, Processes, run_options, stopping
from .printing import initial_state, progress_bar

if TYPE_CHECKING:
    from ..evidence.behaviour.moves import Move
    from ..results.result import Result
    from ..runs.spec import RunSpec


def behaviour(
    release: Annotated[
        Path | None, typer.Option(help="File of a release's results.", show_default="that of the last release")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="Write the present results into that file, as those of a release of this name.")
    ] = None,
    changelog: Annotated[Path, typer.Option(help="Changelog whose entries explain moves.")] = Path("CHANGELOG.md"),
    page: Annotated[
        Path | None, typer.Option(help="File for the page of what moved.", show_default="only in the folder")
    ] = None,
    processes: Processes = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for runs and page.", show_default="results/behaviour")
    ] = None,
) -> None:
    """Compare a fixed set of runs with the last release; each move beyond noise needs an entry in the changelog."""
    from ..evidence.behaviour import changelog as log
    from ..evidence.behaviour import moves
    from ..evidence.behaviour import release as releases
    from ..evidence.behaviour.page import markdown
    from ..results import output

    where, folder = release or releases.shipped(), out or Path("results/behaviour")
    output.check(folder)
    if store is not None:
        now = releases.of(_made(releases.planned(), folder, processes), store)
        where.write_text(releases.text(now), encoding="utf-8")
        print(f"Written to {where}")
        return
    flagged, before = log.entries(_text(changelog)), releases.read(where)
    plan = before.plan()
    results = _made(plan, folder, processes)
    now = releases.of(results, "", before.years)
    found = moves.moves(before, now)
    text = markdown(before, found, moves.came_and_went(before, now), flagged)
    _write(folder, plan, results, text)
    if page:
        page.write_text(text, encoding="utf-8")
    _report(found, before.version, flagged, changelog)


def _text(changelog: Path) -> str:
    from ...model.errors import InputError

    try:
        return changelog.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise InputError(f"--changelog {changelog}: no such file; expected one with a section 'Unreleased'") from None


def _made(plan: Sequence[RunSpec], folder: Path, processes: int | None) -> list[Result]:
    from ..runs import comparison

    with progress_bar() as bar:
        initial_state(plan[0].scenario, bar)
    title, options = f"{len(plan)} runs of {plan[0].scenario.place.file.title}", run_options(processes, None, None)
    return stopping(lambda: comparison.kept(plan, folder, options, title), folder)


def _write(folder: Path, plan: Sequence[RunSpec], results: Sequence[Result], text: str) -> None:
    from ..results import output
    from ..runs.recipe import named, of_comparison

    cases = {run.funding: run.scenario for run in plan}
    recipe: dict[str, Any] = {"place": named(plan[0].place), "fundings": {name: name for name in cases}, "sample": 1.0,
                              "paths": None, "weeks": plan[0].weeks}  # fmt: skip
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        (temporary / "behaviour.md").write_text(text, encoding="utf-8")
        output.write_manifest(temporary, of_comparison("behaviour", results, cases, recipe))
    print(f"Written to {folder}/: behaviour.md")


def _report(found: Sequence[Move], version: str, flagged: list[str], changelog: Path) -> None:
    """Say what moved; end with exit code 1 when a move has no reason."""
    from ..evidence.behaviour.changelog import explanation
    from ..results.numbers import signed

    if not found:
        print(f"Nothing moved beyond noise since {version}.")
    for move in found:
        why = explanation(move.measure.key, flagged)
        print(f"{move.measure.key:16} {move.funding:24} {signed(move.change, move.measure.digits):>8} "
              f"{move.measure.unit}: {why[:60] + '…' if why else 'not explained'}")  # fmt: skip
    left = dict.fromkeys(move.measure.key for move in found if not explanation(move.measure.key, flagged))
    if left:
        keys = ", ".join(f"`{key}`" for key in left)
        print(f"{changelog}: no entry of 'Unreleased' that is flagged **numbers** names {keys}")
        raise AlreadyReported(1)
