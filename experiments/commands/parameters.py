"""``fundingflows parameters``: every number with unit, range, status and source."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .printing import terminal


def parameters(
    path: Annotated[str | None, typer.Argument(help="A parameter or a group, such as hospital.")] = None,
    baseline: Annotated[
        str | None, typer.Option(help="Baseline year, by name or folder.", show_default="that of the default place")
    ] = None,
) -> None:
    """Print the model's parameters with unit, plausible range, grade and source."""
    from rich.table import Table

    from ...model.errors import unknown
    from ...model.parameters import STATUSES
    from ...scenarios import baseline_of, default_place, load_baseline

    tree = (load_baseline(baseline) if baseline else baseline_of(default_place())).parameters
    chosen = [p for name, p in tree.items() if path is None or name == path or name.startswith(f"{path}.")]
    if not chosen:
        raise unknown("parameter", path or "", {*tree, *(name.split(".")[0] for name in tree)})
    console = terminal()
    table = Table("parameter", "value", "unit", "range", "status", "source" if path else "label")
    for p in chosen:
        span = f"{p.range[0]:g} to {p.range[1]:g}" + (" ×" if p.by else "")
        value = _value(p.value, bool(path) and len(chosen) == 1)
        table.add_row(p.path, value, p.unit, span, p.status, p.source if path else p.label)
    console.print(table)
    count = {status: sum(p.status == status for p in chosen) for status in STATUSES}
    console.print(f"{len(chosen)} parameters: " + ", ".join(f"{n} {status}" for status, n in count.items()))


def _value(value: Any, whole: bool) -> str:
    import numpy as np

    if not isinstance(value, np.ndarray):
        return f"{value:g}"
    return (
        np.array2string(value, precision=4, suppress_small=True)
        if whole
        else "×".join(map(str, value.shape)) + " table"
    )
