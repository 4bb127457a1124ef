"""Automatic checks of accessibility with axe-core: from the group browser, or the script that AXE names."""

import os
from pathlib import Path

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 390)  # a laptop and a telephone


def script():
    """The file of axe-core, or nothing where it is not installed."""
    if "AXE" in os.environ:
        return Path(os.environ["AXE"])
    try:
        import axe_playwright_python
    except ImportError:
        return None
    return Path(axe_playwright_python.__path__[0]) / "axe.min.js"


def violations(tab):
    """What axe finds wrong with the page, a line each."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(script().read_text(encoding="utf-8"))
    found = tab.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:160]}; {len(v['nodes'])} places)" for v in found["violations"]
    ]


def sideways(tab):
    """Pixels by which the page scrolls sideways, and what reaches furthest."""
    return tab.evaluate("""() => {
        const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        if (over <= 0) { return ""; }
        const right = (one) => one.getBoundingClientRect().right;
        const worst = [...document.querySelectorAll(".ff-whole *")].reduce((a, b) => right(b) > right(a) ? b : a);
        return over + " px: " + worst.outerHTML.slice(0, 160);
    }""")


def looked_at(tab, state):
    """What is wrong with a state of a page at each width, a line each, with the state's name."""
    wrong = []
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 800})
        tab.wait_for_timeout(50)
        wrong += [f"{state} at {width} px: {one}" for one in [*violations(tab), sideways(tab)] if one]
    tab.set_viewport_size({"width": 1280, "height": 800})
    return wrong
