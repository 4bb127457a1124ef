"""Mutation score by subject: small deliberate mistakes in the sources, and how many of them the tests notice.

    uv run --group mutation python tests/mutation/score.py                 # every subject of targets.toml
    uv run --group mutation python tests/mutation/score.py payments pools --most 80

Cosmic Ray makes the mistakes, one at a time, in a scratch checkout of the last commit; nothing here changes. A subject
with more mistakes than ``--most`` is sampled with a fixed seed. Survivors are printed with their place and change.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from time import perf_counter
from typing import Any

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).parents[2]
#: changes that cannot matter: types are not evaluated, and decorators declare what numba and dataclasses do
LEFT_OUT = ("BitOr", "RemoveDecorator")


def main() -> None:
    """Print one line for each subject, then its survivors."""
    targets = tomllib.loads((Path(__file__).parent / "targets.toml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", choices=[*targets, []], help="subjects of targets.toml (default: all)")
    parser.add_argument("--most", type=int, default=120, help="most mistakes to try in a subject (default: 120)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        checkout, environment = prepare(Path(folder))
        print("subject        mutants  tried  killed  score  seconds")
        for name in chosen.subjects or targets:
            tell(name, *score(checkout, environment, targets[name], chosen.most))


def prepare(folder: Path) -> tuple[Path, dict[str, str]]:
    """A scratch checkout of the last commit with an environment and a cache of its own."""
    checkout = folder / "checkout"
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")}
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(checkout / "tests" / "mutation")}
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
    words = ["uv", "sync", "--quiet", "--group", "mutation"]
    keep_uv = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv")  # not the scratch cache
    subprocess.run(words, cwd=checkout, env=environment | {"UV_CACHE_DIR": keep_uv}, check=True)
    return checkout, environment


def score(
    checkout: Path, environment: dict[str, str], target: dict[str, list[str]], most: int
) -> tuple[int, dict[str, list[Any]], float]:
    """Number of mutants, those tried by outcome, and seconds."""
    python = checkout / ".venv" / "bin" / "python"
    missing = [path for path in target["tests"] + target["sources"] if not (checkout / path).exists()]
    if missing:
        raise SystemExit(f"targets.toml: no such file or folder: {', '.join(missing)}")
    tests = " ".join(target["tests"])
    command = f"{python} -m pytest -x -q -p pinned -p no:cacheprovider -W ignore {tests}"
    subprocess.run(command.split(), cwd=checkout, env=environment, check=True, stdout=subprocess.DEVNULL)
    sources = ", ".join(f'"{path}"' for path in target["sources"])
    config = checkout / "mutation.toml"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = [{sources}]\ntimeout = 120.0\nexcluded-modules = []\ntest-command = "{command}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    session = checkout / "mutation.sqlite"
    session.unlink(missing_ok=True)
    began = perf_counter()
    run = [str(checkout / ".venv" / "bin" / "cosmic-ray")]
    subprocess.run([*run, "init", config, session], cwd=checkout, env=environment, check=True)
    with use_db(session, WorkDB.Mode.open) as db:
        number = sample(db, most)
    subprocess.run([*run, "exec", config, session], cwd=checkout, env=environment, check=True)
    with use_db(session, WorkDB.Mode.open) as db:
        return number, outcomes(db), perf_counter() - began


def sample(db: WorkDB, most: int) -> int:
    """Set aside changes that cannot matter and, beyond ``most``, a random part; how many could matter."""
    items = sorted(db.pending_work_items, key=lambda item: (str(item.mutations[0].module_path), item.job_id))
    real = [item for item in items if not any(word in item.mutations[0].operator_name for word in LEFT_OUT)]
    real.sort(key=place)
    kept = {item.job_id for item in random.Random(1).sample(real, min(most, len(real)))}
    for item in items:
        if item.job_id not in kept:
            db.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED))
    return len(real)


def place(item: Any) -> tuple[str, tuple[int, int], str, int]:
    """Where a mutant is and what it changes, the same in every session."""
    mutation = item.mutations[0]
    return str(mutation.module_path), mutation.start_pos, mutation.operator_name, mutation.occurrence


def outcomes(db: WorkDB) -> dict[str, list[Any]]:
    """Mutants tried: ``killed`` by a failing test or by taking too long, ``survived``."""
    found: dict[str, list[Any]] = {"killed": [], "survived": []}
    results = dict(db.results)
    for item in db.work_items:
        result = results.get(item.job_id)
        if result is None or result.worker_outcome == WorkerOutcome.SKIPPED:
            continue
        survived = result.worker_outcome == WorkerOutcome.NORMAL and result.test_outcome == TestOutcome.SURVIVED
        found["survived" if survived else "killed"].append((place(item), result.diff or ""))
    return found


def tell(name: str, number: int, found: dict[str, list[Any]], seconds: float) -> None:
    """One line for the subject, and each survivor's line before and after."""
    killed, tried = len(found["killed"]), len(found["killed"]) + len(found["survived"])
    print(f"{name:14} {number:7} {tried:6} {killed:7} {100 * killed / max(tried, 1):5.0f}% {seconds:8.0f}", flush=True)
    for (module, (line, _), operator, _), diff in sorted(found["survived"]):
        changed = [text for text in diff.splitlines() if text[:1] in "+-" and text[:3] not in ("+++", "---")]
        print(f"    {module}:{line} {operator.rsplit('/', 1)[-1]}: {' → '.join(t[1:].strip() for t in changed)}")


if __name__ == "__main__":
    sys.exit(main())
