"""Double-entry book-keeping in integer pence: the only place where money moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched

import numpy as np
import pandas as pd

from ..errors import InputError, unknown

MANY = 1_000  #: accounts of a large place
MOST_PENCE = 10**15  #: £10,000bn: more than any payment, far less than whole numbers hold
AT_ONCE = 100_000  #: flows written out at a time, about


class Ledger:
    """Accounts and the flows between them.

    Every flow takes from one account what it gives to another, so the sum over all accounts is always zero. An account
    that pays more than it has goes negative: a deficit, recorded and not hidden.

    ``sectors``: a number for accounts of a kind, by name; others, and accounts opened later, have 0 or ``open``'s.
    """

    def __init__(self, accounts: Sequence[str], week: int = 0, sectors: Mapping[str, int] | None = None) -> None:
        if len(set(accounts)) != len(accounts):
            raise InputError("ledger: two accounts have the same name")
        self.accounts = list(accounts)
        self.week = week  #: the model week that new flows are dated with
        self._index = {name: i for i, name in enumerate(self.accounts)}
        self._groups: dict[tuple[str, ...], np.ndarray] = {}  # account numbers of names used before
        self._balance = np.zeros(len(self.accounts), dtype=np.int64)
        self._sector = np.array([(sectors or {}).get(name, 0) for name in self.accounts], dtype=np.int64)
        n = max((sectors or {}).values(), default=0) + 1
        self._moved = np.zeros((n, n), dtype=np.int64)  # pence paid so far, by sector of payer and payee
        self._rows: list[tuple[np.ndarray, ...]] = []  # flows in order, as arrays() gives them
        self._new: list[tuple[int, np.ndarray, np.ndarray, int, np.ndarray]] = []  # payments not yet among them
        self._booked = 0  # of these, how many have moved balances
        self._purposes: dict[str, int] = {}

    def open(self, accounts: Sequence[str], sector: int = 0) -> None:
        """Add accounts of a sector, empty; those that exist are left alone."""
        new = [name for name in accounts if name not in self._index]
        self._index |= {name: len(self.accounts) + i for i, name in enumerate(new)}
        self.accounts += new
        self._balance = np.concatenate([self._balance, np.zeros(len(new), dtype=np.int64)])
        self._sector = np.concatenate([self._sector, np.full(len(new), sector)])

    def pay(
        self,
        payer: str | Sequence[str],
        payee: str | Sequence[str],
        pence: int | np.ndarray,
        purpose: str,
    ) -> None:
        """Move money. A negative amount (a claw-back) flows the other way.

        Parameters: ``payer`` and ``payee`` are account names, or sequences of n names; ``pence`` is an integer or
        an array (n,) of integers.

        Raises:
            InputError: for an unknown account, an amount that is not whole pence, or more accounts than amounts.
        """
        amount = np.array(pence, ndmin=1)  # a copy
        if amount.dtype.kind not in "iu":
            raise InputError(f"ledger: '{purpose}' must be whole pence, got {amount.dtype}")
        source, target = self._ids(payer), self._ids(payee)
        if source.size not in (1, amount.size) or target.size not in (1, amount.size):
            raise InputError(
                f"ledger: '{purpose}' has {amount.size} amounts for {source.size} and {target.size} accounts"
            )
        if amount.size and not -MOST_PENCE <= amount.min() <= amount.max() <= MOST_PENCE:
            raise InputError(self._no_sum(payer, payee, amount, purpose))
        if amount.size >= MANY and np.abs(amount).max() < 2**31:
            amount = amount.astype(np.int32)  # a large place keeps many
        code = self._purposes.setdefault(purpose, len(self._purposes))
        self._new.append((self.week, source, target, code, amount))

    def _no_sum(self, payer: str | Sequence[str], payee: str | Sequence[str], amount: np.ndarray, purpose: str) -> str:
        """Which of several payments is no sum of money."""
        k = int(np.abs(amount).argmax())
        source, target = (x if isinstance(x, str) else x[k if len(x) > 1 else 0] for x in (payer, payee))
        bound = MOST_PENCE / 100  # pence in a pound
        return (
            f"week {self.week}: {source} pays {target} under '{purpose}': the amount is not a number, or beyond "
            f"£{bound:,.0f}; check the numbers that it is worked out from"
        )

    def _book(self) -> None:
        """Update balances with the payments since the last update, all at once."""
        if self._booked == len(self._new):
            return
        flows = _flows(self._new[self._booked :])
        self._booked = len(self._new)
        if len(self.accounts) < MANY:  # in a large place, flows take three times the memory of payments
            self._keep(flows)
        _, source, target, _, amount = flows
        np.subtract.at(self._balance, source, amount)
        np.add.at(self._balance, target, amount)
        np.add.at(self._moved, (self._sector[source], self._sector[target]), amount)

    def _keep(self, flows: tuple[np.ndarray, ...]) -> None:
        """Keep flows in place of the payments that they came from."""
        self._rows.append(flows)
        self._new, self._booked = [], 0

    def _ids(self, names: str | Sequence[str]) -> np.ndarray:
        try:
            group = (names,) if isinstance(names, str) else tuple(names)
            if group not in self._groups:
                self._groups[group] = np.array([self._index[name] for name in group])
            return self._groups[group]
        except KeyError as error:
            raise unknown("account", error.args[0], self._index, where="ledger") from None

    def balance(self, account: str) -> int:
        """Pence on an account."""
        self._book()
        return int(self._balance[self._ids(account)[0]])

    def held(self, accounts: Sequence[str]) -> np.ndarray:
        """Pence on each of n accounts, (n,)."""
        self._book()
        return self._balance[self._ids(accounts)]

    def moved(self) -> np.ndarray:
        """Pence paid so far, by sector of payer and payee; a negative payment counts the other way."""
        self._book()
        return self._moved

    def held_by(self, sector: int) -> int:
        """Pence on all accounts of a sector."""
        self._book()
        return int(self._balance[self._sector == sector].sum())

    def balances(self) -> pd.Series:
        """Pence on every account."""
        self._book()
        return pd.Series(self._balance.copy(), index=self.accounts, name="pence")

    def total(self) -> int:
        """The sum over all accounts, in pence: zero, always."""
        self._book()
        return int(self._balance.sum())

    def flows(
        self,
        payer: str | None = None,
        payee: str | None = None,
        purpose: str | None = None,
        weeks: tuple[int, int] | None = None,
    ) -> pd.DataFrame:
        """Flows as a frame (week, payer, payee, purpose, pence); ``weeks`` is first and last, both included.

        Raises:
            InputError: for an account that does not exist.
        """
        for name in (payer, payee):
            if name is not None and name not in self._index:
                raise unknown("account", name, self._index, where="ledger")
        columns = ["week", "payer", "payee", "purpose", "pence"]
        week, source, target, code, amount = self.arrays()
        if not week.size:
            return pd.DataFrame({name: [] for name in columns})
        names = list(self._purposes)
        frame = pd.DataFrame(
            {
                "week": week,
                "payer": pd.Categorical.from_codes(source, self.accounts),
                "payee": pd.Categorical.from_codes(target, self.accounts),
                "purpose": pd.Categorical.from_codes(code, names),
                "pence": amount,
            }
        )
        kept = np.ones(len(frame), dtype=bool)
        for column, wanted in (("payer", payer), ("payee", payee), ("purpose", purpose)):
            if wanted is not None:
                kept &= np.asarray(frame[column] == wanted)
        if weeks is not None:
            kept &= (weeks[0] <= week) & (week <= weeks[1])
        return frame.loc[kept].reset_index(drop=True)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """All flows as arrays: week, payer, payee, purpose (codes) and pence. Do not change them."""
        self._book()
        if self._new:
            self._keep(_flows(self._new))
        if not self._rows:
            return tuple(np.zeros(0, dtype=np.int64) for _ in range(5))
        if len(self._rows) > 1:
            self._rows = [tuple(np.concatenate(part) for part in zip(*self._rows, strict=True))]
        return self._rows[0]

    def columns(self) -> Iterator[np.ndarray]:
        """The columns of ``arrays``, one after another and in pieces: flows of a large place are hundreds of MB."""
        if len(self.accounts) < MANY:
            yield from self.arrays()
            return
        n = max(AT_ONCE // len(self.accounts), 1)  # payments, each to as many as all accounts
        for k in range(5):
            yield from (rows[k] for rows in self._rows)
            yield from (_flows(payments)[k] for payments in batched(self._new, n))


def _flows(payments: Sequence[tuple[int, np.ndarray, np.ndarray, int, np.ndarray]]) -> tuple[np.ndarray, ...]:
    """Payments as flows, one for each amount but zero; a negative amount flows the other way."""
    weeks, sources, targets, codes, amounts = zip(*payments, strict=True)
    amount = np.concatenate(amounts)
    sizes = np.array([a.size for a in amounts])

    def each(accounts: tuple[np.ndarray, ...]) -> np.ndarray:
        """An account for each amount; a payment may name one account for all of its amounts."""
        n = np.array([a.size for a in accounts])
        return np.repeat(np.concatenate(accounts), np.repeat(np.where(n == 1, sizes, 1), n))

    source, target = each(sources), each(targets)
    back = amount < 0
    source, target = np.where(back, target, source), np.where(back, source, target)
    week, code = np.repeat(weeks, sizes), np.repeat(codes, sizes)
    moved = amount != 0
    columns = (week, source, target, code)
    return (*(c[moved].astype(np.int32) for c in columns), np.abs(amount[moved]).astype(np.int64))
