"""One provider as a Mesa agent."""

from __future__ import annotations

from typing import Any

import mesa


class Member(mesa.Agent):
    """One provider, as a Mesa agent: a view of its row in the cohort."""

    def __init__(self, model: Any, cohort: Any, row: int, name: str) -> None:
        super().__init__(model)
        self.cohort = cohort
        self.row = row
        self.code = cohort.names[row]
        self.name = name

    @property
    def levers(self) -> dict[str, float]:
        """Where each lever stands; 1.0 is the baseline year's."""
        return dict(zip(self.cohort.LEVERS, self.cohort.levers[self.row].tolist(), strict=True))

    @property
    def balance(self) -> int:
        """Pence on the provider's account."""
        return self.model.ledger.balance(self.code)
