"""A sweep loses nothing: killed workers, killed parents, full disks, broken shards, two at once."""

import errno
import os
import signal
import subprocess
import sys
import threading
from multiprocessing import active_children
from queue import Queue

import pyarrow.parquet as pq
import pytest
from fundingflows.experiments.runs import batch as batch_of
from fundingflows.experiments.runs import dask, dispatch, engine, executors, lock, processes, shards, status
from fundingflows.experiments.runs.engine import Options
from fundingflows.experiments.runs.spec import RunSpec
from fundingflows.experiments.sweeps import design, plan
from fundingflows.experiments.sweeps.make import make
from fundingflows.experiments.sweeps.results import open_sweep
from watching import alive, wait_for, workers
from working import doomed, nap

TOML = """
fundings = ["status_quo", "capitated"]
years = 1
seeds = 2
[vary]
"behaviour.altruism" = [0.05, 0.3]
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "mine.toml"
    path.write_text(TOML)
    return path


@pytest.fixture(scope="module")
def whole(file, tmp_path_factory):
    """The sweep uninterrupted, in this process."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    tally = make(plan.from_file(file), folder, Options(processes=1), say=False)
    assert (tally.new, tally.errors) == (8, 0)
    return open_sweep(folder)


def same(folder, whole):
    """Every run exactly once, with the results of the uninterrupted sweep; a longer sweep's runs may be there too."""
    found = open_sweep(folder)
    assert len(found.runs) == len(whole.runs) == 8
    assert sum(pq.ParquetFile(p).metadata.num_rows for p in (folder / "runs").glob("*.parquet")) == len(
        found.everything
    )
    assert not list((folder / "runs").glob(".*"))
    return found.digest == whole.digest


