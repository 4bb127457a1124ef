"""Fills the disk and sends signals while run, compare and sweep are at work: ``python tests/benchmarks/harm.py``.

Each command has made its results once. It is then started again over them, with more to do, and harmed at ten
moments of each kind: no file may have more than so many bytes; the file system has so many and no more (``--mount``,
which needs root); or the process gets SIGTERM, SIGINT or SIGKILL just before it creates, renames or removes its n-th
file. Afterwards either the earlier results are there, byte for byte, or the later ones, whole; the same command then
ends well, `verify` agrees, and nothing temporary is left. Each try is a fork of a process that has everything loaded,
so that it takes a few seconds; tests/faults has one moment of each kind, of the command itself.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ["NUMBA_NUM_THREADS"] = "1"  # a process with threads of its own cannot be forked

from fundingflows.experiments import cli
from fundingflows.experiments.results.output import OLD
from fundingflows.model.initial import checkpoint

SWEEP = 'fundings = ["status_quo", "capitated"]\nyears = {years}\nseeds = 2\nsample = 0.2\n'
COMMANDS = {
    "run": "run anytown status_quo --years {years} --sample 0.2 --threads 1 --out out --checkpoint kept.ff",
    "compare": "compare status_quo capitated --place anytown --years {years} --seeds 1 --sample 0.2 --out out",
    "sweep": "sweep sweep.toml --processes 1 --out out",
}  # fmt: skip
VERIFY = "verify out --most 1"
WEEKS = 104  #: of the later results
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
TOUCHES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")  #: with opening to write, what changes a folder
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Harm(NamedTuple):
    """What is done to a command: a limit to each file or to the whole disk, in bytes, or a signal at its n-th touch."""

    kind: str = "nothing"
    size: int = 0
    which: int = 0
    touch: int = 0

    def __str__(self) -> str:
        if self.kind == "signal":
            return f"{signal.Signals(self.which).name} before touch {self.touch}"
        return f"{self.kind} of {self.size:,} bytes"


class Ended(NamedTuple):
    """How a command ended: its exit code, below 0 for a signal; what it said; how often it touched its folder."""

    code: int
    said: str
    touches: int


def words(which: str, here: Path, years: int) -> list[str]:
    """The command's words; its sweep is written in the folder."""
    (here / "sweep.toml").write_text(SWEEP.format(years=years))
    return COMMANDS[which].format(years=years).split()


def start(which: str, here: Path, years: int, limit: int | None = None) -> subprocess.Popen:
    """The command itself in a folder; ``limit``: bytes that a file may have at most."""

    def narrow() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "fundingflows.experiments.cli", *words(which, here, years)]
    return subprocess.Popen(command, cwd=here, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            preexec_fn=narrow)  # fmt: skip


def forked(command: list[str], here: Path, harm: Harm | None = None) -> Ended:
    """The command in a fork of this process, in a folder."""
    with tempfile.TemporaryDirectory() as beside:
        said, count = Path(beside) / "said", Path(beside) / "count"
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # threads that wait for work
            pid = os.fork()
        if not pid:
            _child(command, here, harm or Harm(), said, count)
        _, status = os.waitpid(pid, 0)
        touches = count.stat().st_size if count.exists() else 0
        return Ended(os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8", errors="replace"), touches)


def _child(command: list[str], here: Path, harm: Harm, said: Path, count: Path) -> None:
    """What the fork does; it never returns."""
    code: Any = 70
    try:
        os.chdir(here)
        out = os.open(said, os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.addaudithook(_touched(str(here), harm, os.open(count, os.O_WRONLY | os.O_CREAT | os.O_APPEND)))
        if harm.kind == "files":
            resource.setrlimit(resource.RLIMIT_FSIZE, (harm.size, harm.size))
        sys.argv = ["fundingflows", *command]
        cli.main()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException as error:
        os.write(2, f"Traceback: {error!r}\n".encode())
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 71)


def _touched(here: str, harm: Harm, count: int) -> Callable[[str, tuple], None]:
    """A hook that counts touches of a folder and sends the signal when its time has come."""
    touches = 0

    def hook(event: str, given: tuple) -> None:
        nonlocal touches
        if event in TOUCHES or (event == "open" and isinstance(given[0], str) and (given[2] or 0) & WRITES):
            if not str(Path.cwd() / given[0]).startswith(here):
                return
            touches += 1
            if harm.kind != "files":
                os.write(count, b".")
            if harm.kind == "signal" and touches == harm.touch:
                os.kill(os.getpid(), harm.which)

    return hook


def prints(here: Path) -> dict[str, str]:
    """A digest of each file that is a result: by name, without locks and what is temporary."""
    files = [
        p
        for p in here.rglob("*")
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(here).parts)
    ]
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
    ended = forked(words(which, here, 2), here)
    if ended.code:
        return f"afterwards: {ended.code}: {ended.said[-300:]}"
    check = forked(VERIFY.split(), here)
    if check.code:
        return f"verify: {check.said[-300:]}"
    return f"left for good: {temporary(here)}" if temporary(here) else ""


