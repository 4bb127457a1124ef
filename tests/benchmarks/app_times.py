"""How long a visitor waits: run with ``uv run --extra app --group browser python tests/benchmarks/app_times.py``.

Prints milliseconds, asserts nothing. Run it on a machine that does nothing else; ``--help`` lists what can be chosen.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "browser"))
from serving import CHROMIUM, OPTIONS, serving

WATCH = """
([click, done, quiet]) => new Promise((resolve) => {
  const begun = performance.now(), out = {first: null, last: null};
  const see = new MutationObserver(() => {
    out.last = performance.now() - begun;
    if (out.first === null) { out.first = out.last; }
  });
  see.observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
  const [kind, what, value] = click;
  const thing = kind === "button" ? [...document.querySelectorAll("button")].find((b) => b.innerText.trim() === what)
                                  : document.querySelector(what);
  if (kind === "type" || kind === "choose") {
    thing.value = value;
    thing.dispatchEvent(new Event(kind === "type" ? "input" : "change", {bubbles: true}));
  } else { thing.dispatchEvent(new MouseEvent("click", {bubbles: true})); }
  const wait = setInterval(() => {
    const there = document.querySelector(done[0]);
    const met = there && (done[1] === "" || there.textContent.includes(done[1]));
    if (met && out.met === undefined) { out.met = performance.now() - begun; out.metAt = Date.now() / 1000; }
    if (met && performance.now() - begun - out.last > quiet) {
      clearInterval(wait); see.disconnect(); out.settledAt = Date.now() / 1000 - quiet / 1000; resolve(out);
    }
    if (performance.now() - begun > 60000) { clearInterval(wait); resolve(out); }
  }, 5);
})
"""


def watch(tab, click, done, quiet=300):
    """Milliseconds from an action to the page's first change, to what it was done for, and to the last change."""
    return tab.evaluate(WATCH, [list(click), list(done), quiet])


def said(name, seen):
    first, done, last = seen["first"] or 0, seen.get("met", -1), seen["last"] or 0
    print(f"{name:58} first {first:6.0f}  done {done:6.0f}  settled {last:6.0f} ms", flush=True)


def idle(tab):
    """Clicks while nothing runs."""
    said("choose a practice", watch(tab, ("on", "[data-node='3']"), (".ff-scroll h3", "")))
    said("choose a hospital", watch(tab, ("on", ".ff-node[aria-label*='beds']"), (".ff-scroll p", "pathways")))
    said("a bad number", watch(tab, ("type", "#ff-years", "99"), ("#ff-years-says .ff-bad", "expected")))
    said("a good number", watch(tab, ("type", "#ff-years", YEARS), ("#ff-years", "")))
    said("another way of paying", watch(tab, ("choose", "#ff-funding", "capitated"), (".ff-note", "have changed")))
    said("and back", watch(tab, ("choose", "#ff-funding", "status_quo"), ("#ff-funding", "")))
    said("lines of pounds", watch(tab, ("choose", "#ff-carries", "pence"), (".ff-picture", "pounds")))


def busy(tab):
    """What clicks take while a run goes on."""
    said("Run to the end: first sign", watch(tab, ("button", "Run to the end"), ("[role=status]", "eek "), 0))
    times = []
    for k in range(4):
        tab.wait_for_timeout(150)
        name = tab.get_attribute(f"[data-node='{k}']", "aria-label").split(":")[0]
        times.append(watch(tab, ("on", f"[data-node='{k}']"), (".ff-scroll h3", name), 0).get("met", 60_000))
    print(f"{'a story while it runs':58} median {median(times):.0f}, worst {max(times):.0f} ms")


def settled(tab, years):
    """Run alone: the whole, what the model took, and from its last week to the page's last change."""
    seen = watch(tab, ("button", "Run to the end"), (".ff-figure b", f"{years} y 0 w"))
    said("Run to the end", seen)
    told = tab.query_selector(".ff-took")
    if told:
        ended = float(told.get_attribute("data-ended"))
        met, last = (1000 * (seen[key] - ended) for key in ("metAt", "settledAt"))
        print(f"  {told.inner_text()}; shown {met:.0f} ms, settled {last:.0f} ms after the model's last week")


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--place", default="somerset")
    asked.add_argument("--years", default="5")
    asked.add_argument("--pages", action="store_true", help="time the other pages too (anytown is enough)")
    choice = asked.parse_args()
    global YEARS
    YEARS = choice.years
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), choice.place) as url, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        tab = chromium.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(120_000)
        tab.goto(url)
        tab.wait_for_selector(".ff-figure")
        tab.fill("#ff-years", choice.years)
        tab.wait_for_timeout(1000)
        idle(tab)
        settled(tab, choice.years)
        busy(tab)
        tab.click("button:has-text('Stop')")
        tab.click("button:has-text('Start again')")
        tab.wait_for_timeout(2000)
        settled(tab, choice.years)
        if choice.pages:
            pages(tab, url)
        chromium.close()


def pages(tab, url):
    """Opening each page, and an edit of a price."""
    for path, there in (
        ("follow", ".ff-bar"),
        ("compare", ".ff-ticks"),
        ("build", ".ff-good"),
        ("incentives", ".ff-heat"),
    ):
        seen = watch(tab, ("on", f".ff-nav a[href$='/{path}']"), (there, ""))
        said(f"open {path}", seen)
    price = "#ff-contracts-hospital-electives-prices-day-cases"
    said("edit a price", watch(tab, ("type", price, "1234"), (".ff-heat", "£1,234.00")))


if __name__ == "__main__":
    YEARS = "5"
    main()