def start(file, folder, *words):
    command = [sys.executable, "-m", "fundingflows.experiments.cli", "sweep", str(file), "--out", str(folder), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("where", [None, "local"])
def test_a_killed_worker_costs_nothing_but_time(file, whole, tmp_path, monkeypatch, where):
    folder, mark = tmp_path / "out", tmp_path / "out/.doomed"
    executor_of = engine.executor_of
    monkeypatch.setattr(engine, "executor_of", lambda how, most: executor_of(how, most, doomed))

    def kill():
        wait_for(lambda: mark.exists() and mark.read_text().endswith(" "))
        os.kill(int(mark.read_text()), signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    tally = make(plan.from_file(file), folder, Options(processes=2, dask=where), say=False)
    thread.join()
    assert (tally.new, tally.errors) == (8, 0)
    assert tally.deaths == (0 if where else 1)  # Dask has lost work done again by itself
    assert same(folder, whole)
    wait_for(lambda: not workers(os.getpid()), seconds=20.0)


def test_parts_whose_parents_are_killed_leave_no_orphans_and_go_on(file, whole, tmp_path):
    folder, longer = tmp_path / "out", tmp_path / "longer.toml"
    longer.write_text(TOML.replace("seeds = 2", "seeds = 300"))  # the same runs first, then more than can be made here
    parts = [start(longer, folder, "--part", f"{i}/2", "--processes", str(n)) for i, n in ((1, 2), (2, 1))]
    begun = lambda: list((folder / "runs").glob("*.parquet")) and len(workers(parts[0].pid)) == 2  # noqa: E731
    wait_for(lambda: begun() or any(part.poll() is not None for part in parts))
    orphans = workers(parts[0].pid)
    for part in parts:
        assert part.poll() is None, part.communicate()
        part.kill()
        part.communicate()
    assert orphans
    wait_for(lambda: not any(map(alive, orphans)), seconds=20.0)
    kept = shards.read(folder)[0].num_rows
    made = [make(plan.from_file(file), folder, Options(processes=1, part=(i, 2)), say=False) for i in (1, 2)]
    assert [tally.planned for tally in made] == [4, 4]
    assert shards.read(folder)[0].num_rows == kept + sum(tally.new for tally in made)
    assert same(folder, whole)


def test_a_worker_that_dask_has_given_up_is_replaced(monkeypatch):
    class Cluster:
        def scale(self, count):
            asked.append(count)
            waiting._done.put((1, "done"))

    asked: list[int] = []
    waiting = dask.Dask.__new__(dask.Dask)
    waiting._cluster, waiting._count, waiting._done = Cluster(), 3, Queue()
    monkeypatch.setattr(dask, "EVERY", 0.01)
    assert waiting._first() == (1, "done")
    assert asked == [3]


# without running the model ---------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """Runs that take no time: a row that says only who it is; seed 2 fails."""

    def row(run):
        error = "ValueError: no luck" if run.seed == 2 else None
        return {"key": run.key, "place": run.place, "funding": run.funding, "seed": run.seed, "weeks": run.weeks,
                "error": error, "digest": "d", "seconds": 1e-3, "qalys": float(run.seed)}  # fmt: skip

    monkeypatch.setattr(RunSpec, "make", row)
    monkeypatch.setattr("fundingflows.experiments.runs.engine.find_steady_states", lambda runs: None)


def quick_plan(**more):
    return plan.make("t", design.SweepFile(**({"fundings": ["status_quo", "capitated"], "seeds": 4} | more)))


def test_errors_are_rows_and_can_be_tried_again(quick, tmp_path, monkeypatch):
    tally = make(quick_plan(), tmp_path / "out", Options(processes=1), say=False)
    assert (tally.new, tally.errors) == (8, 2)
    lines = status.lines(quick_plan().runs, tmp_path / "out", {"status_quo": "Status quo"})
    assert "8 of 8 runs are done, 2 of which failed" in lines[0]
    assert any("2 times: ValueError: no luck" in line for line in lines)
    assert make(quick_plan(), tmp_path / "out", Options(processes=1), say=False).new == 0
    monkeypatch.setattr(RunSpec, "make", lambda run: {"key": run.key, "error": None, "seconds": 0.0, "qalys": 0.5})
    assert make(quick_plan(), tmp_path / "out", Options(processes=1, retry_errors=True), say=False).new == 2
    assert len(open_sweep(tmp_path / "out").good) == 8


def test_a_sweep_grows(quick, tmp_path):
    make(quick_plan(), tmp_path / "out", Options(processes=1), say=False)
    tally = make(quick_plan(seeds=6, fundings=["status_quo", "capitated", "outcome_based"]), tmp_path / "out",
                 Options(processes=1), say=False)  # fmt: skip
    assert (tally.planned, tally.new) == (18, 10)


def test_a_full_disk_stops_the_sweep_and_keeps_what_is_finished(quick, tmp_path, monkeypatch):
    write, left = pq.write_table, [4]

    def full(table, where, **more):
        left[0] -= 1
        if left[0] < 0:
            where.write(b"half a shard")
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, where, **more)

    monkeypatch.setattr(shards.pq, "write_table", full)
    with pytest.raises(executors.Stopped, match="no space left on device"):
        make(quick_plan(), tmp_path / "out", Options(processes=1), seconds=0.0, say=False)
    kept = shards.done(tmp_path / "out")[0]
    assert len(kept) == 3  # four files were written, the plan among them
    assert not list((tmp_path / "out/runs").glob(".*"))
    monkeypatch.setattr(shards.pq, "write_table", write)
    assert make(quick_plan(), tmp_path / "out", Options(processes=1), say=False).new == 5


def test_a_damaged_shard_is_set_aside_and_its_runs_made_again(quick, tmp_path, capsys):
    make(quick_plan(), tmp_path / "out", Options(processes=1), seconds=0.0)
    shard = sorted((tmp_path / "out/runs").glob("*.parquet"))[0]
    lost = pq.ParquetFile(shard).metadata.num_rows
    shard.write_bytes(shard.read_bytes()[:-40])
    tally = make(quick_plan(), tmp_path / "out", Options(processes=1))
    assert tally.new == lost
    assert (tmp_path / "out/damaged" / shard.name).exists()
    assert "1 shard could not be read" in capsys.readouterr().err
    assert len(open_sweep(tmp_path / "out").runs) == 8


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (None, None, True), (None, (1, 2), True), ((1, 2), None, True), ((1, 2), (1, 2), True), ((1, 2), (1, 3), True),
        ((1, 2), (2, 2), False),
    ],
)  # fmt: skip
def test_two_sweeps_do_not_make_the_same_runs_at_once(tmp_path, first, second, refused):
    with lock.folder_lock(tmp_path, first):
        if not refused:
            with lock.folder_lock(tmp_path, second):
                return
        with pytest.raises(executors.Stopped, match="is running this sweep"), lock.folder_lock(tmp_path, second):
            pass
    with lock.folder_lock(tmp_path, second):
        pass


