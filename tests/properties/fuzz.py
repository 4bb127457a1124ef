"""Reads many files and command lines that are nearly right, and runs every tenth that can be; prints what is wrong.

nice uv run --extra app python tests/properties/fuzz.py --files 10000 --commands 1000
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

import mutated

sys.path.append(str(Path(__file__).parents[1] / "unit/scenarios/published"))
from invented import workforce, write

SHARE = {"funding": 0.6, "place": 0.3, "sweep": 0.06, "study": 0.04}  #: of the files, by kind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--commands", type=int, default=1_000)
    parser.add_argument("--newer", type=int, default=200, help="command lines of commands made later")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    given = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    began = time.monotonic()

    def note(found: mutated.Outcome, what: str) -> None:
        counts[f"{what}: {'WRONG' if found.wrong else 'used' if found.used is not None else 'read or refused'}"] += 1
        if found.wrong:
            print(f"{found.what}: {found.wrong}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for kind, share in SHARE.items():
            for number in range(given.first, given.first + round(share * given.files)):
                found = mutated.read(kind, number, Path(folder))
                note(found, kind)
                every = {"funding": 10, "place": 50}.get(kind)  # a place's own state has to be made first
                if every and found.used is not None and number % every == 0:
                    note(mutated.run(found, baseline=30.0), "run")
            print(f"{kind}: {time.monotonic() - began:.0f} s", flush=True)
    for known, count in ((mutated.COMMANDS, given.commands), (mutated.NEWER, given.newer)):
        for number in range(given.first, given.first + count):
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder) / "people.csv", workforce())
                note(mutated.call(mutated.command(number, known), Path(folder)), "command")
    print(dict(counts), f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
