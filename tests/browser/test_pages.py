"""What a visitor does on each page, in a real browser."""

import http.client
import re
import socket
from contextlib import closing
from pathlib import Path

import pytest

GOOD = """title = "Half per head"
question = "What if?"
source = "A test"
extends = "status_quo"

[[contracts.practice]]
term = "capitation"
payer = "nhs_england"
rate = { neutral_with = "status_quo" }
"""


def figures(tab):
    return tab.locator(".ff-figure b").all_inner_texts()


def run_to_the_end(tab, years="1"):
    tab.fill("#ff-years", years)
    tab.click("text=Run to the end")
    tab.wait_for_selector(f".ff-figure b:has-text('{years} y 0 w')")
    return figures(tab)


def test_explore_runs_and_another_funding_changes_the_numbers(visit):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    first = run_to_the_end(tab)
    tab.wait_for_selector(".ff-charts svg >> nth=5", state="attached")
    assert tab.locator(".ff-charts svg").count() == 6
    tab.select_option("#ff-funding", "activity_based")
    tab.wait_for_selector("text=You have changed the settings")
    tab.click("text=Run to the end")
    tab.wait_for_selector("h1:has-text('Everyone paid per item')")
    assert figures(tab) != first
    tab.focus("#ff-coloured")
    at = "document.activeElement.getAttribute('data-node')"
    tab.keyboard.press("Tab")  # one stop for the whole map
    seen = {tab.evaluate(at)}
    for _ in range(tab.locator("[data-node]").count() - 1):
        tab.keyboard.press("PageDown")
        seen.add(tab.evaluate(at))
    assert None not in seen
    assert len(seen) == tab.locator("[data-node]").count()  # the keyboard reaches every provider
    before = tab.evaluate(at)
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate(at) != before
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=What its contract pays for extra activity")
    tab.keyboard.press("Tab")
    assert tab.evaluate(at) is None
    tab.click("text=Reproduce this")
    assert "fundingflows run anytown activity_based --seed 1 --years 1" in tab.inner_text(".ff-shell")


def test_play_pause_step_and_stop(visit):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    tab.click("text=Step a week")
    tab.wait_for_selector(".ff-figure b:has-text('0 y 1 w')")
    tab.fill("#ff-years", "10")
    tab.click("button:has-text('Play')")
    tab.wait_for_function("Number(document.querySelector('.ff-figure b').innerText.split(' ')[2]) > 3")
    tab.click("button:has-text('Pause')")
    tab.wait_for_selector("text=Stopped.")
    tab.click("text=Run to the end")
    tab.dispatch_event("button.ff-stop", "click")  # at once: a run of ten years takes two seconds
    tab.wait_for_selector("text=Stopped.")


def test_a_bad_value_is_refused_beside_the_control_and_reset_shows_no_traceback(visit):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    for bad in ("abc", "99", "-1", "1e999", "' OR 1=1", "<b>x</b>"):
        tab.fill("#ff-seed", "1")
        tab.fill("#ff-years", bad)
        said = tab.locator("#ff-years-says .ff-bad", has_text=bad)
        assert said.inner_text().startswith("Years to run: enter a whole number from 1 to 10, not")
        tab.wait_for_selector("button[disabled]:has-text('Run to the end')")
    tab.fill("#ff-seed", "x")
    tab.wait_for_selector("#ff-seed-says .ff-bad")
    tab.fill("#ff-years", "2")
    tab.fill("#ff-seed", "7")
    tab.wait_for_selector("#ff-seed-says .ff-bad", state="detached")
    tab.click("text=Start again")
    tab.wait_for_selector(".ff-figure b:has-text('0 y 0 w')")


def test_a_patient_is_followed_under_two_ways_of_paying(visit):
    tab = visit("/follow")
    tab.fill("#ff-years", "1")
    tab.select_option("#ff-sort", "several")
    tab.click("button:has-text('Follow')")
    tab.wait_for_selector("text=Event by event")
    assert tab.locator("h3:has-text('Event by event')").count() == 2
    assert "IMD quintile" in tab.inner_text(".ff-lead")
    assert tab.locator("table").count() == 4
    assert "NHS England →" in tab.inner_text(".ff-half")


