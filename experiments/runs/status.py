"""Progress of runs in words: during the runs, on request and at the end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from . import shards
from .dispatch import Tally
from .spec import RunSpec


def lines(runs: Sequence[RunSpec], folder: Path, titles: dict[str, str]) -> list[str]:
    """Number of finished runs by funding file, with messages of failed ones."""
    made, damaged = shards.done(folder)
    out = []
    for funding, title in titles.items():
        ours = [run.key for run in runs if run.funding == funding]
        done = sum(key in made for key in ours)
        out.append(f"  {title}: {done:,} of {len(ours):,}")
    done = sum(run.key in made for run in runs)
    failed = Counter(message for run in runs if (message := made.get(run.key)) is not None)
    first = f"{done:,} of {len(runs):,} runs are done, {failed.total():,} of which failed; {folder}/"
    out.insert(0, first)
    out += [f"  failed, {n:,} times: {message}" for message, n in failed.most_common(5)]
    extra = len(made.keys() - {run.key for run in runs})
    if extra:
        out.append(f"  {extra:,} more runs in the folder belong to earlier versions of the file or the model")
    return out + damaged_shards(folder, damaged)


def damaged_shards(folder: Path, damaged: Sequence[str], moved: bool = False) -> list[str]:
    """A sentence for shards that could not be read."""
    if not damaged:
        return []
    number = "1 shard" if len(damaged) == 1 else f"{len(damaged)} shards"
    then = (
        f"moved to {folder / shards.DAMAGED}/; their" if moved else "count as missing; run the sweep again, and their"
    )
    return [f"  {number} could not be read and {then} runs will be made again"]


def minutes(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class ProgressBar:
    """A bar where there is a terminal, otherwise an occasional line, with the time left."""

    def __init__(self, title: str, total: int, kept: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        self.total, self.first, self.began, self.said = total, kept, monotonic(), monotonic()
        console = Console(stderr=True)
        self.live = console.is_terminal
        self.bar = Bar(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"),
            console=console, transient=True, disable=not self.live,
        )  # fmt: skip
        self.task = self.bar.add_task(title, total=total, completed=kept, note="")

    def __enter__(self) -> ProgressBar:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, tally: Tally) -> None:
        now = monotonic()
        left = (now - self.began) / max(tally.kept - self.first, 1) * (self.total - tally.kept)
        note = f"{minutes(left)} left" + (f", {tally.errors:,} failed" if tally.errors else "")
        self.bar.update(self.task, completed=tally.kept, note=note)
        if not self.live and now - self.said > 15.0 and tally.kept < self.total:
            print(f"{tally.kept:,} of {self.total:,} runs, {note}", file=sys.stderr, flush=True)
            self.said = now
