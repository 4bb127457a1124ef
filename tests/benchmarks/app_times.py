"""How long a visitor waits: run with ``uv run --extra app --group browser python tests/benchmarks/app_times.py``.

Prints each time beside its aim, and how busy the machine was; asserts nothing. ``--help`` lists what can be chosen.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parents[1] / "browser"))
from serving import CHROMIUM, OPTIONS, started

FEEDBACK, RUN, REDRAWN = 300, 4000, 1000  # aims, ms: a click's first sign, a run drawn and settled, from its last week
ESTIMATE, ANSWER = 5000, 30_000  # aims, ms: an answer's first figures, and all of them
ASKED = """
() => new Promise((resolve) => {
  const begun = performance.now(), out = {}, now = (name) => { out[name] ??= performance.now() - begun; };
  const wait = setInterval(() => {
    if (document.querySelector("progress")) { now("sign"); }
    const first = document.querySelector(".ff-first");
    if (document.querySelector(".ff-tile")) { now("figures"); }
    if (first && !first.textContent.includes("% of the people")) { now("everyone"); }
    if (document.querySelector(".ff-doubt")) { now("whole"); }
    if (document.querySelector(".ff-save")) { now("files"); }
    if (out.files || performance.now() - begun > 300000) { clearInterval(wait); resolve(out); }
  }, 10);
  document.querySelector(".ff-ask-paid").click();
})
"""
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
  } else { thing.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true})); }
  const wait = setInterval(() => {
    const there = document.querySelector(done[0]);
    const met = out.last !== null && there && (done[1] === "" || there.textContent.includes(done[1]));
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


def beside(ms, aim):
    """A time with its aim."""
    return f"{ms:6.0f} ms (aim {aim}: {'met' if ms <= aim else 'MISSED'})"


def said(name, seen):
    first, done, last = seen["first"] or 60_000, seen.get("met", 60_000), seen["last"] or 60_000
    print(f"{name:40} first sign {beside(first, FEEDBACK)}, done {done:6.0f}, settled {last:6.0f} ms", flush=True)


def processor(pid):
    """Processor time of a process so far, s; nothing where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(tab, years):
    """Clicks while nothing runs."""
    print("Clicks while nothing runs")
    said("choose a practice", watch(tab, ("on", "[data-node='3']"), (".ff-scroll h2", "")))
    said("choose a hospital", watch(tab, ("on", ".ff-node[aria-label*='beds']"), (".ff-scroll p", "pathways")))
    said("a bad number", watch(tab, ("type", "#ff-years", "99"), ("#ff-years-says .ff-bad", "from 1 to 10")))
    said("a good number", watch(tab, ("type", "#ff-years", years), ("#ff-years", "")))
    said("another way of paying", watch(tab, ("choose", "#ff-funding", "capitated"), (".ff-stale", "have changed")))
    said("and back", watch(tab, ("choose", "#ff-funding", "status_quo"), ("#ff-funding", "")))
    said(
        "lines of pounds",
        watch(tab, ("choose", "#ff-carries", "pence"), ("svg[role=group]", "Line width: pounds paid")),
    )


def busy(tab):
    """What clicks take while a run goes on: until what was asked for is there, not only a first sign of it."""
    print("Clicks while a run goes on")
    said("Run to the end", watch(tab, ("button", "Run to the end"), ("[role=status]", "eek "), 0))
    stories, others = [], []
    while tab.locator(".ff-stop").count():
        k = len(stories)
        name = tab.get_attribute(f"[data-node='{k}']", "aria-label").split(":")[0]
        stories.append(watch(tab, ("on", f"[data-node='{k}']"), (".ff-scroll h2", name), 0).get("met", 60_000))
        carries, words = (("pence", "pounds paid"), ("patients", "patients sent"))[k % 2]
        asked = ("choose", "#ff-carries", carries)
        others.append(watch(tab, asked, ("svg[role=group]", f"Line width: {words}"), 0).get("met", 60_000))
        tab.wait_for_timeout(150)
    for name, times in (("a provider's story", stories), ("other lines on the map", others)):
        half = beside(median(times), FEEDBACK)
        print(f"{name:40} median of {len(times)} {half}, worst {beside(max(times), FEEDBACK)}")