def test_two_ways_of_paying_are_compared(visit):
    tab = visit("/compare")
    tab.fill("#ff-years", "1")
    tab.fill("#ff-seeds", "2")
    for title in ("Everyone paid per item", "A core offer"):
        tab.locator(f".v-input--checkbox:has-text('{title}') .v-input--selection-controls__ripple").click()
    tab.wait_for_selector("text=4 runs of 1 year")
    tab.click("button:has-text('Compare')")
    tab.wait_for_selector("text=Winners and losers")
    assert tab.locator("svg.ff-picture").count() == 1 + 4 + 3 + 2
    tab.click("text=All measures")
    assert re.search("a (rise|fall), (very )?likely", tab.inner_text("table"))
    tab.locator(".v-input--checkbox:has-text('Everyone paid per head') .v-input--selection-controls__ripple").click()
    tab.wait_for_selector("text=Choose two to four ways of paying (1 chosen).")


def test_edit_on_incentives_opens_the_price_in_build_where_its_marginal_pay_follows_it(visit):
    tab = visit("/incentives")
    tab.wait_for_selector(".ff-heat")
    tab.select_option("#ff-way", "somerset_obc")  # a reform: priced after it, beside the beginning
    tab.wait_for_selector(".ff-heat th:has-text('from 1 April 2017')")
    assert tab.locator(".ff-heat thead th").count() == 1 + 4 + 2 + 1 + 1
    tab.select_option("#ff-when", "0")
    tab.wait_for_selector(".ff-heat th:has-text('from 1 April 2017')", state="detached")
    tab.select_option("#ff-way", "status_quo")
    tab.wait_for_selector(".ff-heat th:has-text('from 1 April 2015')", state="detached")
    tab.select_option("#ff-whose", index=1)  # a hospital
    tab.wait_for_selector(".ff-heat tr:has-text('GP consultation')", state="detached")
    tab.click(".ff-edit[aria-label$='one more day case']")
    tab.wait_for_selector("text=This is what pays for one more day case")
    price = "#ff-draft-hospital-0-prices-day-cases"
    tab.wait_for_function(f"document.activeElement === document.querySelector('{price}')")
    assert tab.locator("#ff-whose option:checked").inner_text() != "the average provider"
    tab.fill(price, "1234")
    tab.wait_for_selector(".ff-money tr:has(th:text-is('one more day case')) td:text-is('£1,234')")
    tab.click("button:has-text('Undo')")
    tab.wait_for_selector(".ff-money td:text-is('£1,234')", state="detached")


