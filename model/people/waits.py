"""How long people have waited who are on a list for planned care, by age band and deprivation fifth."""

import numpy as np

from ...agents.patients.cohort import Patients
from ...agents.patients.lists import still_waiting
from ...agents.patients.people import GONE, GROUPS


def waits(patients: Patients, week: int) -> tuple[np.ndarray, np.ndarray]:
    """Pathways on the list, and weeks that they have waited in all, (GROUPS,) each, in a sample as it is.

    ``week``: the last that was simulated. Pathways of people who have died or moved away count no more: their row may
    be somebody else's by now.
    """
    people, listed = patients.people, still_waiting(patients.lists.waiting)
    row = listed["row"]
    listed = listed[(people.where[row] != GONE) & (people.key[row] == listed["key"])]
    traits = people.traits[listed["row"]].astype(np.int64)
    group = (traits >> 4 & 7) * 5 + (traits >> 1 & 7)
    waited = week - listed["start"].astype(np.int64)
    return np.bincount(group, minlength=GROUPS), np.bincount(group, waited, GROUPS)
