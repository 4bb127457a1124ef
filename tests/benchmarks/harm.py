"""Fills the disk and sends signals while run, compare and sweep are at work: ``python tests/benchmarks/harm.py``.

Each command has made its results once. It is then started again over them, with more to do, and harmed at ten
moments: every file may have so many bytes and no more, or the process is sent SIGTERM, SIGINT or SIGKILL after so much
processor time. Afterwards either the earlier results are there, byte for byte, or the later ones, whole; the same
command then ends well, and nothing temporary is left. It takes half an hour, which is why tests/faults has one moment
of each kind.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fundingflows.experiments.results.output import OLD
from fundingflows.model.initial import checkpoint

sys.path.append(str(Path(__file__).parents[1] / "unit"))
from watching import below, used

SWEEP = 'fundings = ["status_quo", "capitated"]\nyears = {years}\nseeds = 2\n'
COMMANDS = {
    "run": "run anytown status_quo --years {years} --sample 0.2 --out out --checkpoint kept.ff",
    "compare": "compare status_quo capitated --place anytown --years {years} --seeds 1 --sample 0.2 --out out",
    "sweep": "sweep sweep.toml --processes 1 --out out",
}  # fmt: skip
WEEKS = 104  #: of the later results
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)


def start(which: str, here: Path, years: int, limit: int | None = None) -> subprocess.Popen:
    """The command in a folder; ``limit``: bytes that a file may have at most."""
    (here / "sweep.toml").write_text(SWEEP.format(years=years))
    words = COMMANDS[which].format(years=years).split()

    def narrow() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen([sys.executable, "-m", "fundingflows.experiments.cli", *words], cwd=here, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=narrow)  # fmt: skip


def prints(here: Path) -> dict[str, str]:
    """A digest of each file that is a result: by name, without locks and what is temporary."""
    files = [p for p in here.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts)]
    return {str(p.relative_to(here)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if p.suffix != ".toml"}


def temporary(here: Path) -> list[str]:
    """What should not be there."""
    return [p.name for p in here.rglob(".*") if not p.name.endswith(".lock")]


def wrong(which: str, before: dict[str, str], here: Path, said: str, killed: bool) -> str:
    """What is wrong after harm was done, or nothing."""
    if "Traceback" in said:
        return f"traceback: {said[-300:]}"
    mark = here / "out/manifest.json"
    if not mark.exists():  # killed between two renames: the earlier folder stands beside, and the next command finds it
        return "" if killed and list(here.glob(f".out.*{OLD}")) else "the results are gone"
    after = prints(here)
    gone = [name for name in before if name.startswith("out/runs/") and name not in after]
    if gone:
        return f"runs lost: {gone}"
    if which != "sweep":
        then, now = (
            {name: x for name, x in files.items() if name.startswith("out/") and not name.startswith("out/runs/")}
            for files in (before, after)
        )
        facts = json.loads(mark.read_text(encoding="utf-8"))
        later = facts.get("weeks", facts["recipe"].get("weeks")) == WEEKS
        if now != then and not (later and now.keys() == then.keys()):
            return f"half of a result: {sorted(now)}"
    if which == "run" and after["kept.ff"] != before["kept.ff"] and checkpoint.load(here / "kept.ff").week != WEEKS:
        return "half of a checkpoint"
    left = [] if killed else temporary(here)
    return f"left: {left}" if left else ""


def again(which: str, here: Path) -> str:
    """The command once more, undisturbed, and what verify says of it."""
    process = start(which, here, 2)
    _, said = process.communicate(timeout=600)
    if process.returncode:
        return f"afterwards: {process.returncode}: {said[-300:]}"
    words = [sys.executable, "-m", "fundingflows.experiments.cli", "verify", "out", "--most", "2"]
    check = subprocess.run(words, cwd=here, text=True, capture_output=True, check=False)
    if check.returncode:
        return f"verify: {check.stdout[-300:]}{check.stderr[-300:]}"
    return f"left for good: {temporary(here)}" if temporary(here) else ""


def tried(which: str, made: Path, harm: signal.Signals | int, at: float) -> str:
    """One harm: a signal after ``at`` seconds of processor time, or files of at most so many bytes."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(shutil.copytree(made, Path(name) / "here"))
        before = prints(here)
        full = not isinstance(harm, signal.Signals)
        process = start(which, here, 2, int(harm) if full else None)
        while not full and process.poll() is None and used(process.pid) + sum(map(used, below(process.pid))) < at:
            time.sleep(0.01)
        if not full and process.poll() is None:
            os.kill(process.pid, harm)
        _, said = process.communicate(timeout=600)
        return wrong(which, before, here, said, harm == signal.SIGKILL) or again(which, here)


def spent() -> float:
    """Seconds of processor time of all processes started so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    parser.add_argument("--moments", type=int, default=10)
    given = parser.parse_args()
    bad = 0
    for which in given.commands:
        with tempfile.TemporaryDirectory() as name:
            made = Path(name) / "made"
            made.mkdir()
            _, said = start(which, made, 1).communicate()
            copy = Path(shutil.copytree(made, Path(name) / "copy"))
            began = spent()
            assert not (process := start(which, copy, 2)).communicate()[1] or not process.returncode, said
            whole = spent() - began
            sizes = sorted({p.stat().st_size for p in copy.rglob("*") if p.is_file()} - {0})
            limits = [sizes[k * (len(sizes) - 1) // given.moments] - 1 for k in range(given.moments)]
            harms = [(limit, 0.0) for limit in limits]
            harms += [(s, whole * (k + 0.5) / given.moments) for s in SIGNALS for k in range(given.moments)]
            for harm, at in harms:
                found = tried(which, made, harm, at)
                bad += bool(found)
                what = (
                    f"{harm.name} after {at:.1f} s" if isinstance(harm, signal.Signals) else f"files of {harm:,} bytes"
                )
                print(f"{which}: {what}: {found or 'nothing lost, nothing half-written'}", flush=True)
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