def settled(tab, years, server):
    """Run alone: the whole, what the model took, and from its last week to the page's last change."""
    tab.click("button:has-text('Start again')")
    tab.wait_for_selector(".ff-figure b:has-text('0 y 0 w')")
    tab.wait_for_timeout(1000)
    before = processor(server.pid)
    seen = watch(tab, ("button", "Run to the end"), (".ff-figure b", f"{years} y 0 w"))
    used = processor(server.pid) - before
    told = tab.query_selector(".ff-took")
    ended = float(told.get_attribute("data-ended"))
    met, last = (1000 * (seen[key] - ended) for key in ("metAt", "settledAt"))
    print(f"{told.inner_text()}; {used:.1f} s of processor time; {os.getloadavg()[0]:.1f} processes wanted to run")
    print(f"  first sign {beside(seen['first'], FEEDBACK)}; run, drawn and settled {beside(seen['last'], RUN)}")
    print(f"  after the model's last week: shown {beside(met, REDRAWN)}, settled {beside(last, REDRAWN)}", flush=True)


def pages(tab):
    """Opening each page, a price of a draft, and another column of marginal pay."""
    print("Other pages")
    for path, there in (
        ("follow", ".ff-bar"),
        ("compare", ".ff-ticks"),
        ("build", ".ff-good"),
        ("incentives", ".ff-heat"),
    ):
        said(f"open {path}", watch(tab, ("on", f".ff-nav a[href$='/{path}']"), (there, "")))
        if path == "build":
            rate = ("type", "#ff-draft-practice-0-rate", "81")
            said("a price of a draft", watch(tab, rate, (".ff-toml", "rate = 81.0")))
    dated = (".ff-heat", "from 1 April 2017")
    said("another way of paying", watch(tab, ("choose", "#ff-way", "somerset_obc"), dated))


def answers(tab, url, years):
    """The front door's first question, from the click on Answer: five paired repeat runs against the reference."""
    tab.goto(url)
    tab.wait_for_selector(".ff-ask-paid")
    tab.click(".ff-card .ff-fold >> nth=0")
    tab.fill("#ff-paid-years", years)
    tab.wait_for_selector(f".ff-card p:has-text('; {years} year')")
    tab.wait_for_timeout(1000)
    seen = tab.evaluate(ASKED)
    sign, figures, everyone, whole, files = (
        seen.get(name, 300_000) for name in ("sign", "figures", "everyone", "whole", "files")
    )
    print(f"An answer over {years} years; {os.getloadavg()[0]:.1f} processes wanted to run")
    print(
        f"  first sign {beside(sign, FEEDBACK)}; first estimate {beside(figures, ESTIMATE)}, of everyone {everyone:.0f}"
    )
    print(f"  whole {beside(whole, ANSWER)}; files to hand on {files:.0f} ms", flush=True)


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--place", default="somerset")
    asked.add_argument("--years", default="5")
    asked.add_argument("--runs", type=int, default=3, help="how often the run is timed")
    asked.add_argument("--pages", action="store_true", help="time the other pages too")
    choice = asked.parse_args()
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder), choice.place) as (url, server),
        sync_playwright() as play,
    ):
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        tab = chromium.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(120_000)
        tab.goto(url + "/explore")
        tab.wait_for_selector(".ff-figure")
        tab.fill("#ff-years", choice.years)
        tab.wait_for_timeout(1000)
        print(f"{os.cpu_count()} processors, {os.getloadavg()[0]:.1f} processes wanted to run in the last minute")
        idle(tab, choice.years)
        busy(tab)
        print(f"{choice.years} years of {choice.place}")
        for _ in range(choice.runs):
            settled(tab, choice.years, server)
        answers(tab, url, choice.years)
        if choice.pages:
            pages(tab)
        chromium.close()


if __name__ == "__main__":
    main()
