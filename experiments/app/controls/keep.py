"""Text that the browser's tab keeps, so that a reload or a restart of the server does not lose it."""

from __future__ import annotations

from collections.abc import Callable

import solara


@solara.component_vue("keep.vue")
def Keep(name: str, text: str, event_found: Callable[[str], None]):
    """Keeps ``text`` under a name; ``event_found`` gets what was kept before (``""``: nothing), once on arrival."""
