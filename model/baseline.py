"""A baseline: the published year from which runs begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .parameters import Parameters


@dataclass(frozen=True, eq=False)
class Baseline:
    """A year's parameters, and what the year is called.

    Attributes:
        id: name of its folder, such as ``2015_16``.
        title: the year as readers see it.
        starts: first day of year 1, unless a place says otherwise.
        usual: name of the funding file that providers' habits were formed under.
        place: the place whose published figures the model is compared with.
        registered: people registered in that place; counts are scaled to it.
        folder: where its files are; funding files in it take precedence over those of the same name elsewhere.
        parameters: every number of the model.
        carried: the year whose numbers and samples stand where this one has none of its own.
    """

    id: str
    title: str
    starts: date
    usual: str
    place: str
    registered: int
    folder: Path
    parameters: Parameters
    carried: Baseline | None = None

    def file(self, pattern: str) -> Path | None:
        """The file of this name or pattern, the last by number, of this year or of the year that it carries on."""
        if found := sorted(self.folder.glob(pattern), key=lambda file: (len(file.name), file.name)):
            return found[-1]
        return self.carried.file(pattern) if self.carried else None
