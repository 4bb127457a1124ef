"""Numbers as people write them: one formatter for tables, sentences, figures and pages.

Negative numbers have a true minus sign. What rounds to zero is zero, without a sign. What is not a number is a dash.
"""

from __future__ import annotations

from math import floor, isfinite, log10

NOTHING = "–"  #: shown where there is no number


def number(value: float, digits: int | None = None) -> str:
    """A number with so many decimals, or with about three figures: 5.58, 12.3, 1,234."""
    if not isfinite(value):
        return NOTHING
    size = abs(value)
    if digits is None:
        digits = 0 if size >= 100 or value == round(value) else 1 if size >= 10 else 2
    text = f"{size:,.{digits}f}"
    return f"−{text}" if value < 0 and float(text.replace(",", "")) else text


def signed(value: float, digits: int | None = None) -> str:
    """A difference: +1.2, −3, 0."""
    text = number(value, digits)
    return f"+{text}" if isfinite(value) and value > 0 and text.strip("0.") else text


def significant(value: float, count: int = 3) -> str:
    """A number with so many significant figures, never with an exponent: 0.00123, 0.5, 12.3, 1,230."""
    if not isfinite(value):
        return NOTHING
    rounded = figures(value, count)
    digits = max(count - 1 - floor(log10(abs(rounded))), 0) if rounded else 0
    text = number(rounded, digits)
    return text.rstrip("0").rstrip(".") if digits else text


def signed_significant(value: float, count: int = 3) -> str:
    """A difference with so many significant figures: +1,230, −0.00123, 0."""
    text = significant(value, count)
    return f"+{text}" if isfinite(value) and value > 0 else text


def price(value: float, digits: int | None = None) -> str:
    """£ as on a bill, to the penny below £1,000 and to the pound from there on: £75.37, £587,364; £0 for nothing."""
    if digits is None:
        digits = 2 if round(abs(value), 2) < 1000.0 else 0
    text = number(abs(value), digits)
    if text == NOTHING:
        return NOTHING
    if not text.strip("0."):
        return "£0"
    return f"{'−' if value < 0 else ''}£{text}"


def pounds(value: float) -> str:
    """£ for a sentence, two or three figures: £38, £1,234, £75,000, £590,000, £12.3m, £1,200m."""
    if not isfinite(value):
        return NOTHING
    size = abs(value)
    rounded = round(size) if size < 1e4 else figures(size, 3 if size >= 1e6 else 2)
    if rounded >= 1e6:
        millions = rounded / 1e6
        text = f"£{millions:,.{2 if millions < 10 else 1 if millions < 100 else 0}f}m"
    else:
        text = f"£{rounded:,.0f}"
    return f"−{text}" if value < 0 and text != "£0" else text


def valued(value: float, unit: str) -> str:
    """A number with its unit: £ goes before it, thousands of pounds are written out."""
    return "".join(amount(value, unit))


def amount(value: float, unit: str) -> tuple[str, str]:
    """A number and the rest of its unit, which follows it: £ and m belong to the number."""
    for written, times, after in (("£m", 1.0, "m"), ("£000", 1000.0, "")):
        if unit.startswith(written):
            text = number(times * value)
            sign = "−" if text.startswith("−") else ""
            return f"{sign}£{text.removeprefix('−')}{after}", unit.removeprefix(written)
    return number(value), f" {unit}"


def difference_unit(unit: str) -> str:
    """The unit of a difference: shares in per cent differ in percentage points."""
    return "percentage points" if unit.startswith("%") else unit


def signed_valued(value: float, unit: str) -> str:
    """A difference with its unit: +£0.29m a year, −2 percentage points."""
    return "".join(signed_amount(value, unit))


def signed_amount(value: float, unit: str) -> tuple[str, str]:
    """A difference and the rest of its unit, which follows it."""
    text, rest = amount(value, difference_unit(unit))
    return f"+{text}" if isfinite(value) and value > 0 and number(value).strip("0.") else text, rest


def probability(p: float) -> str:
    """A probability in per cent, never rounded to certainty."""
    return "above 99.9 %" if p > 0.999 else "below 0.1 %" if p < 0.001 else f"{100 * p:.1f} %"


def interval(low: float, high: float, digits: int = 1) -> str:
    """The ends of an interval of differences: −1.2 to +0.3."""
    return f"{signed(low, digits)} to {signed(high, digits)}"


def figures(value: float, count: int) -> float:
    """A number rounded to so many significant figures."""
    return 0.0 if value == 0.0 else round(value, count - 1 - floor(log10(abs(value))))
