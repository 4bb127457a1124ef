"""``fundingflows sensitivity``: which numbers an answer rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import Dask, Out, Place, Processes, Years, make, run_options
from .printing import print_frame

if TYPE_CHECKING:
    from ..sweeps.plan import Plan


def sensitivity(
    fundings: Annotated[
        list[str],
        typer.Argument(
            metavar="FUNDING [OTHER]", help="One funding file: its level. Two: the difference OTHER less FUNDING."
        ),
    ],
    measure: Annotated[str, typer.Option(help="The measure in question.")] = "emergencies",
    parameters: Annotated[
        list[str] | None,
        typer.Option(help="Parameter or group, or everything; may be repeated.", show_default="behaviour"),
    ] = None,
    method: Annotated[str, typer.Option(help="tornado, morris (screening) or sobol (variance shares).")] = "morris",
    place: Place = "anytown",
    years: Years = 3.0,
    seeds: Annotated[int, typer.Option(help="Repeat runs at each point, with seeds in common.")] = 3,
    trajectories: Annotated[int, typer.Option(help="For morris: number of trajectories.")] = 10,
    points: Annotated[int, typer.Option(help="For sobol: base points, a power of 2.")] = 64,
    processes: Processes = None,
    dask: Dask = None,
    out: Out = None,
) -> None:
    """Which assumptions a result depends on, over their plausible ranges; chance is reported separately."""
    from ...model.errors import InputError, unknown
    from ...scenarios import baseline_of
    from ..sweeps import design
    from ..sweeps import plan as planning
    from ..sweeps import sensitivity as asking

    if method not in asking.METHODS:
        raise unknown("method", method, asking.METHODS, where="--method")
    if len(fundings) > 2:
        raise InputError(f"sensitivity: expected one funding file or two, got {len(fundings)}")
    name = f"sensitivity-{method}"
    varied = asking.chosen(baseline_of(place), parameters or ["behaviour"])
    file = design.of(
        name, title=f"Sensitivity of {measure}", places=[place], fundings=fundings, years=years, seeds=seeds,
        rescale=True, design={"kind": asking.METHODS[method], "points": points, "trajectories": trajectories},
        vary=dict.fromkeys(varied, "plausible"), precision=[measure],
    )  # fmt: skip
    plan = planning.make(name, file)
    folder = out or Path("results") / name
    make(plan, folder, run_options(processes, dask, None))
    _sensitivity(plan, folder, measure, method)


def _sensitivity(plan: Plan, folder: Path, measure: str, method: str) -> None:
    from ..figures import sweep_plots
    from ..sweeps import sensitivity as asking
    from ..sweeps.results import open_sweep

    found = open_sweep(folder)
    answer = asking.answer(found, measure, found.fundings)
    ranges = {v.path: (v.low, v.high) for v in plan.variables}
    if method == "tornado":
        table = asking.tornado(answer)
    else:
        table = (asking.morris if method == "morris" else asking.sobol)(answer, ranges)
    said = asking.sentence(found.parameters, method, table, answer)
    picture = folder / f"{method}-{measure}"
    if method == "tornado":
        sweep_plots.tornado(found.parameters, table, answer.unit, said, picture)
    elif method == "morris":
        sweep_plots.effects(found.parameters, table, answer.unit, said, picture)
    else:
        sweep_plots.indices(found.parameters, table, said, picture)
    table.to_csv(folder / f"{method}-{measure}.csv", index=False)
    print_frame(table.head(15), answer.label)
    print(f"• {said}\n• {asking.chance_sentence(answer)}\nWritten to {folder}/ (picture: {picture}.png)")
