"""The command line: its commands in the order of the help, and how it ends when something cannot be done."""

from __future__ import annotations

import sys
from inspect import getdoc

import typer

from .commands.app import app as open_app
from .commands.calibrate import calibrate
from .commands.claims import claims
from .commands.compare import compare
from .commands.discover import discover
from .commands.frontier import frontier
from .commands.incentives import incentives
from .commands.margin import margin
from .commands.parameters import parameters
from .commands.run import run
from .commands.scenarios import scenarios
from .commands.sensitivity import sensitivity
from .commands.sweep import sweep
from .commands.validate import validate

app = typer.Typer(
    name="fundingflows",
    help="If we paid for care differently, where would work and money go in a local health economy?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: drawing boxes took most of the time of --help
    context_settings={"max_content_width": 120},
)
COMMANDS = (open_app, run, compare, scenarios, parameters, incentives, sweep, sensitivity, discover, frontier, margin,
            claims, validate, calibrate)  # fmt: skip
for command in COMMANDS:
    first, *_ = (getdoc(command) or "").split("\n\n")
    app.command(short_help=" ".join(first.split()))(command)  # a description would be cut off; short_help is wrapped


def main() -> None:
    """Run the command line; an error ends in one sentence, with exit code 2 where the input is to blame."""
    from ..model.errors import InputError
    from .runs.executors import Stopped

    try:
        app()
    except (InputError, Stopped) as error:
        print(f"fundingflows: {error}", file=sys.stderr)
        raise SystemExit(1 if isinstance(error, Stopped) else 2) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    except SystemExit as end:
        if end.code == 130 and not getattr(end, "reported", False):  # Ctrl-C
            print("fundingflows: stopped; nothing was written", file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
