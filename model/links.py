"""Links that a run holds at their usual value: by name, and in parameters."""

from __future__ import annotations

from collections.abc import Iterable

from ..agents.links import LINKS
from .errors import unknown
from .parameters import Parameters


def held(names: Iterable[str]) -> frozenset[str]:
    """Names of links, checked.

    Raises:
        InputError: for an unknown link.
    """
    names = frozenset(names)
    for name in sorted(names):
        if name not in LINKS:
            raise unknown("link", name, LINKS)
    return names


def at_usual(parameters: Parameters, names: frozenset[str]) -> Parameters:
    """The parameters at which these links are always at their usual value."""
    usual = {path: value for name in sorted(names) for path, value in LINKS[name].usual.items()}
    return parameters.changed(usual) if usual else parameters
