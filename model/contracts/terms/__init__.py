"""Terms of payment, one file each. A new term is a new file here; nothing else needs to know.

Every module of this package that defines a frozen dataclass with a class attribute ``term`` and a method
``due(activity)`` adds that term to the vocabulary of funding files.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import Any


def terms() -> dict[str, type[Any]]:
    """The vocabulary: name of a term to its class, found by looking into every module of this package."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for thing in vars(loaded).values():
            name = getattr(thing, "term", None)
            if isinstance(thing, type) and is_dataclass(thing) and isinstance(name, str):
                found[name] = thing
    return found
