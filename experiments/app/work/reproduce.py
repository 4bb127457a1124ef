"""Python code and commands that reproduce what a page shows, with the same digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import solara

from ....agents.patients.calendar import WEEKS
from ..controls import numbers
from ..controls.fields import Fold, Html
from . import state, store


def funding(how: str) -> str:
    """How commands and Python refer to a way of paying: by name, or by its file, to be downloaded, if it is saved."""
    return f"{how}.toml" if how in store.saved() else how


def shell(where: str, how: str, seed: int, changes: Iterable[tuple[str, float]], weeks: int) -> str:
    """The command that repeats a run."""
    options = numbers.options(state.known(where), changes)
    return f"fundingflows run {where} {funding(how)} --seed {seed} --years {weeks / WEEKS:g}{options}"


def python(where: str, how: str, seed: int, changes: Iterable[tuple[str, float]], weeks: int) -> str:
    """The Python code that repeats a run."""
    changed = numbers.changes(state.known(where), changes)
    extra = f", parameters=baseline_of({where!r}).parameters.changed({changed!r})" if changed else ""
    head = f"from fundingflows.scenarios import FundingFlows{', baseline_of' if changed else ''}\n"
    return (
        f"{head}\nmodel = FundingFlows({where!r}, {funding(how)!r}, rng={seed}{extra})\n"
        f"model.run({weeks / WEEKS:g})\nprint(model.digest)\n"
    )


def comparison(where: str, names: Sequence[str], seeds: int, changes: Iterable[tuple[str, float]], years: int) -> str:
    """The Python code that repeats a comparison and its table."""
    changed = numbers.changes(state.known(where), changes)
    head = (
        "from fundingflows.experiments.results import compare\nfrom fundingflows.experiments.runs import comparison\n"
    )
    extra = f", changes={changed!r}" if changed else ""
    files = [funding(name) for name in names]
    return (
        f"{head}\nfiles = {files!r}\nruns = comparison.plan({where!r}, files, range(1, {seeds + 1}), {years}{extra})\n"
        f"results = [comparison.alone(run) for run in runs]\n"
        f"print(compare.table(results, [run.funding for run in runs[: len(files)]]).to_string())\n"
    )


def comparison_shell(where: str, names: Sequence[str], seeds: int, years: int) -> str:
    """The command that repeats a comparison; it uses default assumptions only."""
    return f"fundingflows compare {' '.join(map(funding, names))} --place {where} --years {years} --seeds {seeds}"


def notes() -> str:
    """The visitor's notes on changed assumptions as lines of comment."""
    return "".join(f"# {path}: {note}\n" for path, note in state.reasons().items())


@solara.component
def Texts(command: str, program: str, ends: str, names: Sequence[str]):
    """A folded section with the command, if any, and the Python code that reproduce the page, and saved files."""
    with Fold(summary="Reproduce this in Python or on the command line"):
        for name in [name for name in names if name in store.saved()]:
            Html(f"<p>Download your own {escape(name)}.toml first, to the folder in which you work:</p>")
            solara.FileDownload(lambda name=name: store.text(name), f"{name}.toml", label=f"Download {name}.toml")
        Html(
            (f'<h3>Command line</h3><div class="ff-code ff-shell">{escape(notes() + command)}</div>' if command else "")
            + f'<h3>Python</h3><div class="ff-code ff-python">{escape(notes() + program)}</div>{ends}'
        )


@solara.component
def Reproduce(where: str, how: str, seed: int, changes: tuple[tuple[str, float], ...], weeks: int, digest: str):
    """Command and Python code of a run, with its digest."""
    ends = (
        f"<p>Both repeat these results exactly. To check, compare the digest they print: <b>{escape(digest)}…</b></p>"
        if digest
        else ""
    )
    Texts(shell(where, how, seed, changes, weeks), python(where, how, seed, changes, weeks), ends, [how])
