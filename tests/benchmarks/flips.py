"""Flips bits in, cuts and deletes what is stored, and reads it: nothing may come out other than it was written.

nice uv run python tests/benchmarks/flips.py --flips 500 --cuts 100
"""

from __future__ import annotations

import argparse
import collections
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fundingflows.experiments.runs import shards
from fundingflows.model.errors import InputError
from fundingflows.model.initial import checkpoint
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.initial.state import InitialState
from fundingflows.scenarios import FundingFlows, load_place


def refused(read: Callable[[], str]) -> str:
    try:
        return read()
    except (InputError, ValueError, OSError, KeyError):
        return "refused"


def state(folder: Path) -> str:
    read = InitialState.load(folder)
    return str(sorted((name, hash(array.tobytes())) for name, array in read.arrays.items()))


def rows(folder: Path) -> str:
    table, damaged = shards.read(folder)
    return "refused" if damaged or table is None else repr(table.sort_by("key").to_pylist())


def harm(file: Path, how: str, draw: random.Random) -> None:
    """Change one bit, cut off the end, or delete the file."""
    raw = bytearray(file.read_bytes())
    if how == "flip":
        raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(8)
        file.write_bytes(raw)
    elif draw.random() < 0.5:
        file.write_bytes(raw[: draw.randrange(len(raw))])
    else:
        file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=500)
    parser.add_argument("--cuts", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = FundingFlows("anytown", "status_quo", rng=1)
        for _ in range(30):
            model.step()
        checkpoint.save(model, folder / "checkpoint" / "w.ff")
        steady_state(load_place("anytown")).save(folder / "state")
        row = {"place": "anytown", "funding": "f", "weeks": 52, "error": None, "digest": "d", "qalys": 864.28}
        for k in range(20):
            shards.write(folder / "shard", [{**row, "key": f"k{k}", "seed": k}])
        readers: dict[str, Callable[[Path], str]] = {
            "checkpoint": lambda at: checkpoint.load(at / "w.ff").digest, "state": state, "shard": rows,
        }  # fmt: skip
        for what, read in readers.items():
            whole, counts = read(folder / what), collections.Counter()
            for number in range(given.flips + given.cuts):
                draw = random.Random(f"{what} {number}")
                harmed = Path(shutil.copytree(folder / what, folder / "harmed"))
                how = "flip" if number < given.flips else "cut"
                file = draw.choice(sorted(p for p in harmed.rglob("*") if p.is_file()))
                harm(file, how, draw)
                found = refused(lambda read=read, harmed=harmed: read(harmed))
                # a shard that is gone is a run to be made, and other rows are as they were
                missing = what == "shard" and how == "cut" and not file.exists()
                counts[how, "refused" if found == "refused" or missing else "same" if found == whole else "OTHER"] += 1
                shutil.rmtree(harmed)
            print(what, {" ".join(key): n for key, n in sorted(counts.items())}, flush=True)


if __name__ == "__main__":
    main()
