"""What a whole run leaves: measures, levers and tables in one row, and the same read back."""

from __future__ import annotations

import json
from functools import cached_property
from io import BytesIO
from typing import Any

import pandas as pd

from ...model import record
from ...model.system import HealthEconomy
from . import levers, measures, weekly

TABLES = ("people", "organisations", "edges", "ledger", "joiners")


def whole(model: HealthEconomy) -> dict[str, Any]:
    """The row of a finished run: facts as text, each table as the bytes of a Parquet file."""
    years = [measures.read(model, year, year + 1) for year in range(len(model.record.years))]
    frames = (
        record.people(model), record.organisations(model), record.edges(model), model.ledger.flows(),
        record.joiners(model),
    )  # fmt: skip
    return {
        "scenario_hash": model.case.hash,
        "title": model.case.funding.title if model.case.funding else "",
        "measures": json.dumps(measures.read(model)),
        "years": json.dumps(years),
        "moves": json.dumps(levers.moves(model)),
        "weekly": _packed(pd.DataFrame(weekly.series(model))),
        **{name: _packed(frame) for name, frame in zip(TABLES, frames, strict=True)},
    }


def _packed(frame: pd.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.to_parquet(buffer, compression="zstd", index=False)
    return buffer.getvalue()


class Result:
    """A finished run, under the names of place and funding file that it was asked for by."""

    def __init__(self, place: str, funding: str, seed: int, row: dict[str, Any]) -> None:
        self.place, self.funding, self.seed, self.row = place, funding, seed, row

    @property
    def digest(self) -> str:
        """Digest of the whole run."""
        return self.row["digest"]

    @property
    def title(self) -> str:
        """Title of the funding file."""
        return self.row["title"]

    @property
    def scenario_hash(self) -> str:
        """Hash of what was run."""
        return self.row["scenario_hash"]

    @cached_property
    def measures(self) -> dict[str, float]:
        """Measures by key, means over all years."""
        return json.loads(self.row["measures"])

    @cached_property
    def by_year(self) -> list[dict[str, float]]:
        """Measures by key, year by year."""
        return json.loads(self.row["years"])

    @cached_property
    def moves(self) -> list[dict[str, Any]]:
        """Where each lever ended, and what the contract pays for it (``levers.moves``)."""
        return json.loads(self.row["moves"])

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Weekly figures of the whole place (``weekly.series``), a row for each week."""
        return self.table("weekly")

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run (one of ``TABLES``, or ``weekly``), read again each time."""
        return pd.read_parquet(BytesIO(self.row[name]))
