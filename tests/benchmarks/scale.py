"""Nanoseconds per patient-week, memory and start-up from 20,000 to 62 million people, each in a process of its own.

    uv run python tests/benchmarks/scale.py                       # all sizes, a year each, one and two threads
    uv run python tests/benchmarks/scale.py england --years 5 --threads 2
"""  # fmt: skip

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from time import perf_counter

SMALL = 2_000_000  #: people of a place that is run again in the same process
SIZES = {
    "anytown": ("anytown", 1.0),
    "somerset": ("somerset", 1.0),
    "england/6": ("england", 1 / 6),
    "england": ("england", 1.0),
}


def one(place: str, sample: float, years: float, threads: int) -> None:
    """Run, and print what it took as one line of JSON."""
    began = perf_counter()
    from fundingflows.scenarios import FundingFlows

    imported = perf_counter()
    model = FundingFlows(place, "status_quo", rng=1, threads=threads, sample=sample)
    made = perf_counter()
    model.step()  # loads or compiles the kernels
    stepped = perf_counter()
    model.run(years)
    weeks = model.week - 1
    took = perf_counter() - stepped
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    warm = {}
    if len(model.patients) < SMALL:  # what a process that is at work takes for one more run, start-up included
        began_again = perf_counter()
        FundingFlows(place, "status_quo", rng=2, threads=threads, sample=sample).run(years)
        warm["warm, all s"] = perf_counter() - began_again
    print(json.dumps({
        "people": len(model.patients), "organisations": sum(len(c) for c in model.cohorts), "threads": threads,
        "import s": imported - began, "make s": made - imported, "first week s": stepped - made, "weeks": weeks,
        "run s": took,
        "ns a patient-week": took / weeks / len(model.patients) * 1e9,
        "peak MB": peak, **warm, "ledger": model.ledger.total(),
        "digest": model.digest[:12],
    }))  # fmt: skip


def main() -> None:
    """Each size in turn, in a process of its own, so that its peak of memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="*", help=f"of {', '.join(SIZES)} [default: all]")
    parser.add_argument("--years", type=float, default=1.0)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        place, sample, years, threads = chosen.one
        one(place, float(sample), float(years), int(threads))
        return
    for size in chosen.size or SIZES:
        for threads in chosen.threads:
            place, sample = SIZES[size]
            words = [sys.executable, __file__, "--one", place, str(sample), str(chosen.years), str(threads)]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            row = json.loads(done.stdout.splitlines()[-1])
            print(size, {k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}, flush=True)


if __name__ == "__main__":
    main()
