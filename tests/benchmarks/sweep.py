"""What a sweep costs beyond the model's own time, beside its aims. Figures only; nothing is asserted.

``python tests/benchmarks/sweep.py`` makes runs in this process, where the model's own processor time can be told apart
and memory watched, then side by side in worker processes, as a user would, where starting them is told apart from
making runs. Processor time is what to look at where others use the machine as well; the clock needs a quiet one.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from fundingflows.experiments.runs import spec
from fundingflows.experiments.runs.engine import Options
from fundingflows.experiments.sweeps import design, plan
from fundingflows.experiments.sweeps.make import make
from fundingflows.model.system import HealthEconomy

OVERHEAD, THOUSAND = 5.0, 120.0  # aims: ms a run beyond the model; seconds for 1,000 runs of anytown on two cores
MODEL = 0.0  # seconds of processor time that models took to be made and to run


class Timed(HealthEconomy):
    """A model that says what processor time it took."""

    def __init__(self, *words, **more) -> None:
        global MODEL
        began = time.process_time()
        super().__init__(*words, **more)
        MODEL += time.process_time() - began

    def run(self, years: float = 5.0) -> HealthEconomy:
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


def made(count: int, years: float, processes: int) -> tuple[float, float]:
    """Seconds by the clock and of processor time, workers' too, that a sweep of so many runs takes."""
    sweep = plan.make("benchmark", design.SweepFile(fundings=["status_quo"], seeds=count, years=years))
    began, before = time.perf_counter(), sum(os.times()[:4])
    with tempfile.TemporaryDirectory() as folder:
        tally = make(sweep, Path(folder) / "out", Options(processes=processes), say=False)
    assert (tally.new, tally.errors) == (count, 0)
    return time.perf_counter() - began, sum(os.times()[:4]) - before


def alone(count: int, years: float) -> float:
    """Runs in this process; the model's own milliseconds of processor time a run."""
    held: list[float] = []
    make_run, model = spec.RunSpec.make, spec.HealthEconomy

    def row(run):
        out = make_run(run)
        held.append(resident())
        return out

    spec.RunSpec.make, spec.HealthEconomy = row, Timed
    once = made(2, 1.0, 1)[1] - MODEL  # reading files, planning, taking hold of the folder
    few, held[:] = MODEL, []
    clock, used = made(count, years, 1)
    spec.RunSpec.make, spec.HealthEconomy = make_run, model
    own, each = 1e3 * (MODEL - few) / count, 1e3 * (used - once) / count
    print(f"{count:,} runs of {years:g} years in one process, {clock:.0f} s by the clock; processor time of a run:")
    print(f"  the model's own {own:.0f} ms; beyond it {each - own:.1f} ms (aim: under {OVERHEAD:g}); {once:.2f} s once")
    print(f"  memory {held[len(held) // 8]:.0f} MB after an eighth of them, {held[-1]:.0f} MB at the end (aim: flat)")
    return own


def side_by_side(count: int, years: float, processes: int, own: float) -> None:
    """Runs in worker processes; what is left of the time when start-up and models are taken off."""
    clock_0, used_0 = made(processes, 1.0, processes)
    used_0 -= processes * own / years / 1e3
    clock, used = made(count, years, processes)
    rest = 1e3 * (used - used_0) / count
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    print(f"{count:,} runs of {years:g} years in {processes} processes:")
    print(f"  starting them {clock_0:.1f} s by the clock, {used_0 / processes:.1f} s of processor time each")
    print(f"  a run {rest:.0f} ms of processor time, {rest - own:.1f} beyond the model's own above (aim: {OVERHEAD:g})")
    thousand = clock_0 + 1000 * (clock - clock_0) / count
    print(f"  {clock:.0f} s by the clock: 1,000 runs would take {thousand:.0f} s (aim: {THOUSAND:g})")
    print(f"  memory of the largest worker {most:.0f} MB")


def main() -> None:
    """Make the runs; say what they took."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=64)
    asked.add_argument("--years", type=float, default=5.0)
    asked.add_argument("--processes", type=int, default=2)
    asked = asked.parse_args()
    made(2, 1.0, 1)  # what is done once: the steady state, kernels, imports
    own = alone(asked.runs, asked.years)
    if asked.processes > 1:
        side_by_side(asked.runs, asked.years, asked.processes, own)
    print("load of the machine over the last minutes: " + ", ".join(f"{x:.1f}" for x in os.getloadavg()))


if __name__ == "__main__":
    main()
