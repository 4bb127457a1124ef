"""Messages from practices to hospitals: urgent events and referrals of the week."""

import numpy as np

from .compiled import kernel
from .people import table_type
from .tally import N_REFERRED, N_URGENT

MESSAGE = table_type(row="u4", kind="u1")  # kind: bits of an urgent event; of a referral OTHERS_REFER, BEYOND_NEED
URGENT_OVERNIGHT, URGENT_ACSC, URGENT_PLANNED, URGENT_CARE, URGENT_VIA_AE, URGENT_AE_ONLY = 1, 2, 4, 8, 16, 32
URGENT_RETURN, URGENT_DIED = 64, 128  # soon after a discharge; a death in hospital
OTHERS_REFER, BEYOND_NEED = 1, 2
ONE_IN, MORE_MESSAGES = 16, 64  # a practice has room for one message per sixteen of its rows, and some more


def outbox(rows: int, n_practices: int) -> np.ndarray:
    """An empty outbox of MESSAGE for all practices."""
    return np.zeros(rows // ONE_IN + MORE_MESSAGES * (n_practices + 1), dtype=MESSAGE)


@kernel
def first_message(start, p):
    """Where a practice's messages begin; ``start`` is the first row of its people."""
    return start // ONE_IN + MORE_MESSAGES * p


@kernel
def queue_urgent(i, p, kind, here):
    """Tell the hospitals of an urgent event."""
    queue_message(here.tally.urgent, N_URGENT, i, np.int64(kind), p, here)


@kernel
def queue_referral(i, p, kind, here):
    """Tell the hospitals of a referral, by a GP or by others."""
    queue_message(here.tally.referred, N_REFERRED, i, np.int64(kind), p, here)


@kernel
def queue_message(messages, which, i, kind, p, here):
    """Write a message of practice p while there is room; a count beyond the room stops the run."""
    table = here.practices.table
    n = here.tally.counts[p, which]
    if n < (table[p].stop - table[p].start) // ONE_IN + MORE_MESSAGES - 1:
        at = first_message(table[p].start, p) + n
        messages[at].row = i
        messages[at].kind = kind
    here.tally.counts[p, which] += 1
