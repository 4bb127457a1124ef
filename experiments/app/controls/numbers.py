"""Model assumptions as pages change them: a single number by its value, a table by a factor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ....model.parameters import Parameter, Parameters

#: the assumptions that matter most to conclusions (see docs/sweeps.md), shown until someone searches
MATTER = (
    "behaviour.horizon_years",
    "behaviour.altruism",
    "behaviour.response_appointments",
    "behaviour.response_elective",
    "behaviour.room_down_elective",
    "behaviour.room_down_admission",
    "general_practice.leaving_workload",
    "general_practice.gp_contacts_per_fte_week",
    "general_practice.control_gain",
    "hospital.fixed_cost_share",
    "outcomes.need_gain",
    "social_care.council_budget",
)
Changes = Iterable[tuple[str, float]]
LONGEST_NOTE = 200  #: letters of a note on why a number was changed


def factor(known: Parameters, path: str) -> bool:
    """Whether a parameter is a table, which pages scale as a whole."""
    return bool(known[path].by)


def default_of(known: Parameters, path: str) -> float:
    """The default shown on a page: the value itself, or a factor of 1 for a table."""
    return 1.0 if known[path].by else float(known[path].value)


def changes(known: Parameters, numbers: Changes) -> dict[str, Any]:
    """Changed assumptions in the form that ``Parameters.changed`` takes."""
    return {path: {"multiply": value} if known[path].by else value for path, value in numbers}


def options(known: Parameters, numbers: Changes) -> str:
    """Changed assumptions as command-line options."""
    return "".join(f" --set {path}={'*' if known[path].by else ''}{value!r}" for path, value in numbers)


def search(known: Parameters, query: str) -> list[str]:
    """Paths of the parameters whose path, label, unit, source or status contains every word of a query."""
    words = query.lower().split()
    return [path for path, p in known.items() if words and all(w in _searchable(p) for w in words)]


def _searchable(p: Parameter) -> str:
    return f"{p.path} {p.label} {p.unit} {p.source} {p.status}".lower()


def listed(known: Parameters, numbers: Changes, notes: Mapping[str, str]) -> str:
    """The changed assumptions with the visitor's notes as markup; empty when none has changed."""
    parts = [escape(_said(known, path, value, notes.get(path, ""))) for path, value in numbers]
    return f'<div class="ff-warn" role="status">With changed assumptions: {"; ".join(parts)}.</div>' if parts else ""


def _said(known: Parameters, path: str, value: float, note: str) -> str:
    usual = f"{'× ' * factor(known, path)}{value:g} (default {default_of(known, path):g})"
    return f"{known[path].label} {usual}{f', “{note}”' if note else ''}"
