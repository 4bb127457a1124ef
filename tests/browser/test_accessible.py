"""Every page and state, with axe (WCAG 2.2 AA) and for scrolling sideways, on a laptop and on a telephone."""

import pytest
from axe import looked_at, script

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(script() is None, reason="axe-core is not installed (group browser)"),
]


def unfolded(tab):
    """Opens every fold, those inside others, too."""
    closed = tab.locator(".ff-fold[aria-expanded=false]")
    while closed.count():
        fold = closed.last.element_handle()
        fold.click()
        tab.wait_for_function("fold => fold.ariaExpanded === 'true' || !fold.isConnected", arg=fold)


def test_questions_and_an_answer(visit):
    tab = visit("/")
    tab.wait_for_selector(".ff-card")
    unfolded(tab)
    tab.fill("#ff-paid-years", "99")
    tab.wait_for_selector(".ff-bad")
    wrong = looked_at(tab, "questions")
    tab.goto(tab.url + "answer?ways=capitated&years=1&seeds=2")
    tab.wait_for_selector(".ff-save")
    unfolded(tab)
    tab.locator(".ff-step").first.click()
    tab.wait_for_selector(".ff-step-table")
    unfolded(tab)
    wrong += looked_at(tab, "answer")
    tab.goto(tab.url.replace("capitated", "capitatd"))
    tab.wait_for_selector("text=did you mean")
    assert wrong + looked_at(tab, "answer that cannot be") == []


def test_the_runs_of_why(visit):
    tab = visit("/answer?ways=capitated&years=1&seeds=2&about=why")
    tab.wait_for_selector(".ff-save")
    tab.wait_for_selector(".ff-hold")
    unfolded(tab)
    tab.click("button.ff-hold:has-text('Run without behaviour')")
    tab.wait_for_selector(".ff-held")
    tab.locator(".ff-ticks .v-label").first.click()
    tab.wait_for_selector("text=Switched off: ")
    tab.click("button.ff-hold:has-text('Run with it switched off')")
    tab.wait_for_selector(".ff-held >> nth=1")
    tab.click("button.ff-apart")
    tab.wait_for_selector(".ff-apart:enabled")
    tab.wait_for_selector(".ff-why .ff-report svg >> nth=0")
    unfolded(tab)
    wrong = looked_at(tab, "why, with its runs")
    tab.locator(".ff-links .v-label").first.click()
    tab.wait_for_selector("text=The switches have changed")
    assert wrong + looked_at(tab, "why, with other switches") == []


def test_a_page_that_does_not_exist(visit, noted):
    tab = visit("/")
    tab.goto(tab.url + "exploer")
    wrong = looked_at(tab, "no such page")
    noted.clear()  # 404, as it should be
    assert wrong == []


def test_explore(visit):
    tab = visit("/explore?years=1")
    tab.wait_for_selector(".ff-figure")
    wrong = looked_at(tab, "explore before a run")
    tab.select_option("#ff-funding", "capitated")
    tab.click("text=Run to the end")
    tab.wait_for_selector(".ff-dashed")
    for kind in ("people", "beds"):
        tab.locator(f".ff-node[aria-label*='{kind}']").first.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_selector("h3:has-text('extra activity')")
    unfolded(tab)
    tab.fill("#ff-seed", "x")
    tab.wait_for_selector("#ff-seed-says .ff-bad")
    wrong += looked_at(tab, "explore after a run")
    tab.goto(tab.url.split("?")[0] + "?way=x")
    tab.wait_for_selector("text=cannot be opened")
    assert wrong + looked_at(tab, "explore, mistyped") == []


def test_follow(visit):
    tab = visit("/follow?years=1")
    tab.wait_for_selector(".ff-empty")
    wrong = looked_at(tab, "follow before a run")
    tab.click("button:has-text('Follow')")
    tab.wait_for_selector("text=Event by event")
    unfolded(tab)
    assert wrong + looked_at(tab, "follow") == []


def test_compare(visit):
    tab = visit("/compare?ways=status_quo,capitated&years=1&seeds=2")
    tab.wait_for_selector(".ff-empty")
    wrong = looked_at(tab, "compare before a run")
    tab.click("button:has-text('Compare')")
    tab.wait_for_selector("text=Winners and losers")
    unfolded(tab)
    assert wrong + looked_at(tab, "compare") == []


def test_incentives(visit):
    tab = visit("/incentives")
    tab.wait_for_selector(".ff-heat")
    tab.select_option("#ff-way", "somerset_obc")
    tab.wait_for_selector(".ff-heat th:has-text('from 1 April 2017')")
    wrong = looked_at(tab, "incentives")
    tab.click(".ff-edit[aria-label$='one more day case']")
    tab.wait_for_selector(".ff-money td")
    assert wrong + looked_at(tab, "build at a price of a date") == []


def test_assumptions_and_place(visit):
    tab = visit("/assumptions?set=behaviour.altruism:0.3&why=behaviour.altruism:A%20guess")
    tab.wait_for_selector("text=What you have changed")
    wrong = looked_at(tab, "assumptions")
    tab.click(".ff-fold:has-text('People')")
    tab.wait_for_selector(".ff-assumption")
    wrong += looked_at(tab, "assumptions of a theme")
    tab.fill("#ff-find", "by age")
    tab.wait_for_selector("#ff-hospital-emergency-rate")
    unfolded(tab)
    wrong += looked_at(tab, "assumptions that are found, with their tables")
    tab.click(".ff-tab:has-text('Place')")
    tab.wait_for_selector("h2:has-text('Totals')")
    unfolded(tab)
    assert wrong + looked_at(tab, "place") == []


def test_build(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    wrong = looked_at(tab, "build")
    tab.click("text=Add a change")
    tab.click("text=Add a pool")
    tab.fill("#ff-draft-changes-0-when", "tomorrow")
    tab.fill("#ff-draft-changes-0-find", "gps")
    tab.click("button:has-text('Change capacity: gps')")
    tab.wait_for_selector(".ff-toml:has-text('multiply = 1.1')")
    unfolded(tab)
    assert wrong + looked_at(tab, "build with a change and a pool") == []
