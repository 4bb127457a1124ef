"""Classes that a file may name: those of this package, and no others."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import InputError

HERE = __name__.partition(".")[0]
PACKAGES = tuple(f"{HERE}.{room}." for room in ("model", "agents", "scenarios"))


def class_of(name: str) -> Any:
    """A class of this package, of a module that has been imported.

    Raises:
        InputError: for anything else.
    """
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module) if name.startswith(PACKAGES) else None
    for part in path.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type) or found.__module__ != module:
        raise InputError(f"'{name}' is not a class that a checkpoint can hold; import its module first")
    return found
