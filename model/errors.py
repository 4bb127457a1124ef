"""What is said when input is wrong: one sentence that names the place, the key and the nearest valid choice."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

CLOSE = 0.72  #: likeness in spelling of a name that is suggested: a wrong suggestion costs more than none


class InputError(ValueError):
    """Input that cannot be used. The message is one line, ready to be shown to a person."""


def nearest(name: str, choices: Iterable[str]) -> str:
    """``; did you mean 'x'?`` for the closest choice, or a list of the choices when none is close."""
    known = sorted(map(str, choices))
    close = get_close_matches(str(name), known, n=1, cutoff=CLOSE)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(known[:12])}{' …' if len(known) > 12 else ''}" if known else ""


def unknown(what: str, name: str, choices: Iterable[str], where: str = "") -> InputError:
    """The error for a name that is not among ``choices``."""
    prefix = f"{where}: " if where else ""
    return InputError(f"{prefix}unknown {what} '{name}'{nearest(name, choices)}")


@contextmanager
def asked_by(where: str) -> Iterator[None]:
    """Errors within name what asked for the input that cannot be used: a file and its key, say."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
