"""The model's numbers as pages change them: a number by its value, a table by a factor."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from ....model.parameters import Parameter, Parameters

#: what conclusions lean on (see docs/sweeps.md), shown before anything is searched for
MATTER = (
    "behaviour.horizon_years",
    "behaviour.altruism",
    "behaviour.adjustment_years",
    "behaviour.response_appointments",
    "behaviour.response_elective",
    "behaviour.response_admission",
    "general_practice.leaving_workload",
    "general_practice.gp_contacts_per_fte_week",
    "general_practice.control_gain",
    "hospital.fixed_cost_share",
    "outcomes.utility_waiting",
    "social_care.council_budget",
)
Changes = Iterable[tuple[str, float]]


def factor(known: Parameters, path: str) -> bool:
    """Whether a number is a table, which pages change by a factor on the whole of it."""
    return bool(known[path].by)


def shipped(known: Parameters, path: str) -> float:
    """The value that a page begins with: the number itself, or 1 for the factor on a table."""
    return 1.0 if known[path].by else float(known[path].value)


def changes(known: Parameters, numbers: Changes) -> dict[str, Any]:
    """The same as changes that ``Parameters.changed`` takes."""
    return {path: {"multiply": value} if known[path].by else value for path, value in numbers}


def options(known: Parameters, numbers: Changes) -> str:
    """The same as options of the command line."""
    return "".join(f" --set {path}={'*' if known[path].by else ''}{value!r}" for path, value in numbers)


def found(known: Parameters, query: str) -> list[str]:
    """Paths of the numbers in which every word of a query occurs: in path, label, unit or source."""
    words = query.lower().split()
    return [path for path, p in known.items() if words and all(w in _said(p) for w in words)]


def _said(p: Parameter) -> str:
    return f"{p.path} {p.label} {p.unit} {p.source} {p.status}".lower()


def listed(known: Parameters, numbers: Changes) -> str:
    """The changed numbers in a sentence, as markup; nothing when none is changed."""
    parts = [f"{known[path].label} {'× ' * factor(known, path)}{value:g}" for path, value in numbers]
    return f'<p class="ff-note">With changed numbers: {escape("; ".join(parts))}.</p>' if parts else ""
