"""What needs that are neither met nor lapsed do to people, by combination of their bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...agents.links import link
from ...agents.patients.calendar import WEEKS
from ...agents.patients.people import HEARD, NEEDS, PLANNED_NEEDS, UNWELL
from .outcomes import MILLION
from .values import QUARTERS

CLASSES = 3  #: urgent, clinic only, admission: the lowest bits, in this order

NEEDS_EMERGENCIES = link(
    "needs_emergencies", "untreated needs", "emergency admissions", 1,
    "People who are unwell, or whose need waits, have emergencies more often.",
    usual={"outcomes.need_emergency": 0.0, "outcomes.unwell_emergency": 0.0},
)  # fmt: skip
NEEDS_DEATHS = link(
    "needs_deaths", "untreated needs", "deaths", 1, "People who are unwell, or whose need waits, die sooner.",
    usual={"outcomes.need_death": 0.0, "outcomes.unwell_death": 0.0},
)  # fmt: skip


def needs(out: Any) -> dict[str, Any]:
    """Columns of ``RATES`` for needs: hazards, how needs pass, and what they take from quality of life.

    A planned need that is never met takes the QALYs that treatment would have brought (``need_gain``) over the years
    that it lasts (``need_years``). ``out``: parameters of outcomes.
    """
    bits = np.arange(NEEDS)
    planned = (bits[:, None] >> np.arange(CLASSES)) & 1  # (NEEDS, CLASSES)
    unwell, waits = (bits & UNWELL) != 0, (bits & PLANNED_NEEDS) != 0
    lapses, unwell_passes = 1.0 / (out.need_years * WEEKS), 1.0 / out.unwell_weeks
    returns = out.need_returns / WEEKS * (waits & ((bits & HEARD) == 0))
    loss = planned @ (out.need_gain / out.need_years) - out.utility_unwell * unwell
    return {
        "need_death": np.prod(1.0 + planned * out.need_death, axis=1) * (1.0 + unwell * out.unwell_death),
        "need_emergency": np.prod(1.0 + planned * out.need_emergency, axis=1) * (1.0 + unwell * out.unwell_emergency),
        "need_passes": waits * lapses + returns + unwell * unwell_passes,
        "need_lapses": lapses,
        "unwell_passes": unwell_passes,
        "need_loss": np.round(loss / QUARTERS * MILLION),
        "unmet_care_loss": round(-out.utility_unmet_care / QUARTERS * MILLION),
    }
