"""What the marginal pound of each service buys, and the published figures beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...results.intervals import Ratio, paired, ratio
from ...results.numbers import NOTHING, number, pounds, signed
from .money import Service
from .runs import COUNTED, REFERENCE, Arm, Sums

MORE, LESS, BOTH = "more", "less", "both"
COLUMNS = {
    "service": "Service", "money": "Money", "spending": "Spending, £m", "qalys": "QALYs", "deaths": "Deaths",
    "price": "£ per QALY", "offset": "Hospitals' cost for £1",
}  # fmt: skip


def table(sums: Sums, services: Sequence[Service], share: float) -> pd.DataFrame:
    """A row a service with more money, with less, and for both: their mean per step up.

    Differences from the reference on the same seeds are sums over all years, discounted: ``spending`` and
    ``hospital`` (hospitals' cost) in £, ``qalys``, ``deaths``. Each has ``_low`` and ``_high``. ``price``: £ per QALY
    with Fieller's interval, empty where QALYs may not differ at all.
    """
    rows = []
    for service in services:
        more, less = (_differences(sums, Arm(service.key, x)) for x in (share, -share))
        both = {name: (more[name] - less[name]) / 2.0 for name in COUNTED}
        for which, values in ((MORE, more), (LESS, less), (BOTH, both)):
            rows.append(
                {"service": service.key, "title": service.title, "money": which, "share": share, **_row(values)}
            )
    return pd.DataFrame(rows)


def _differences(sums: Sums, arm: Arm) -> dict[str, np.ndarray]:
    return {name: sums[arm][name] - sums[REFERENCE][name] for name in COUNTED}


def _row(values: Mapping[str, np.ndarray]) -> dict[str, float]:
    out: dict[str, float] = {}
    for name in COUNTED:
        out[name], out[f"{name}_low"], out[f"{name}_high"], _ = paired(values[name])
    out["price"], out["price_low"], out["price_high"] = ratio(values["spending"], values["qalys"])
    out["offset"] = ratio(values["hospital"], values["spending"]).value
    return out


def cells(row: Mapping[str, Any]) -> list[str]:
    """A row of the table as text, in the order of ``COLUMNS`` after the service."""
    money = {MORE: "+", LESS: "−", BOTH: "±"}[row["money"]] + f"{number(100 * row['share'])} %"
    return [
        money,
        _between(row, "spending", 1e-6, 2),
        _between(row, "qalys", 1.0, 0),
        _between(row, "deaths", 1.0, 0),
        price(row),
        NOTHING if abs(row["offset"]) > 1e3 else signed(row["offset"], 2),
    ]


def _between(row: Mapping[str, Any], name: str, scale: float, digits: int) -> str:
    half = (row[f"{name}_high"] - row[name]) * scale
    return signed(row[name] * scale, digits) + ("" if half != half else f" ± {number(half, digits)}")


def price(row: Mapping[str, Any]) -> str:
    """£ per QALY with its interval; in words where spending and QALYs move apart."""
    spending, qalys = row["spending"], row["qalys"]
    if spending * qalys < 0.0:
        return f"{'more' if spending > 0.0 else 'less'} spending, {'more' if qalys > 0.0 else 'fewer'} QALYs"
    found = Ratio(row["price"], row["price_low"], row["price_high"])
    if not np.isfinite(found.value):
        return NOTHING
    if not np.isfinite(found.low):
        return f"{pounds(found.value)} (no bound)"
    return f"{pounds(found.value)} ({pounds(found.low)} to {pounds(found.high)})"