def test_a_draft_that_pays_far_less_is_not_ready_and_is_run_from_the_page(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    total = "document.querySelector('#ff-total-practice')"
    tab.evaluate(f"{total}.value = 80; {total}.dispatchEvent(new Event('change'))")
    tab.wait_for_selector("text=General practice: paid 20 % less than under the reference")
    assert tab.locator("text=Ready to save and run.").count() == 0
    tab.fill("#ff-name", "four_fifths")
    tab.click(".ff-run-draft")
    tab.wait_for_selector("text=Finished: 5 years")
    assert tab.locator("#ff-funding").input_value() == "four_fifths"
    assert "way=four_fifths" in tab.url


def test_a_scenario_is_built_saved_and_still_there_after_a_reload(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    tab.fill("#ff-draft-title", "Fewer <b>blocks</b>")
    tab.fill("#ff-draft-practice-0-rate", "lots")
    tab.wait_for_selector("text=a year: enter a number")
    tab.fill("#ff-draft-practice-0-rate", "80")
    tab.wait_for_selector(".ff-toml:has-text('rate = 80.0')")
    tab.fill("#ff-name", "../../evil")
    tab.click("button:has-text('Save')")
    tab.wait_for_selector("text=lower-case letters, digits and underscores, starting")
    tab.fill("#ff-name", "fewer_blocks")
    tab.click("button:has-text('Save')")
    tab.wait_for_selector("text=Saved as fewer_blocks")
    tab.reload()
    tab.wait_for_selector("text=(fewer_blocks)")
    tab.locator(".ff-row:has-text('fewer_blocks') button:has-text('Load')").click()
    tab.wait_for_selector(".ff-toml:has-text('rate = 80.0')")
    tab.click(".ff-tab:has-text('Explore')")
    tab.wait_for_selector("#ff-funding")
    assert "Fewer <b>blocks</b>" in tab.locator("#ff-funding option").all_inner_texts()
    tab.select_option("#ff-funding", "fewer_blocks")
    run_to_the_end(tab)
    assert tab.locator("h1 b").count() == 0


def test_files_are_loaded_or_refused_in_words(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    for text, answer in (
        (GOOD, "Loaded “Half per head”"),
        (GOOD.replace("capitation", "capitaton"), "did you mean 'capitation'?"),
        (GOOD.replace("status_quo", "/etc/x.toml", 1), "unknown funding file"),
        ("[" * 3000, "not valid TOML"),
        ("x" * 100_000, "larger than 64 kB"),
    ):
        file = {"name": "../a.toml", "mimeType": "text/plain", "buffer": text.encode()}
        tab.set_input_files("#ff-load", file)
        tab.wait_for_selector(f".ff-controls >> text={answer}")


def test_a_number_that_is_found_and_changed_counts_on_three_pages(visit):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    tab.click("text=Model assumptions")
    tab.fill("#ff-find", "GP vacancy")
    tab.fill("#ff-general-practice-joining-years", "9")
    tab.wait_for_selector("#ff-general-practice-joining-years-says .ff-bad")
    tab.wait_for_selector("button[disabled]:has-text('Run to the end')")
    tab.fill("#ff-general-practice-joining-years", "1.5")
    tab.wait_for_selector("text=You have changed the settings")
    run_to_the_end(tab)
    tab.click("text=Reproduce this")
    assert "--set general_practice.joining_years=1.5" in tab.inner_text(".ff-shell")
    for page in ("Follow a patient", "Compare"):
        tab.click(f".ff-tab:has-text('{page}')")
        tab.wait_for_selector("text=Model assumptions (1 changed)")


def test_a_number_is_changed_with_a_reason_that_travels_with_the_link(visit):
    tab = visit("/assumptions")
    tab.fill("#ff-find", "looks")
    tab.wait_for_selector("#ff-behaviour-horizon-years")
    tab.fill("#ff-behaviour-horizon-years", "2.5")
    tab.fill("#ff-why-behaviour-horizon-years", "Contracts of two years & a half")
    tab.wait_for_selector(".ff-changes:has-text('Contracts of two years & a half')")
    tab.wait_for_url("**why=behaviour.horizon_years*")
    other = visit("/" + tab.url.partition("//")[2].partition("/")[2])
    other.wait_for_selector(".ff-changes:has-text('Contracts of two years & a half')")
    other.click(".ff-tab:has-text('Explore')")
    other.wait_for_selector(".ff-figure")
    run_to_the_end(other)
    other.wait_for_selector(".ff-warn:has-text('(default 6.17), “Contracts of two years & a half”')")
    other.click(".ff-tab:has-text('Incentives')")
    other.wait_for_selector("text=the 1 that you have changed is left out")
    tab.click("button:has-text('Restore all defaults')")
    tab.wait_for_selector(".ff-changes", state="detached")


def test_the_data_of_a_place_are_downloaded_as_they_are_shown(visit):
    tab = visit("/place")
    tab.wait_for_selector("h1:has-text('Anytown: 20,000 people, 6 practices')")
    with tab.expect_download() as waiting:
        tab.click("text=Practices (CSV)")
    rows = Path(waiting.value.path()).read_text().splitlines()
    assert waiting.value.suggested_filename == "anytown-practices.csv"
    assert len(rows) == 7
    tab.click(".ff-fold:has-text('Practices as read')")
    tab.wait_for_selector(".ff-folded th:has-text('f_85')")
    head = tab.locator(".ff-folded th").all_inner_texts()
    assert ",".join(head) == rows[0]


def test_a_dated_change_is_built_by_hand(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    tab.click("text=Add a change")
    tab.fill("#ff-draft-changes-0-when", "tomorrow")
    tab.wait_for_selector("text=Begins: enter a date such as 2017-04-01, not 'tomorrow'.")
    tab.fill("#ff-draft-changes-0-when", "2015-10-01")
    tab.fill("#ff-draft-changes-0-who-share", "0.5")
    tab.select_option("#ff-draft-changes-0-drop", "qof")
    tab.fill("#ff-draft-changes-0-find", "gps")
    tab.click("button:has-text('Change capacity: gps')")
    tab.wait_for_selector(".ff-toml:has-text('multiply = 1.1')")
    said = tab.inner_text(".ff-toml")
    assert "drop_terms = [" in said
    assert "when = 2015-10-01" in said
    tab.fill("#ff-draft-changes-0-when", "2001-10-01")
    tab.wait_for_selector("text=is before the run")
    tab.click("text=Add a pool")
    tab.fill("#ff-draft-pools-0-name", "council")
    tab.wait_for_selector("text=Name: 'council' is taken by another account")
    tab.wait_for_selector("button[disabled]:has-text('Save')")
    tab.fill("#ff-draft-pools-0-name", "pot")
    tab.select_option("#ff-draft-pools-0-holder", "alliance")
    tab.fill("#ff-draft-pools-0-members-social-care", "0.25")
    tab.wait_for_selector(".ff-pool [role=alert]:has-text('expected shares that add to 1, got 1.25')")
    tab.fill("#ff-draft-pools-0-members-hospital", "0.25")
    tab.wait_for_selector(".ff-toml:has-text('social_care = 0.25')")
    tab.select_option("#ff-draft-practice-0-payer", "pot")
    tab.wait_for_selector(".ff-toml:has-text('payer = \"pot\"')")
    tab.wait_for_selector("button:not([disabled]):has-text('Save')")
    assert tab.locator("text=Ready to save and run.").count() == 0  # of a date before the run


def test_a_share_is_moved_beside_its_money_undone_and_asked(visit):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    tab.wait_for_selector("#ff-share-practice-item")
    written = tab.inner_text(".ff-toml")
    move = "to => { const e = document.querySelector('#ff-share-practice-item'); e.value = to; "
    tab.evaluate(move + "e.dispatchEvent(new Event('change')); }", 30)
    tab.wait_for_selector("#ff-share-practice-item + output:has-text('30 %')")
    rows = tab.locator(".ff-money tr:has(th:text-is('General practice')) td").all_inner_texts()
    assert rows[0] == rows[1]  # what general practice is paid stays
    tab.click("button:has-text('Undo')")
    tab.wait_for_function("text => document.querySelector('.ff-toml').innerText === text", arg=written)
    tab.click("button:has-text('Redo')")
    tab.wait_for_selector("#ff-share-practice-item + output:has-text('30 %')")
    tab.fill("#ff-name", "a_third_by_item")
    tab.click("button:has-text('Save and compare')")
    tab.wait_for_url("**/answer?*ways=a_third_by_item*")


def test_two_visitors_have_models_of_their_own(visit):
    one, two = visit("/explore"), visit("/explore")
    for tab in (one, two):
        tab.wait_for_selector(".ff-figure")
    two.select_option("#ff-funding", "capitated")
    two.fill("#ff-seed", "5")
    two.click("text=Step a week")
    two.wait_for_selector(".ff-figure b:has-text('0 y 1 w')")
    assert figures(one)[0] == "0 y 0 w"
    assert one.input_value("#ff-seed") == "1"
    assert one.input_value("#ff-funding") == "status_quo"


def test_only_this_machine_and_its_own_pages_are_answered(address):
    port = int(address.rsplit(":", 1)[1])
    with (
        pytest.raises((ConnectionError, TimeoutError)),
        socket.create_connection(("127.0.0.2", port), timeout=2),
    ):  # another of its addresses
        pass

    def answer(path, headers):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asked:
            asked.request("GET", path, headers=headers)
            with asked.getresponse() as got:
                return got.status, got.read()

    assert answer("/", {"Host": "evil.example"})[0] == 403
    assert answer("/", {"Origin": "http://evil.example"})[0] == 403
    for path in (
        "/static/../../../../etc/passwd",
        "/_solara/cdn/../../../../../../etc/passwd",
        "/..%2f..%2fetc/passwd",
    ):
        assert b"root:" not in answer(path, {})[1]


def test_marks_of_a_picture_are_read_from_the_keyboard_and_by_touch(visit):
    tab = visit("/follow?person=frail&number=3&way=status_quo&other=activity_based&years=1&seed=1&run=1")
    tab.wait_for_selector("[data-mark]")
    tab.locator("[data-mark][tabindex='0']").focus()
    first = tab.inner_text(".ff-said")
    assert re.match(r"Week \d+: ", first)
    tab.keyboard.press("PageDown")
    assert tab.inner_text(".ff-said") != first
    tab.locator("[data-mark]").first.dispatch_event("click")  # as a finger does
    assert tab.inner_text(".ff-said").startswith("Week ")
    assert "anytown_general" not in tab.inner_html(".ff-frame")
