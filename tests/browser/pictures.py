"""The pictures of docs/app.md.

Run ``uv run --extra app --group browser python tests/browser/pictures.py [PLACE] [FOLDER] [PAGE]...``; then look at
them. They are whole pages; docs keeps the top of the long ones, in 128 colours.
"""

import os
import sys
import tempfile
from pathlib import Path

from serving import CHROMIUM, OPTIONS, serving

YEARS, SEEDS = os.environ.get("YEARS", "5"), os.environ.get("SEEDS", "3")  # of the comparison
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
            take(tab, url)
            tab.wait_for_timeout(800)
            tab.screenshot(path=str(folder / f"app-{take.__name__}.png"), full_page=take is not build)
            print(take.__name__, flush=True)
        chromium.close()


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
    tab.wait_for_selector("#ff-share-practice-item")
    move = "document.querySelector('#ff-share-practice-item')"
    tab.evaluate(f"{move}.value = 30; {move}.dispatchEvent(new Event('change'))")
    tab.wait_for_selector("#ff-share-practice-item + output:has-text('30 %')")
    tab.evaluate("document.querySelector('.ff-slider').scrollIntoView({block: 'center'})")


if __name__ == "__main__":
    main((sys.argv[1:] or ["somerset"])[0], Path((sys.argv[2:] or ["docs"])[0]), sys.argv[3:])
