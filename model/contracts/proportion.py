"""More or less money under a contract: the numbers of its terms that payment is in proportion to."""

from __future__ import annotations

from typing import Any

from .contract import Contract

PRICES = ("rate", "per_head", "amount", "scale")  #: fields of terms that payment is in proportion to


def times(kind: str, contract: Contract, factor: float, term: str = "") -> dict[str, dict[str, Any]]:
    """The ``set`` of a change that multiplies what a kind of provider is paid, or what one term pays it."""
    terms = [t for t in contract if term in ("", t.name)]
    paths = [f"contracts.{kind}.{t.name}.{key}" for t in terms for key in PRICES if getattr(t, key, None)]
    return {path: {"multiply": factor} for path in paths}
