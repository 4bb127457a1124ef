"""Assumptions: every number by theme with its whole source, those that matter most, and the visitor's changes."""

from __future__ import annotations

from functools import partial
from html import escape

import solara

from ...report.evidence import GRADES, grades
from ..controls.address import Address
from ..controls.assumption import Assumption
from ..controls.fields import Fold, Html, Text
from ..controls.numbers import default_of, factor, search
from ..controls.pickers import Place
from ..controls.tree import reset
from ..drawings.markup import table, wider
from ..work import address, kept, state

ADDRESS = address.Address("assumptions", place=state.place, set=state.numbers, why=state.notes)
MOST = 30  #: search results shown
WHY = (
    "No answer kept on this machine has drawn its assumptions yet, so nothing shows which of them it hangs on. "
    "<i>Find out how sure</i> on the page of an answer draws all that is not known and names the ten that matter most; "
    "<code>fundingflows sensitivity</code> ranks them for one measure. The short list on Explore, Follow a patient and "
    "Compare holds those that mattered most in earlier sweeps (docs/sweeps.md)."
)


@solara.component
def Page():
    """The page."""
    known = state.known()
    with solara.Div(classes=["ff-app"]):
        Address(ADDRESS, lambda: None)
        Html(f"<h1>{_finding()}</h1>")
        Html(
            '<p class="ff-lead">Each with its unit, plausible range, grade and source. A changed number counts on '
            "Explore, Follow a patient and Compare, which say so; Ask, Incentives and Build keep to the defaults.</p>"
        )
        with solara.Div(classes=["ff-panel", "ff-controls", "ff-half"]):
            Place()
            Html(grade_table())
        Changed()
        Html("<h2>What the answer hangs on</h2>")
        Html(leading())
        Html("<h2>Every number, by theme</h2>")
        query, set_query = solara.use_state("")
        found = search(known, query)
        Text("find", "Search all assumptions", query, lambda text: set_query(text[:80]), help=_hits(query, len(found)))
        if query.strip():
            Listed(found[:MOST])
        else:
            for theme in themes():
                paths = [path for path in known if path.startswith(f"{theme}.")]
                with Fold(summary=f"{name(theme)} ({len(paths)})", heading=True):
                    Listed(paths)


@solara.component
def Listed(paths: list[str]):
    """Assumptions side by side."""
    with solara.Div(classes=["ff-assumptions"]):
        for path in paths:
            Assumption(path).key(path)


@solara.component
def Changed():
    """The visitor's changes with their notes, each with a button that restores the default."""
    changes = [path for path in state.numbers.value if path in state.known()]
    if not changes:
        return
    with solara.Div(classes=["ff-panel", "ff-changes"]):
        Html("<h2>What you have changed</h2>")
        for path in changes:
            with solara.Div(classes=["ff-row"]):
                Html(_changed(path))
                solara.Button("Restore", on_click=partial(restore, path), outlined=True, small=True,
                              attributes={"aria-label": f"Restore {state.known()[path].label}"})  # fmt: skip
        solara.Button("Restore all defaults", on_click=reset, outlined=True, small=True)


def restore(path: str) -> None:
    """Put one default back; its note goes."""
    state.numbers.value = {k: v for k, v in state.numbers.value.items() if k != path}
    state.notes.value = {k: v for k, v in state.notes.value.items() if k != path}


def _changed(path: str) -> str:
    facts, times = state.known()[path], "× " * factor(state.known(), path)
    unit = "" if times else f" {facts.unit}"
    note = state.reasons().get(path, "")
    said = f"{facts.label}: {times}{state.numbers.value[path]:g}{unit}, default {default_of(state.known(), path):g}"
    why = f" Why: “{escape(note)}”" if note else ' <span class="ff-note">No reason noted.</span>'
    return f"<p><b>{escape(said)}.</b>{why}</p>"


def _finding() -> str:
    counts = grades(state.known())["numbers"]
    changed = len(state.numbers.value)
    said = f"{counts['all']:.0f} numbers stand behind every run; {counts['assumed']:.0f} of them are assumed"
    return f"{said}, and you have changed {changed}" if changed else said


def grade_table() -> str:
    """How many numbers have which grade, as the report counts them."""
    counts = grades(state.known())["numbers"]
    return table([(f"{grade}: {words}", f"{counts[grade]:.0f}") for grade, words in GRADES.items()],
                 ("Grade", "Numbers"), (1,))  # fmt: skip


def leading() -> str:
    """The ten numbers that moved the latest drawn comparison most, as its report has them; or that there is none."""
    found = kept.leading()
    if found is None:
        return f'<p class="ff-note">{WHY}</p>'
    one, rows = found
    link = f'<a href="/answer?{escape(one.address)}">{escape(one.title)}</a>'
    head = [str(column) for column in rows.columns]
    shown = table(rows.astype(str).to_numpy().tolist(), head, (head.index("Rank correlation"),))
    return f"<p>In the latest comparison that drew its assumptions: {link}.</p>" + wider(shown, "What matters most")


def themes() -> list[str]:
    """The themes, as the parameter files are."""
    return list(dict.fromkeys(path.split(".")[0] for path in state.known()))


def name(theme: str) -> str:
    """A theme in words."""
    return theme.replace("_", " ").capitalize()


def _hits(query: str, n: int) -> str:
    if not query.strip():
        return "By name, unit, source or grade; try: waiting, Dusheiko, assumed"
    more = f"; the first {MOST} are shown, add a word to narrow the search" if n > MOST else ""
    return f"{n} number{'s' * (n != 1)} found{more}"
