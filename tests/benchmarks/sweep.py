"""What a sweep costs beyond the model's own time, and whether its memory stays flat. Figures only; nothing is asserted.

``python tests/benchmarks/sweep.py --runs 256`` makes runs in this process, where the model's own processor time can be
told apart. ``--processes 2 --runs 1000`` makes them side by side, as a user would. Processor time is what to look at
where others use the machine as well.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from fundingflows.experiments.sweep import design, plan, runs
from fundingflows.experiments.sweep.work import How, work
from fundingflows.model.system import FundingFlows

MODEL = 0.0  # seconds of processor time that models took to be made and to run


class Timed(FundingFlows):
    """A model that says what processor time it took."""

    def __init__(self, *words, **more) -> None:
        global MODEL
        began = time.process_time()
        super().__init__(*words, **more)
        MODEL += time.process_time() - began

    def run(self, years: float = 5.0) -> FundingFlows:
        global MODEL
        began = time.process_time()
        try:
            return super().run(years)
        finally:
            MODEL += time.process_time() - began


def resident() -> float:
    """MB of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def watched(every: int):
    """Note the memory after every so many runs, and say it."""
    row_of, made = runs.row_of, [0]

    def row(run, case):
        out = row_of(run, case)
        made[0] += 1
        if made[0] % every == 0:
            print(f"  after {made[0]:5,} runs: {resident():.0f} MB", flush=True)
        return out

    runs.row_of = row


def main() -> None:
    """Make the runs; say what they took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=256)
    asked.add_argument("--years", type=float, default=1.0)
    asked.add_argument("--processes", type=int, default=1)
    asked = asked.parse_args()
    sweep = plan.make("benchmark", design.SweepFile(fundings=["status_quo"], seeds=asked.runs, years=asked.years))
    with tempfile.TemporaryDirectory() as folder:  # what is done once: the steady state, kernels, imports
        first = plan.make("first", design.SweepFile(fundings=["status_quo"], seeds=2, years=1))
        work(first, Path(folder) / "out", How(processes=1), say=False)
    if asked.processes == 1:
        runs.FundingFlows = Timed
        watched(max(asked.runs // 8, 1))
    began, before = time.perf_counter(), sum(os.times()[:4])
    with tempfile.TemporaryDirectory() as folder:
        tally = work(sweep, Path(folder) / "out", How(processes=asked.processes), say=False)
    wall, used = time.perf_counter() - began, sum(os.times()[:4]) - before
    each = 1e3 * used / tally.new
    print(f"{tally.new:,} runs of {asked.years:g} years on {asked.processes} process(es), {tally.errors} errors:")
    print(f"  {wall:.0f} s by the clock, {used:.0f} s of processor time ({each:.0f} ms a run)")
    if asked.processes == 1:
        model = 1e3 * MODEL / tally.new
        print(f"  the model's own: {model:.1f} ms a run; beyond it {each - model:.2f} ms")
    else:
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(f"  largest worker {most:.0f} MB; this process {resident():.0f} MB; {tally.seconds:.0f} s in models")


if __name__ == "__main__":
    main()