@contextlib.contextmanager
def place(harm: Harm) -> Iterator[Path]:
    """A folder to work in: on a disk of its own where it is to be full."""
    with tempfile.TemporaryDirectory() as name:
        if harm.kind != "disk":
            yield Path(name)
            return
        size = -(-harm.size // 4096) * 4096 + 4096  # whole pages, one of them for the folder itself
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def tried(which: str, made: Path, harm: Harm) -> tuple[str, int]:
    """What is wrong after one harm, or nothing; and how the command ended."""
    with place(harm) as room:
        here = Path(shutil.copytree(made, room / "here"))
        before = prints(here)
        ended = forked(words(which, here, 2), here, harm)
        found = wrong(which, before, here, ended.said, ended.code == -signal.SIGKILL)
        if harm.kind == "disk" and not found:
            subprocess.run(["mount", "-o", "remount,size=1g", str(room)], check=True)
        return found or again(which, here), ended.code


def taken(disk: Path) -> int:
    """Bytes that are taken of the disk on which a folder lies."""
    found = os.statvfs(disk)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def harms(which: str, made: Path, moments: int, mount: bool) -> Iterator[Harm]:
    """Ten moments of each kind, spread over what an undisturbed command writes."""
    with place(Harm("disk" if mount else "nothing", size=10**9)) as room:
        here = Path(shutil.copytree(made, room / "here"))
        before = taken(room)
        ended = forked(words(which, here, 2), here)
        assert not ended.code, ended.said
        after = taken(room)
        sizes = sorted({p.stat().st_size for p in here.rglob("*") if p.is_file()} - {0})
    more = (
        after - before if which == "sweep" else after
    )  # a sweep adds to its folder; the others make it anew beside it
    for k in range(moments):
        yield Harm("files", sizes[k * (len(sizes) - 1) // moments] - 1)
    for k in range(moments if mount else 0):
        yield Harm("disk", before + more * k // moments)
    for which_signal in SIGNALS:
        for k in range(moments):
            yield Harm("signal", which=which_signal, touch=1 + k * (ended.touches - 1) // (moments - 1 or 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--only", choices=["files", "disk", *(one.name for one in SIGNALS)], help="this harm alone")
    parser.add_argument("--mount", action="store_true", help="fill a small disk, too; needs root")
    given = parser.parse_args()
    os.cpu_count = lambda: 1  # compare works in this process: kills.py kills workers
    bad = 0
    for which in given.commands:
        with tempfile.TemporaryDirectory() as name:
            made = Path(name) / "made"
            made.mkdir()
            with contextlib.chdir(made), contextlib.redirect_stdout(None), contextlib.suppress(SystemExit):
                sys.argv = ["fundingflows", *words(which, made, 1)]
                cli.main()
            for harm in harms(which, made, given.moments, given.mount):
                if given.only not in (None, harm.kind, harm.which and signal.Signals(harm.which).name):
                    continue
                found, code = tried(which, made, harm)
                bad += bool(found)
                print(f"{which}: {harm}: ended {code}: {found or 'nothing lost, nothing half-written'}", flush=True)
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
