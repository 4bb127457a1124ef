"""What the report cannot say."""

from __future__ import annotations

from markupsafe import Markup

from ..results.compared import Compared
from ..results.numbers import number
from .book import Book
from .parts import Points, Section

ALWAYS = (
    "Nothing here is a forecast. Read differences between ways of paying, not levels.",
    "The strength of each response to pay rests on one or two published reforms, some of them foreign.",
    "Quality of care is control of conditions, waits, delays and crowding; there is no more to it in the model.",
    "Prices are not negotiated, and patients do not choose their practice: lists move when one closes.",
    "Mental health, maternity and prescribing are flows of money without patients behind them.",
    "Practices are modelled and are not real surgeries; in a sample, small ones vary most.",
)
FEW, SHORT = 5, 5  #: repeat runs, and years, below which a report says that there are few


def section(book: Book, compared: Compared) -> Section:
    """Limits of the model, and of this comparison."""
    quote = lambda key: book.quote("design", "run", key, lambda x: number(x, 0))  # noqa: E731
    own = []
    if len(compared.seeds) < FEW:
        own.append(
            Markup("With {} repeat runs, intervals from chance are wide and uncertain themselves.").format(
                quote("seeds")
            )
        )
    if compared.years < SHORT:
        own.append(
            Markup("{} years are short: staff, capacity and health are still moving at the end.").format(quote("years"))
        )
    if compared.drawn is None:
        own.append(Markup("Intervals are from chance alone. What is not known is much wider, and is not drawn here."))
    if compared.case.place.sample < 1.0:
        own.append(Markup("Only a sample of the people was run, which adds to chance."))
    return Section("limits", "Limits", [Points([*own, *(Markup("{}").format(text) for text in ALWAYS)])])
