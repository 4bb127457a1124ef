"""Payment terms, one file each. To add a term, add a file here; no other file changes.

The vocabulary of funding files is every frozen dataclass in this package with

- ``term``, a class attribute: the name that funding files use;
- ``name`` and ``payer``, two text fields;
- ``due(activity)``: £ owed for the year to date.

The types of its other fields (``model/contracts/fields.py``) tell the reader, the JSON Schema and the app what each may
hold; the first line of its docstring describes it. Optional: ``kinds``, the kinds of provider that may hold it;
``collective = True`` when one holder's pay depends on the others; ``problem(kind)``, what is wrong with the term as
written; ``depends_on_last_year``, whether a year's activity sets the next year's pay.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import Any


def terms() -> dict[str, type[Any]]:
    """The class of each term by its name, from every module of this package."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for thing in vars(loaded).values():
            name = getattr(thing, "term", None)
            if isinstance(thing, type) and is_dataclass(thing) and isinstance(name, str):
                found[name] = thing
    return found
