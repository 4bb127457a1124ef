"""The same run in Python and on the command line, as text that gives the same digest."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import solara

from ...agents.week import WEEKS
from . import store
from .controls import Html


def _funding(how: str) -> str:
    return str(store.path(how)) if how in store.saved() else how


def shell(where: str, how: str, seed: int, changes: Iterable[tuple[str, float]], weeks: int) -> str:
    """The command."""
    file = _funding(how)
    quoted = f'"{file}"' if file.endswith(".toml") else file
    sets = "".join(f" --set {path}={value!r}" for path, value in changes)
    return f"fundingflows run {where} {quoted} --seed {seed} --years {weeks / WEEKS:g}{sets}"


def python(where: str, how: str, seed: int, changes: Iterable[tuple[str, float]], weeks: int) -> str:
    """The program."""
    numbers = dict(changes)
    extra = ""
    head = "from fundingflows.model import FundingFlows\n"
    if numbers:
        head += "from fundingflows.model.parameters import defaults\n"
        extra = f", parameters=defaults().changed({numbers!r})"
    return (
        f"{head}\nmodel = FundingFlows({where!r}, {_funding(how)!r}, rng={seed}{extra})\n"
        f"model.run({weeks / WEEKS:g})\nprint(model.digest)\n"
    )


@solara.component
def Reproduce(where: str, how: str, seed: int, changes: tuple[tuple[str, float], ...], weeks: int, digest: str):
    """Both texts, folded away, with the digest that they give."""
    with solara.Details(summary="Reproduce this in Python or on the command line"):
        command = shell(where, how, seed, changes, weeks)
        ends = f"<p>Both give the digest <b>{escape(digest)}…</b></p>" if digest else ""
        Html(
            f'<h3>Command line</h3><div class="ff-code ff-shell">{escape(command)}</div>'
            f'<h3>Python</h3><div class="ff-code ff-python">{escape(python(where, how, seed, changes, weeks))}</div>'
            f"{ends}"
        )
