"""Keeps a page's address and its settings the same."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import solara

from ..work import address
from .fields import Html


@solara.component_vue("address.vue")
def _Address(path: str, query: str, event_went: Callable[[str], None]):
    pass


@solara.component
def Address(at: address.Address, run: Callable[[], None], rest: Callable[[], None] = lambda: None):
    """Opens the settings of the address on arrival and on Back, and writes later ones into it.

    ``run`` runs them, when the address says so; ``rest`` is called when there is nothing to run.
    """
    search = solara.use_router().search
    taken, set_taken = solara.use_state(False)

    def take(text: str | None) -> None:
        (run if at.take(text) else rest)()

    def arrive() -> None:
        take(search)
        set_taken(True)

    solara.use_effect(arrive, [])
    _Address(path=at.path, query=at.shown() if taken else "", event_went=take)
    wrong = at.trouble()
    Html(f'<p class="ff-bad" role="alert">{escape(wrong)}</p>' if wrong else "")
