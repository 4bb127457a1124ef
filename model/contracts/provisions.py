"""What a funding file provides for in each week: terms and their holders, parameters, capacity, federations, arms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...agents.patients.calendar import WEEKS
from ..clock import week_of
from ..parameters import Parameters
from ..place.place import Place
from .change import Change, adopted, applied, selected, stepped

Joined = Mapping[int, np.ndarray]  #: rows (N,) of volunteers that have joined, by number of the change


class Provisions:
    """Contracts and dated changes of one funding file, looked up by week. Nothing here changes the model.

    ``rows``: rows (N,) that each change is for, by kind of provider and in the order of the changes.
    """

    def __init__(
        self,
        contracts: Mapping[str, Any],
        changes: Sequence[Change],
        names: Mapping[str, list[str]],
        place: Place,
        parameters: Parameters,
    ) -> None:
        self.contracts = contracts
        self.changes = tuple(changes)
        self.names = names  # of providers, by kind
        self.place = place
        self.starts = place.file.starts
        self.base_parameters = parameters
        self.rows = {kind: [selected(x.who, kind, place, names[kind]) for x in self.changes] for kind in names}
        self.weeks = sorted({week for x in self.changes for week in x.weeks(self.starts)})  # in which anything changes

    @property
    def sets_parameters(self) -> bool:
        """Whether any change sets a parameter."""
        return any(x.numbers for x in self.changes)

    def share_done(self, number: int, week: int) -> float:
        """Share of a change's steps taken by a week, 0–1."""
        return self.changes[number].share_done(week, self.starts)

    def volunteers(self) -> dict[int, str]:
        """Kind of provider by number of each change that only volunteers take up."""
        return {n: x.who.kind for n, x in enumerate(self.changes) if x.who and x.who.volunteers}

    def active(self, kind: str, week: int) -> dict[int, np.ndarray]:
        """Rows (N,) of a kind that each change has reached by a week, by number of the change."""
        out = {}
        for n, change in enumerate(self.changes):
            done = change.share_done(week, self.starts)
            rows = adopted(change, self.rows[kind][n], done, self.place, kind, self.names[kind])
            if rows.any():
                out[n] = rows
        return out

    def joined_rows(self, kind: str, week: int, joined: Joined) -> dict[int, np.ndarray]:
        """Active rows (N,) by number of the change, less those who might have volunteered and have not."""
        return {n: rows & joined.get(n, rows) for n, rows in self.active(kind, week).items()}

    def terms(self, kind: str, week: int, joined: Joined) -> list[tuple[int, Any, np.ndarray]]:
        """Number of the change (−1 for the file's own contract), term and holders (N,) of every term of a week."""
        base = [(-1, term) for term in self.contracts[kind]]
        n = len(self.names[kind])
        active = {c: rows for c, rows in self.joined_rows(kind, week, joined).items() if self.changes[c].pays}
        if not active:
            return [(change_id, term, np.ones(n, dtype=bool)) for change_id, term in base]
        table = np.array(list(active.values())).reshape(len(active), n)
        found: list[tuple[int, Any, np.ndarray]] = []
        for pattern in np.unique(table, axis=1).T:  # providers under the same changes have the same terms
            here = (table == pattern[:, None]).all(axis=0)
            held = base
            for c, on in zip(active, pattern, strict=True):
                if on:
                    held = applied(kind, self.changes[c], c, held, self.share_done(c, week))
            _add_holders(found, held, here)
        order = [term.name for _, term in base]
        return sorted(found, key=lambda x: (x[0], order.index(x[1].name) if x[1].name in order else len(order)))

    def is_announced(self, week: int) -> bool:
        """Whether any change is announced and has not yet begun."""
        return any(x.known(week, self.starts) for x in self.changes)

    def announced_week(self, week: int) -> int | None:
        """Week in which the next announced change of contracts begins; ``None`` when none is announced."""
        weeks = [week_of(x.when, self.starts) for x in self.changes if x.pays and x.known(week, self.starts)]
        return min(weeks, default=None)

    def final_week(self) -> int | None:
        """Week of the last step of the last change of contracts; ``None`` when contracts never change."""
        weeks = [week_of(x.when, self.starts) + WEEKS * (x.over - 1) for x in self.changes if x.pays]
        return max(weeks, default=None)

    def parameters(self, week: int) -> Parameters:
        """All parameters as they are in a week."""
        out = self.base_parameters
        for n, change in enumerate(self.changes):
            done = self.share_done(n, week)
            if done and change.numbers:
                out = out.replaced({p: stepped(p, out[p].value, step, done) for p, step in change.numbers.items()})
        return out

    def capacity(self, kind: str, name: str, week: int, joined: Joined) -> np.ndarray:
        """Capacity (N,) of a week by name, relative to that without changes."""
        factor = np.ones(len(self.names[kind]))
        path = f"capacity.{kind}.{name}"
        for n, rows in self.joined_rows(kind, week, joined).items():
            step = self.changes[n].set.get(path)
            if step is not None:
                factor = np.where(rows, stepped(path, factor, step, self.share_done(n, week)), factor)
        return factor

    def federations(self, week: int, joined: Joined) -> np.ndarray:
        """Federation (P,) of each practice, −1 for none: practices that work together under one change.

        Where those of each lot do, lots have numbers of their own after the numbers of all changes.
        """
        lot, lots = self.place.lot, len(self.place.file.lots)
        group = np.full(len(self.names["practice"]), -1)
        for n, rows in self.joined_rows("practice", week, joined).items():
            if self.changes[n].together:
                by_lot = self.changes[n].together == "lot"
                group[rows] = len(self.changes) + n * lots + lot[rows] if by_lot else n
        return group

    def arms(self, kind: str) -> np.ndarray:
        """Label (N,) of the last marked change that is for each row; ``control`` for rows that none is for."""
        marked = [(x.arm, self.rows[kind][n]) for n, x in enumerate(self.changes) if x.arm]
        marked = [(arm, rows) for arm, rows in marked if rows.any()]
        out = np.full(len(self.names[kind]), "control" if marked else "", dtype=object)
        for arm, rows in marked:
            out[rows] = arm
        return out

    def marked(self, kind: str) -> dict[str, np.ndarray]:
        """Rows (N,) of each arm of a kind, those left as control among them; empty where no change is marked."""
        arms = self.arms(kind)
        return {arm: arms == arm for arm in dict.fromkeys(arms.tolist()) if arm}


def _add_holders(found: list[tuple[int, Any, np.ndarray]], held: Sequence[tuple[int, Any]], rows: np.ndarray) -> None:
    """Add rows (N,) to the holders of each term, and terms that are not there yet."""
    for change_id, term in held:
        same = next((k for k, (c, t, _) in enumerate(found) if c == change_id and t == term), None)
        if same is None:
            found.append((change_id, term, rows))
        else:
            found[same] = (change_id, term, found[same][2] | rows)
