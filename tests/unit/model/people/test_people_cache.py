"""Functions of arrays that remember: the same answers, worked out once."""

import numpy as np
import pytest
from fundingflows.model.people.cache import MOST, cached_by_contents


def test_answers_go_by_contents_and_cannot_be_changed():
    asked = []

    @cached_by_contents
    def double(x):
        asked.append(x.copy())
        return 2.0 * x

    x = np.arange(3.0)
    assert double(x).tolist() == double(x.copy()).tolist() == [0.0, 2.0, 4.0]
    assert len(asked) == 1
    x[0] = 5.0
    assert double(x).tolist() == [10.0, 2.0, 4.0]
    assert double(x.reshape(1, 3)).shape == (1, 3)
    with pytest.raises(ValueError, match="read-only"):
        double(x)[0] = 1.0


def test_the_oldest_answer_is_forgotten():
    asked = []

    @cached_by_contents
    def same(x):
        asked.append(1)
        return x + 0.0

    for k in range(MOST + 1):
        same(np.array([float(k)]))
    same(np.array([0.0]))
    assert len(asked) == MOST + 2
