"""The world: one week, money, contracts, parameters."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .system import FundingFlows

__all__ = ["FundingFlows"]


def __getattr__(name: str) -> Any:
    """``FundingFlows`` is imported when asked for: it brings numba and mesa, which a listing does not need."""
    if name == "FundingFlows":
        from .system import FundingFlows

        return FundingFlows
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
