"""The pictures of docs/app.md.

Run ``uv run --extra app --group browser python tests/browser/pictures.py [PLACE] [FOLDER] [PAGE]...``; then look at
them: would you show each to a board? Long pages are cut below their top.
"""

import os
import sys
import tempfile
from pathlib import Path

from serving import CHROMIUM, OPTIONS, serving

YEARS, SEEDS = os.environ.get("YEARS", "5"), os.environ.get("SEEDS", "3")  # of the comparison
TALL = {"explore": 1500, "compare": 1750, "follow": 1360, "incentives": 1320, "build": 1250}  # pixels
LONG = 900_000  # ms; a comparison of Somerset takes minutes on a busy machine


def main(where, folder, pages):
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home, serving(Path(home), where) as url, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        tab = chromium.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(LONG)
        tab.on("console", lambda m: print(m.type, m.text[:300]) if m.type in ("error", "warning") else None)
        for take in [
            t
            for t in (ask, incentives, build, explore, follow, compare, answer, assumptions, place)
            if not pages or t.__name__ in pages
        ]:
            tall = TALL["build"] if take is build else 800  # what Build has on the right is as tall as the window
            tab.set_viewport_size({"width": 1280, "height": tall})
            take(tab, url)
            tab.wait_for_timeout(800)
            path = folder / f"app-{take.__name__}.png"
            tab.screenshot(path=str(path), full_page=True)
            small(path)
            print(take.__name__, flush=True)
        chromium.close()


def small(path):
    """The top of a page in 256 colours, which is what docs keeps."""
    from PIL import Image

    with Image.open(path) as whole:
        top = whole.convert("RGB").crop(
            (0, 0, whole.width, min(whole.height, TALL.get(path.stem.removeprefix("app-"), 1500)))
        )
    top.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)


def ask(tab, url):
    tab.goto(url)
    tab.wait_for_selector(".ff-card")


def answer(tab, url):
    tab.goto(f"{url}/answer?ways=capitated&years={YEARS}&seeds={SEEDS}&about=work")
    tab.wait_for_selector(".ff-save")


def explore(tab, url):
    tab.goto(url + "/explore")
    tab.wait_for_selector(".ff-figure")
    tab.select_option("#ff-funding", "activity_based")
    tab.click("text=Run to the end")
    tab.wait_for_selector(".ff-dashed")
    tab.locator(".ff-node[aria-label*='beds']").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".ff-scroll h3")


def follow(tab, url):
    tab.goto(url + "/follow")
    tab.fill("#ff-rank", "3")
    tab.click("button:has-text('Follow')")
    tab.wait_for_selector("text=Event by event")


def compare(tab, url):
    tab.goto(url + "/compare")
    tab.wait_for_selector(".ff-ticks")
    tab.fill("#ff-years", YEARS)
    tab.fill("#ff-seeds", SEEDS)
    tab.click("button:has-text('Compare')")
    tab.wait_for_selector("text=Winners and losers")


def incentives(tab, url):
    tab.goto(url + "/incentives")
    tab.wait_for_selector(".ff-heat")
    tab.select_option("#ff-way", "somerset_obc")
    tab.wait_for_selector(".ff-heat th:has-text('from 1 April 2017')")


def assumptions(tab, url):
    tab.goto(
        url + "/assumptions?set=behaviour.altruism:0.3&why=behaviour.altruism:The%20upper%20end%20of%20the%20laboratory"
    )
    tab.wait_for_selector("text=What you have changed")
    tab.fill("#ff-find", "outcomes.need")
    tab.wait_for_selector("#ff-outcomes-need-gain")


def place(tab, url):
    tab.goto(url + "/place")
    tab.wait_for_selector("h2:has-text('Totals')")


def build(tab, url):
    tab.goto(url + "/build")
    tab.wait_for_selector("text=Ready to save and run.")
    for slider, share in (("ff-total-practice", 105), ("ff-share-practice-item", 30)):
        tab.wait_for_selector(f"#{slider}:enabled")
        move = f"document.querySelector('#{slider}')"
        tab.evaluate(f"{move}.value = {share}; {move}.dispatchEvent(new Event('change'))")
        tab.wait_for_selector(f"#{slider} + output:has-text('{share} %')")
    tab.wait_for_timeout(1500)  # until the draft is priced


if __name__ == "__main__":
    main((sys.argv[1:] or ["somerset"])[0], Path((sys.argv[2:] or ["docs"])[0]), sys.argv[3:])
