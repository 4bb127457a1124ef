"""A lever is at the end of its room once it has used nine tenths of it, on the side that it moved to."""

from types import SimpleNamespace

import numpy as np
from fundingflows.experiments.results.room import at_end


def test_each_side_has_its_own_room():
    behaviour = SimpleNamespace(room_down_stay=0.2, room_up_stay=0.4, room_down_coding=0.0, room_up_coding=0.1)
    cohort = SimpleNamespace(LEVERS=("stay", "coding"))
    levers = np.array([[0.81, 1.0], [0.85, 1.095], [1.37, 1.05], [1.3, 0.99]])
    assert at_end(SimpleNamespace(behaviour=behaviour), cohort, levers).tolist() == [
        [True, False], [False, True], [True, False], [False, False],
    ]  # fmt: skip
