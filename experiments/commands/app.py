"""``fundingflows app``: the model in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from ..default import PLACE


def app(
    place: Annotated[str, typer.Option(help="The place to open with.")] = PLACE,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8765,
    show: Annotated[bool, typer.Option("--show/--no-show", help="Open the browser.")] = True,
) -> None:
    """Open the model in a browser: explore, follow a patient, compare, incentives, build a scenario.

    Needs the extra app: pip install 'fundingflows[app]'. Nothing leaves this machine.
    """
    from ...model.errors import InputError, unknown
    from ...scenarios import places
    from ..app.main import serve

    if place not in places():
        raise unknown("place", place, places())
    if not 1 <= port <= 65535:
        raise InputError(f"--port: expected from 1 to 65535, got {port}")
    serve(place, port, show)
