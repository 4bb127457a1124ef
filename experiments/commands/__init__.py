"""Commands that need many runs, a file each. Heavy imports wait until they are needed."""

from __future__ import annotations

import typer

from .discover import discover
from .frontier import frontier
from .sensitivity import sensitivity
from .sweep import sweep


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (sweep, sensitivity, discover, frontier):
        app.command()(command)
