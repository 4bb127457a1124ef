"""The app's map and charts as components of Mesa's SolaraViz, for notebooks and Mesa pages."""

from __future__ import annotations

from typing import Any

import solara
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from ...agents.patients.calendar import WEEKS
from ...model.system import HealthEconomy
from .controls.fields import Html
from .drawings import frame, network
from .work.task import LOCK


@solara.component
def Network(model: HealthEconomy):
    """Current map of the referral network."""
    update_counter.get()
    with LOCK:
        svg = network.draw(model, "patients", f"{model.place.file.title}, week {model.week}")
    Html(svg)


@solara.component
def Charts(model: HealthEconomy):
    """Charts of workload, waiting, money and outcomes so far."""
    update_counter.get()
    with LOCK:
        drawn = frame.draw(model, (), max(model.week, WEEKS))
    Html("".join(drawn.charts) or "Step the model to see its charts.")


def view(model: HealthEconomy, **options: Any) -> Any:
    """Mesa's SolaraViz page for a model, with the app's map and charts.

    ``options`` go to ``mesa.visualization.SolaraViz``. Set its play interval to 100 ms or more.
    """
    return SolaraViz(model, components=[(Network, 0), (Charts, 0)], name="fundingflows", **options)  # type: ignore[arg-type]
