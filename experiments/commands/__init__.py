"""Commands that need many runs, a file each. Heavy imports wait until they are needed."""

from __future__ import annotations

import typer

from .claims import claims
from .discover import discover
from .frontier import frontier
from .sensitivity import sensitivity
from .sweep import sweep
from .uncertainty import doubt

__all__ = ["doubt", "register"]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (sweep, sensitivity, discover, frontier, claims):
        app.command()(command)
