"""Files that somebody else may have made run nothing, and a damaged one is refused or made again, never used."""

import json
import os
import pickle
import random
import shutil

import numpy as np
import pytest
from fundingflows.experiments.runs import shards
from fundingflows.model.errors import InputError
from fundingflows.model.initial import checkpoint
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.initial.classes import class_of
from fundingflows.model.initial.graph import Reader, Writer
from fundingflows.model.initial.state import SUMS, InitialState
from fundingflows.scenarios import FundingFlows, load_place

ROWS = [{"key": f"k{k}", "place": "anytown", "funding": "f", "seed": k, "weeks": 52, "error": None, "digest": "d",
         "qalys": 700.0 + k} for k in range(3)]  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    model = FundingFlows("anytown", "status_quo", rng=3)
    model.step()
    return checkpoint.save(model, tmp_path_factory.mktemp("kept") / "w.ff")


def flipped(raw: bytes, k: int) -> bytes:
    """One bit other than before, wherever it falls."""
    draw = random.Random(k)
    at, bit = draw.randrange(len(raw)), draw.randrange(8)
    return raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]


@pytest.mark.parametrize("k", range(12))
def test_a_checkpoint_with_one_other_bit_is_refused(kept, tmp_path, k):
    raw = kept.read_bytes()
    (tmp_path / "w.ff").write_bytes(flipped(raw, k) if k < 8 else raw[: len(raw) * (k - 7) // 6])
    with pytest.raises(InputError, match=r"w\.ff: (damaged|not a checkpoint|written by another)"):
        checkpoint.load(tmp_path / "w.ff")


@pytest.mark.parametrize("head", [b"fundingflows checkpoint 1\n{}\n", b"fundingflows checkpoint 2\n", b""])
def test_a_pickle_that_calls_itself_a_checkpoint_runs_nothing(tmp_path, head):
    class Bad:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "run"),)

    (tmp_path / "w.ff").write_bytes(head + pickle.dumps(Bad()))
    with pytest.raises(InputError):
        checkpoint.load(tmp_path / "w.ff")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "name",
    ["os:system", "builtins:eval", "subprocess:Popen", "fundingflows.model.version:code_digest", "mesa.model:Model",
     "fundingflows.model.initial.state:shutil.rmtree", "fundingflows.experiments.cli:Terminated", "fundingflows.model:",
     "pathlib:Path", "fundingflows.model.nothing:X"],
)  # fmt: skip
def test_a_checkpoint_names_classes_of_the_model_and_nothing_else(name):
    with pytest.raises(InputError, match="is not a class that a checkpoint can hold"):
        class_of(name)


def test_objects_keep_what_they_share_and_their_circles():
    table = np.zeros(2, dtype=np.dtype([("a", "u1"), ("b", "f8", (3,))], align=True))
    loop: list = [1.5, float("inf"), 2**70, "ü", None, True, b"x", (1, {"k": {3, 4}}), table, table, np.float32(2)]
    loop.append(loop)
    loop.append(np.asfortranarray(np.arange(6).reshape(2, 3)))
    writer = Writer()
    root = json.loads(json.dumps(writer.write(loop)))
    read = Reader(json.loads(json.dumps(writer.nodes)), np.concatenate(writer.parts)).read(root)
    assert read[:8] == loop[:8]
    assert read[8] is read[9]
    assert read[8].dtype == table.dtype
    assert read[8].dtype.isalignedstruct
    assert type(read[10]) is np.float32
    assert read[11] is read
    assert read[12].flags.f_contiguous
    assert (read[12] == loop[12]).all()


def test_a_model_with_parts_from_elsewhere_says_so(anytown, tmp_path):
    anytown.mine = random.Random(1)
    with pytest.raises(InputError, match="cannot keep an object of random:Random"):
        checkpoint.save(anytown, tmp_path / "w.ff")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def folder(tmp_path):
    """A steady state on disk."""
    steady_state(load_place("anytown")).save(tmp_path / "state")
    return tmp_path / "state"


@pytest.mark.parametrize("name", ["people.state.npy", "start.npy", "hospital.clinic_slots.npy", "pathways.npy", SUMS])
@pytest.mark.parametrize("how", ["flip", "cut", "delete"])
def test_a_damaged_steady_state_is_not_used(folder, name, how):
    raw = (folder / name).read_bytes()
    if how == "delete":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(flipped(raw, len(name)) if how == "flip" else raw[:-1])
    with pytest.raises((ValueError, OSError, KeyError)):
        InitialState.load(folder)


def test_a_whole_steady_state_is_read_and_one_with_more_in_it_is_not(folder):
    read = InitialState.load(folder)
    assert (read["start"] == steady_state(load_place("anytown"))["start"]).all()
    np.save(folder / "more.npy", np.zeros(1))
    with pytest.raises(ValueError, match="damaged"):
        InitialState.load(folder)


@pytest.mark.parametrize("k", range(12))
def test_a_shard_with_one_other_bit_is_missing_and_stays_where_it_is(tmp_path, k):
    path = shards.write(tmp_path, ROWS)
    assert shards.read(tmp_path)[0].num_rows == 3
    raw = path.read_bytes()
    path.write_bytes(flipped(raw, k) if k < 8 else raw[: len(raw) * (k - 7) // 6])
    assert shards.read(tmp_path) == (None, [path.name])
    assert shards.done(tmp_path) == ({}, [path.name])
    assert not shards.kept(tmp_path, [row["key"] for row in ROWS])
    assert path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["runs"]


def test_a_shard_is_replaced_and_not_doubled_and_a_damaged_one_is_not_borrowed(tmp_path):
    first = shards.write(tmp_path / "a", ROWS[:1])
    second = shards.write(tmp_path / "a", [{**ROWS[0], "qalys": 1.0}])
    assert not first.exists()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    (tmp_path / "b/runs" / second.name).write_bytes(flipped(second.read_bytes(), 1))
    (tmp_path / "c").mkdir()
    shutil.rmtree(tmp_path / "a")
    shards.borrow(tmp_path / "c", ["k0"])
    assert not shards.kept(tmp_path / "c", ["k0"])
