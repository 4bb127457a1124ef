"""Reads a report as a reader's browser would: elements in order, with their text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements of a page: tag, attributes, text of all that is inside, path of tags above."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict] = []
        self.open: list[dict] = []
        self.faults: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "above": [e["tag"] for e in self.open], "inside": []}
        for other in self.open:
            other["inside"].append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1]['tag'] if self.open else 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag):
        return [e for e in self.elements if e["tag"] == tag]

    def classed(self, name):
        return [e for e in self.elements if name in e["attrs"].get("class", "").split()]


def written(text: str) -> tuple[float, float]:
    """A number as it is written, without its sign, and half of its last digit."""
    found = re.fullmatch(r"[+−]?£?([\d,]+(?:\.(\d+))?)m?", text.strip())
    assert found, f"'{text}' is not a number"
    return float(found[1].replace(",", "")), 0.5 * 10.0 ** -len(found[2] or "")
