"""The planet: the carbon footprint of the care that is counted."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from ..results.compared import Compared
from . import against
from .book import Book
from .every import drawn
from .parts import Pictures, Said, Section
from .work import extremes, rows


def section(book: Book, compared: Compared) -> Section:
    """A table of the first and last year, a sentence, and the means over all years drawn."""
    last = rows(compared, ("carbon",))
    book.add("carbon", against.frame(compared, last))
    first = np.array([compared.yearly("carbon", name)[:, 0] for name in compared.names])
    shown = [against.Row("Year 1, kt CO2e", 3, first), against.Row("Last year, kt CO2e", 3, last["carbon"].values)]
    note = Markup(
        "Consultations, clinics, A&amp;E, nights in hospital, day cases, home care and care homes, each at a published "
        "footprint; buildings, drugs and travel only as far as these footprints hold them."
    )
    said = extremes(book, compared, "carbon", "carbon", "carbon footprint")
    table = against.table(compared, "Carbon footprint of the care counted", shown, "Year")
    picture = Pictures("Over all years", [drawn(compared, "carbon")])
    return Section("planet", "Planet", [Said(said), Said(note, "note"), table, picture])
