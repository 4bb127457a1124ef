"""A worker and its owner: words and outcomes, work that is dropped, and a death."""

import pytest
from fundingflows.experiments.runs.executors import Outcome
from fundingflows.experiments.runs.worker import Died, Word, Worker, tell
from working import spoken

LONG = 100_000  #: words: a quarter of an hour


@pytest.fixture
def worker():
    one = Worker(spoken)
    yield one
    one.close(10.0)


def said(worker):
    """What is said of the latest work, to its outcome."""
    found = []
    while not found or isinstance(found[-1], Word):
        found += filter(None, [worker.hear(60.0)])
    return found


def begun(worker):
    while not isinstance(worker.hear(60.0), Word):
        pass


def test_words_come_before_the_outcome(worker, tmp_path):
    worker.give(1, (tmp_path / "a", 2))
    assert said(worker) == [Word(1, 0), Word(1, 1), Outcome(1, 2)]
    assert worker.work is None
    worker.give(2, (tmp_path / "b", 0))
    assert said(worker) == [Outcome(2, 0)]


def test_dropped_work_ends_and_the_next_follows(worker, tmp_path):
    worker.give(1, (tmp_path / "a", LONG))
    begun(worker)
    worker.drop()
    worker.give(2, (tmp_path / "b", 1))
    assert said(worker) == [Word(2, 0), Outcome(2, 1)]
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_work_that_waits_behind_other_work_can_be_dropped(worker, tmp_path):
    worker.give(1, (tmp_path / "a", 50))
    begun(worker)
    worker.give(2, (tmp_path / "b", LONG))
    worker.drop()
    worker.give(3, (tmp_path / "c", 0))
    assert said(worker) == [Outcome(3, 0)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]


def test_work_given_before_the_process_is_ready_waits_and_can_be_replaced(worker, tmp_path):
    worker.give(1, (tmp_path / "a", 1))
    worker.give(2, (tmp_path / "b", 0))
    assert said(worker) == [Outcome(2, 0)]
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_death_is_heard_with_its_cause(worker, tmp_path):
    worker.give(1, (tmp_path / "a", LONG))
    begun(worker)
    worker.process.kill()
    with pytest.raises(Died, match=r"^signal 9$") as died:
        said(worker)
    assert died.value.code == -9


def test_nothing_is_told_where_there_is_no_owner():
    tell(1)
