"""The page that is shown for an address that does not exist, in the style of the others, with a way back."""

from __future__ import annotations

from difflib import get_close_matches
from html import escape
from pathlib import Path

LOOK = Path(__file__).parent / "pages" / "look.css"
PAGES = {
    "/": "Ask", "/explore": "Explore", "/follow": "Follow a patient", "/compare": "Compare",
    "/incentives": "Incentives", "/build": "Build a scenario",
}  # fmt: skip
PLAIN = """body { margin: 0; font-family: Arial, Helvetica, sans-serif; } * { box-sizing: border-box; }
.ff-missing li { margin-bottom: 6px; } .ff-missing a { color: var(--ff-blue); }"""


def page(path: str) -> bytes:
    """HTML of the page for a path that does not exist; the nearest page comes first."""
    close = get_close_matches(path.lower().rstrip("/"), PAGES, n=1, cutoff=0.6)
    meant = f'<p>Did you mean <a href="{close[0]}">{PAGES[close[0]]}</a>?</p>' if close else ""
    links = "".join(f'<li><a href="{at}">{words}</a></li>' for at, words in PAGES.items())
    tabs = "".join(f'<a href="{at}"><div class="ff-tab">{words}</div></a>' for at, words in PAGES.items())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>No such page: fundingflows</title><style>{LOOK.read_text(encoding="utf-8")} {PLAIN}</style></head>
<body class="ff-whole"><header class="ff-head"><div class="ff-head-inner"><div class="ff-brand">fundingflows</div>
<nav class="ff-nav">{tabs}</nav></div></header>
<main class="ff-app ff-missing"><h1>There is no page {escape(path[:60])}</h1>
{meant}<p>These are the pages:</p><ul>{links}</ul></main></body></html>
""".encode()
