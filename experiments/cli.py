"""The command line: its commands in the order of the help, and how it ends when something cannot be done."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from inspect import getdoc
from io import StringIO
from typing import Any, NoReturn

import typer

from .commands.app import app as open_app
from .commands.behaviour import behaviour
from .commands.calibrate import calibrate
from .commands.claims import claims
from .commands.compare import compare
from .commands.discover import discover
from .commands.frontier import frontier
from .commands.history import history
from .commands.incentives import incentives
from .commands.margin import margin
from .commands.parameters import parameters
from .commands.place import app as place
from .commands.report import report
from .commands.risk import risk
from .commands.run import run
from .commands.scenarios import scenarios
from .commands.sensitivity import sensitivity
from .commands.structure import structure
from .commands.sweep import sweep
from .commands.validate import validate
from .commands.verify import verify
from .commands.why import why

app = typer.Typer(
    name="fundingflows",
    help="If we paid for care differently, where would work and money go in a local health economy?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain text: drawing boxes took most of the time of --help
    context_settings={"max_content_width": 120},
)
COMMANDS = (open_app, run, compare, report, why, scenarios, parameters, structure, incentives, sweep, sensitivity,
            discover, frontier, margin, risk, claims, validate, history, calibrate, behaviour, verify)  # fmt: skip
for command in COMMANDS:
    first, *_ = (getdoc(command) or "").split("\n\n")
    app.command(short_help=" ".join(first.split()))(command)  # a description would be cut off; short_help is wrapped
app.add_typer(place, name="place")


class Terminated(SystemExit):
    """The end that SIGTERM asks for: what is under way cleans up after itself."""


def main() -> None:
    """Run the command line; an error ends in one sentence, with exit code 2 where the input is to blame."""
    from ..model.errors import InputError
    from .runs.executors import Stopped

    _any_terminal()
    with contextlib.suppress(ValueError):  # signals belong to the main thread
        signal.signal(signal.SIGTERM, _terminate)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            app()
    except (InputError, Stopped) as error:
        _end(1 if isinstance(error, Stopped) else 2, f"fundingflows: {error}")
    except BrokenPipeError:
        _end(0)
    except OSError as error:  # a disk that is full, a folder that has gone
        what = f"{error.filename}: " if error.filename else ""
        _end(1, f"fundingflows: {what}{(error.strerror or str(error)).lower()}")
    except MemoryError:
        _end(1, "fundingflows: not enough memory; try fewer --processes or --threads, or a --sample")
    except Terminated:
        _end(143, "fundingflows: stopped by SIGTERM; finished runs are kept, nothing is half-written")
    except SystemExit as end:
        if end.code == 1 and isinstance(end.__context__, BrokenPipeError):  # the reader has closed the pipe
            _end(0)
        if end.code == 130 and not getattr(end, "reported", False):  # Ctrl-C
            print("fundingflows: stopped; finished runs are kept, nothing is half-written", file=sys.stderr)
        _flush(end.code)
        raise


def _warn(message: Warning | str, *_: Any) -> None:
    print(f"fundingflows: {message}", file=sys.stderr)


def _terminate(*_: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated(143)


def _any_terminal() -> None:
    """Print on whatever there is: in any encoding, or nowhere when output is closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, StringIO())
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _flush(code: Any) -> None:
    """Write out what was printed; where that fails, say so unless the program has failed already."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _end(0)
    except OSError as error:
        _end(
            code or 1,
            f"fundingflows: output: {(error.strerror or str(error)).lower()}; results are written all the same",
        )


def _end(code: Any, said: str = "") -> NoReturn:
    """End with a sentence; what still waits to be printed is printed if it can be."""
    with contextlib.suppress(OSError, ValueError):
        if said:
            print(said, file=sys.stderr)
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):  # otherwise Python tries again at its end, and complains
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
    raise SystemExit(code) from None


if __name__ == "__main__":
    main()