def test_what_a_killed_writer_left_is_swept_up(tmp_path):
    (tmp_path / "runs").mkdir()
    for pid in (os.getpid(), 999_999_999):
        (tmp_path / f"runs/.a.parquet.{os.uname().nodename}.{pid}.tmp").write_bytes(b"half")
    shards.remove_leftovers(tmp_path)
    assert [p.name.split(".")[-2] for p in (tmp_path / "runs").iterdir()] == [str(os.getpid())]


def test_workers_have_one_thread_and_keep_what_they_have_when_told_to_end(tmp_path):
    pool = processes.Processes(nap, 2)
    pool.submit(1, (tmp_path / "a", 0.0))
    assert [(o.number, o.value) for o in pool.wait()] == [(1, "1")]
    pool.submit(2, (tmp_path / "b", 60.0))
    pool.submit(3, (tmp_path / "c", 60.0))
    pids = []

    def kill_one():
        wait_for(lambda: len(list(tmp_path.glob("[bc].begun"))) == 2, seconds=60.0)
        pids.extend(c.pid for c in active_children())
        os.kill(pids[0], signal.SIGKILL)

    thread = threading.Thread(target=kill_one)
    thread.start()
    assert [o.died for o in pool.wait()] == ["signal 9"]
    thread.join()
    pool.close()
    assert len(list(tmp_path.glob("[bc]"))) == 1  # the one that was told, and not the one that was killed
    assert not any(map(alive, pids))


@pytest.mark.parametrize(
    ("code", "said"), [(1, r"could not start \(exit code 1\)"), (-9, r"were killed \(signal 9\) .* memory")]
)
def test_workers_that_die_before_they_are_ready_are_told_of(monkeypatch, code, said):
    monkeypatch.setattr(nap, "__module__", "no_such_module" if code == 1 else "suicidal")
    pool = processes.Processes(nap, 2)
    monkeypatch.setattr(processes, "FALSE_STARTS", 1)
    pool.submit(1, None)
    with pytest.raises(executors.Stopped, match=said):
        pool.wait()
    pool.close()


def test_ctrl_c_is_told_in_one_sentence(file, tmp_path, monkeypatch, capsys):
    from fundingflows.experiments.cli import main

    def stop(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr("fundingflows.experiments.sweeps.make.make", stop)
    monkeypatch.setattr(sys, "argv", ["fundingflows", "sweep", str(file), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err.strip().endswith("run the same command again to resume")


class Fatal:
    """An executor whose process dies whenever a batch holds the run of seed 3."""

    slots = 2

    def __init__(self):
        self.work, self.deaths = [], 0

    def submit(self, number, batch):
        self.work.append((number, batch))

    def wait(self):
        number, batch = self.work.pop(0)
        if any(run.seed == 3 for run in batch.runs) and not batch.failed:
            self.deaths += 1
            return [executors.Outcome(number, died="signal 9")]
        return [executors.Outcome(number, batch_of.run_batch(batch))]

    def close(self, now=False):
        pass


def test_a_run_that_kills_its_process_becomes_a_row_and_the_others_are_made(quick, tmp_path):
    ours = quick_plan(fundings=["status_quo"], seeds=[1, 3, 4, 5, 6, 7])
    tally, _ = dispatch.progress([run.key for run in ours.runs], tmp_path)
    dispatch.Dispatcher(tmp_path, Fatal(), seconds=1.0).run(ours.runs, tally, lambda tally: None)
    table = shards.read(tmp_path)[0].to_pandas().set_index("seed")
    assert len(table) == 6
    assert table["error"].notna().sum() == 1
    assert f"died {executors.DEATHS} times (signal 9)" in table.loc[3, "error"]


class Forgetful(Fatal):
    """An executor whose process dies after it has kept its first batch, before it can say so."""

    def wait(self):
        number, batch = self.work.pop(0)
        report = batch_of.run_batch(batch)
        self.deaths += 1
        return [executors.Outcome(number, died="signal 9" if self.deaths == 1 else "", value=report)]


def test_what_a_process_kept_before_it_died_is_not_made_again(quick, tmp_path):
    ours = quick_plan(fundings=["status_quo"], seeds=[1, 3, 4])
    tally, _ = dispatch.progress([run.key for run in ours.runs], tmp_path)
    dispatch.Dispatcher(tmp_path, Forgetful(), seconds=1.0).run(ours.runs, tally, lambda tally: None)
    assert (tally.new, tally.deaths) == (3, 1)
    assert shards.read(tmp_path)[0].num_rows == 3


def test_a_folder_with_something_else_in_it_is_left_alone(quick, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="something other than a run"):
        make(quick_plan(), tmp_path, Options(processes=1), say=False)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
