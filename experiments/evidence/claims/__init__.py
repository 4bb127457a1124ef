"""The claims of the debate, each answered from runs: one file for each topic, one entry for each claim."""

from __future__ import annotations

from . import activity, pooling, sharing, workforce
from .claim import Answer, Claim

#: in the order of the debate
ORDER = ("ever_upward", "unfunded_work", "falling_share", "pooling", "dilution", "luck", "years", "collapse", "carbon")
_BY_KEY = {c.key: c for topic in (activity, pooling, sharing, workforce) for c in topic.CLAIMS}
CLAIMS: tuple[Claim, ...] = tuple(_BY_KEY[key] for key in ORDER)

__all__ = ["CLAIMS", "Answer", "Claim"]
