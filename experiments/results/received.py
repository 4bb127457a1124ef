"""What providers are paid, read from the ledger week by week; over whole years it is the income of the measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pandas as pd

STAFF = "staff_and_suppliers"
BORROWED = ("loan", "interest")  #: purposes of flows that are lent or owed for it, and no pay


def received(flows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Flows to and from some accounts as pay: account, other, purpose, week and pence, below zero when taken back.

    What goes to staff and suppliers, what partners pay in to cover a deficit, loans and interest are no pay.
    ``flows``: ``Ledger.flows``.
    """
    pay = cast(pd.DataFrame, flows[~flows["purpose"].isin(BORROWED)])
    parts = []
    for account, other, sign in (("payee", "payer", 1), ("payer", "payee", -1)):
        own = cast(pd.DataFrame, pay[pay[account].isin(names) & (pay[other] != STAFF)])
        renamed = own.rename(columns={account: "account", other: "other"})
        parts.append(renamed.assign(pence=sign * own["pence"].astype("int64"))[COLUMNS])
    return cast(pd.DataFrame, pd.concat([part.astype(dict.fromkeys(COLUMNS[:3], str)) for part in parts]))


COLUMNS = ["account", "other", "purpose", "week", "pence"]
