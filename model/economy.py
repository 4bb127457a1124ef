"""The model as its rooms see it. They import this in place of the model, which imports all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..agents.commissioner import Commissioners
from ..agents.community import CommunityServices
from ..agents.hospital import Hospitals
from ..agents.patients.cohort import Patients
from ..agents.practice import Practices
from ..agents.provider import Providers
from ..agents.social_care import SocialCare
from ..agents.treasury import Treasury
from .contracts.holding import Holding
from .contracts.provisions import Provisions
from .money.ledger import Ledger
from .parameters import Parameters
from .place.place import Place
from .scenario import Funding, Scenario


class PaysProviders(Protocol):
    """Payments under contracts, as pools, the timetable and the network see them."""

    quarter: dict[str, np.ndarray]  # pence (N,) paid this quarter, by kind

    @property
    def nhs_england_pay(self) -> float:
        """Share of what NHS England owes for primary care, and puts into pools, that it can pay this year."""
        ...

    @property
    def council_pay(self) -> np.ndarray:
        """Share (C,) of what councils owe that they can pay this year."""
        ...

    def pay_rows(self, payer: str, kind: str, rows: np.ndarray, amount: np.ndarray, purpose: str) -> None:
        """Pay some providers of a kind, by row, in pence."""
        ...

    def charge(self, cohort: Any, pounds: np.ndarray, purpose: str) -> None:
        """Providers pay staff and suppliers £ (N,) for something that happens once."""
        ...

    def renew(self, cohort: Any, old: Sequence[Holding], new: Sequence[Holding], gone: float) -> None:
        """Change a cohort's contract when the share ``gone`` of the year is over."""
        ...


class FillsPools(Protocol):
    """Pooled budgets, as payments see them."""

    budget: dict[str, dict[str, float]]  # £ a year by pool and payer

    def pay(self, week: int) -> None:
        """Payers fill the pools for the weeks gone."""
        ...

    def affordable(self, name: str, kind: str) -> np.ndarray | float:
        """Share (N,) of what the payer of this name owes that it pays; 1 if it is no pool."""
        ...


class PutsIntoForce(Protocol):
    """The timetable of a funding file, as payments and the record see it."""

    held: dict[str, list[Holding]]  # in force now, by kind

    @property
    def provisions(self) -> Provisions: ...

    @property
    def pools(self) -> FillsPools: ...


class Economy(Protocol):
    """A local health economy: its people, organisations, contracts and money.

    What is read-only here is replaced by the model alone.
    """

    week: int
    sample: float  # share of the people that is simulated
    parameters: Parameters

    @property
    def random_seed(self) -> int: ...

    @property
    def ageing(self) -> bool: ...

    @property
    def frozen(self) -> tuple[str, ...]: ...

    @property
    def held_links(self) -> frozenset[str]: ...

    @property
    def case(self) -> Scenario: ...

    @property
    def place(self) -> Place: ...

    @property
    def funding(self) -> Funding | None: ...

    @property
    def references(self) -> dict[str, Funding]: ...

    @property
    def patients(self) -> Patients: ...

    @property
    def practices(self) -> Practices: ...

    @property
    def hospitals(self) -> Hospitals: ...

    @property
    def social_care(self) -> SocialCare: ...

    @property
    def community(self) -> CommunityServices: ...

    @property
    def cohorts(self) -> tuple[Providers, ...]: ...

    @property
    def commissioners(self) -> Commissioners: ...

    @property
    def treasury(self) -> Treasury: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def payments(self) -> PaysProviders: ...

    @property
    def timetable(self) -> PutsIntoForce | None: ...

    def weekly_total(self, event: str) -> float:
        """Events of the last week, whole place."""
        ...
