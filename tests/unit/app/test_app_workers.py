"""Processes that make runs side by side: the same runs, an end in the middle of one, and a process that dies."""

import threading
from dataclasses import replace

import pytest

pytest.importorskip("solara")

from app_visitor import handle, wait
from fundingflows.experiments.app.work import making, task, workers
from fundingflows.experiments.app.work.question import Question
from fundingflows.experiments.app.work.task import Stopped
from fundingflows.experiments.runs import shards
from fundingflows.experiments.runs.spec import spec_of


@pytest.fixture(scope="module")
def crew():
    one = workers.Crew(2)
    yield one
    one.close()


def nothing(weeks, made):
    pass


def test_runs_are_those_that_this_process_makes(crew, tmp_path):
    runs = [spec_of("anytown", name, 3, 1) for name in ("status_quo", "capitated")]
    seen = []
    crew.make_all([[run] for run in runs], tmp_path, lambda weeks, made: seen.append((weeks, len(made))))
    for run in runs:
        assert shards.row_of(tmp_path, run.key)["digest"] == run.make()["digest"]
    assert seen == sorted(seen)
    assert seen[-1] == (workers.weight(runs), 2)


def test_runs_of_a_lane_are_made_in_their_order(crew, tmp_path):
    lane, made = [spec_of("anytown", "status_quo", seed, 1) for seed in range(1, 5)], []
    crew.make_all([lane], tmp_path, lambda weeks, finished: made.append(list(finished)))
    assert made[-1] == lane


def test_an_end_in_the_middle_of_a_run_leaves_the_process_for_the_next(crew, tmp_path):
    long, short = (replace(spec_of("anytown", "status_quo", 5), weeks=weeks) for weeks in (5200, 52))

    def enough(weeks, made):
        if weeks >= 2:
            raise Stopped

    processes = [worker.process.pid for worker in crew._workers]
    with pytest.raises(Stopped):
        crew.make_all([[long], [long]], tmp_path, enough)
    crew.make_all([[short], [replace(short, seed=6)]], tmp_path, nothing)
    assert shards.kept(tmp_path, [short.key])
    assert not shards.kept(tmp_path, [long.key])
    assert processes == [worker.process.pid for worker in crew._workers]


def test_a_process_that_dies_is_replaced_and_its_run_made_again(crew, tmp_path):
    run, killed = spec_of("anytown", "status_quo", 7, 2), []

    def kill(weeks, made):
        if weeks >= 2 and not killed:
            killed.extend(worker.process for worker in crew._workers)
            for process in killed:
                process.kill()

    crew.make_all([[run]], tmp_path, kill)
    assert killed
    assert shards.kept(tmp_path, [run.key])


def test_an_error_of_a_run_is_that_of_the_work(crew, tmp_path):
    run = replace(spec_of("anytown", "status_quo", 8), weeks=2)
    with pytest.raises(ValueError, match="at least one whole year"):
        crew.make_all([[run]], tmp_path, nothing)


def test_who_waits_for_a_process_can_stop_too(crew, tmp_path):
    halt = threading.Event()
    halt.set()
    with pytest.raises(workers.Unwanted):
        crew.make(spec_of("anytown", "status_quo"), tmp_path, lambda week: None, halt)


def test_an_answer_made_side_by_side_is_that_made_in_turn(crew, monkeypatch, tmp_path):
    asked = Question("anytown", ("status_quo", "capitated"), 1, 3)
    alone = making.watch(asked, handle())
    making._answers.clear()
    monkeypatch.setattr(making.kept, "user_data_path", lambda name: tmp_path / "another")
    monkeypatch.setattr(workers, "crew", crew)
    monkeypatch.setattr(making.state, "advance", None)  # not in this process
    shown = []
    watching = handle()
    monkeypatch.setattr(watching, "show", shown.append)
    beside = making.watch(asked, watching)
    assert beside == alone
    assert shown[-1] == beside


def test_a_run_that_comes_while_a_process_warms_up_is_made_after_it(crew, tmp_path):
    runs = [spec_of("anytown", "status_quo", seed, 1) for seed in (9, 10)]
    crew.warm(replace(runs[0], weeks=30))
    crew.make_all([[run] for run in runs], tmp_path, nothing)
    assert all(shards.kept(tmp_path, [run.key]) for run in runs)


def test_a_run_without_a_folder_is_not_kept(monkeypatch):
    monkeypatch.setattr(shards, "write", None)
    weeks = []
    monkeypatch.setattr(workers, "tell", weeks.append)
    workers.made((replace(spec_of("anytown", "status_quo"), weeks=52), None))
    assert weeks == list(range(1, 53))


@pytest.mark.parametrize("ends", [False, True])
def test_work_that_fails_is_logged_unless_the_server_is_ending(ends, monkeypatch, caplog):
    monkeypatch.setattr(task, "ending", threading.Event())
    if ends:
        task.ending.set()
    one = task.Task()
    one.start(lambda handle: 1 / 0)
    assert wait(one).state == "failed"
    assert [record.message for record in caplog.records] == ([] if ends else ["work of the app failed"])
