"""Automatic checks of accessibility, with axe-core where it is installed (AXE names its script)."""

import os
from pathlib import Path

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(tab):
    """What axe finds wrong with the page, a line each; nothing where axe is not installed."""
    script = os.environ.get("AXE")
    if not script:
        return []
    tab.evaluate(Path(script).read_text(encoding="utf-8"))
    found = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:160]}; {len(v['nodes'])} places)" for v in found["violations"]
    ]


def sideways(tab):
    """Pixels by which the page scrolls sideways."""
    return tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
