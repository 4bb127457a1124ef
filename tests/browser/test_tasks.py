"""Seven tasks of someone who has to brief a board; each ends in a number that is that of the command line."""

import csv
import re
import tomllib
from html import unescape
from zipfile import ZipFile

import pandas as pd
import pytest
from fundingflows.experiments import cli
from typer.testing import CliRunner

ANSWER = "/answer?place=anytown&reference=status_quo&ways=capitated&years=1&seeds=2"  # kept once it has been asked
HALF = """title = "Half per head, half for outcomes"
question = "What if half of general practice's pay went by head and half by outcomes?"
source = "A test"
extends = "status_quo"

[[contracts.practice]]
term = "capitation"
payer = "nhs_england"
rate = { neutral_with = "status_quo", share = 0.5 }

[[contracts.practice]]
term = "outcome"
payer = "nhs_england"
indicator = "control"
start = 0.0
target = 1.0
per_head = { neutral_with = "status_quo", share = 0.5 }
"""


def compare(ways, out, seeds=2):
    """Difference by measure of the second way of paying, as the command line says."""
    words = ["compare", *ways, "--place", "anytown", "--years", "1", "--seeds", str(seeds)]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    table = pd.read_parquet(out / "comparison.parquet")
    return table[table["funding"] != ways[0]].set_index("measure")["difference"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """What the command line says of everyone paid per head: difference by measure."""
    return compare(["status_quo", "capitated"], tmp_path_factory.mktemp("compared") / "out")


def printed_text(*words):
    """What a command prints."""
    done = CliRunner().invoke(cli.app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def printed(*words):
    """What a command's table pays, by unit."""
    rows = [[cell.strip() for cell in line.split("│")] for line in printed_text(*words).splitlines()]
    return {row[2]: row[3] for row in rows if len(row) > 4}


def last_column(text):
    """The words in the last column of a printed table, without spaces."""
    cells = [line.split("│")[-2] for line in text.splitlines() if "│" in line]
    return "".join(re.findall(r"[\w.%]+", " ".join(cells)))


def pounds(text):
    """£ as a number; nothing is 0."""
    return float(text.replace("£", "").replace(",", "").replace("−", "-") or 0.0)


def asked(tab, card="paid", way="capitated", seeds=2):
    """Ask a card for one year and some repeat runs, and wait for the whole answer."""
    panel = tab.locator(f".ff-card:has(.ff-ask-{card})")
    panel.locator(".ff-fold").click()
    tab.select_option(f"#ff-{card}-way", way)
    tab.fill(f"#ff-{card}-years", "1")
    tab.fill(f"#ff-{card}-seeds", str(seeds))
    panel.locator(f"text=1 year, {seeds} repeat run").wait_for()
    tab.click(f".ff-ask-{card}")
    tab.wait_for_selector(".ff-save")


def saved(tab, name, folder):
    with tab.expect_download() as begun:
        tab.click(f".ff-save[href$='/{name}']")
    path = folder / name
    begun.value.save_as(path)
    return path


def test_what_paying_everyone_per_head_does_to_gps_work_and_to_hospitals_money(visit, compared, tmp_path):
    tab = visit("/")
    asked(tab, "practice")
    tab.wait_for_selector("h1:has-text('Anytown')")
    for measure in ("contacts", "failed", "practice_income", "drawings"):
        shown = tab.locator(f".ff-tile[data-measure={measure}] b data").get_attribute("value")
        assert float(shown) == pytest.approx(compared[measure], rel=1e-9)
    assert tab.locator(".ff-part-work").count() == 1  # what was asked about stands open
    with saved(tab, "comparison.csv", tmp_path).open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if (r["measure"], r["funding"]) == ("contacts", "capitated"))
    assert float(row["difference"]) == pytest.approx(compared["contacts"], rel=1e-9)
    tab.click("text=What changes in money")
    money = tab.locator(".ff-part-money data[data-from='money/change/hospitals/1/capitated/millions']").first
    assert float(money.get_attribute("value")) == pytest.approx(compared["hospital_income"], rel=1e-6)


def test_one_elderly_patient_under_two_contracts(visit):
    price = printed("incentives", "anytown", "activity_based")["one more GP consultation"]
    tab = visit("/follow?place=anytown&person=frail&number=3&way=status_quo&other=activity_based&years=1&seed=1")
    tab.click("button:has-text('Follow')")
    tab.wait_for_selector("text=Event by event")
    usual, items = tab.locator(".ff-half .ff-panel").all()
    totals = []
    for panel in (usual, items):
        events = [row.split("\t") for row in panel.locator(".ff-scroll tbody tr").all_inner_texts()]
        registered = re.findall(r"(£[\d,.]+) over the 1 year of the run", panel.inner_text())[0]
        total = pounds(registered) + sum(pounds(row[3]) for row in events)
        totals.append(total)
        seen = {row[3] for row in events if row[1] == "GP consultation"}
        assert seen == ({price} if panel is items else {""})
    added_up = re.findall(r"£[\d,]+", tab.locator(".ff-running").text_content() or "")
    assert [pounds(x) for x in added_up[:2]] == pytest.approx(totals, abs=1.0)
    gap, way = re.findall(r"pays (£[\d,]+) (more|less) for this person than “Status quo", tab.inner_text("h1"))[0]
    assert pounds(gap) * (1 if way == "more" else -1) == pytest.approx(totals[1] - totals[0], abs=1.0)


def test_my_own_contract_half_per_head(visit, tmp_path):
    tab = visit("/build")
    tab.wait_for_selector("text=Ready to save and run.")
    tab.set_input_files("#ff-load", {"name": "a.toml", "mimeType": "text/plain", "buffer": HALF.encode()})
    tab.wait_for_selector("text=Loaded “Half per head")
    tab.fill("#ff-name", "half_per_head")
    tab.click("button:has-text('Save')")
    tab.wait_for_selector("text=Saved as half_per_head")
    tab.click(".ff-tab:has-text('Ask')")
    asked(tab, "own", "half_per_head", 1)
    file = tmp_path / "half_per_head.toml"
    file.write_text(HALF)
    wanted = compare(["status_quo", str(file)], tmp_path / "out", 1)
    for measure in ("contacts", "public", "qalys"):
        shown = tab.locator(f".ff-tile[data-measure={measure}] b data").get_attribute("value")
        assert float(shown) == pytest.approx(wanted[measure], rel=1e-9, abs=1e-12)
    with ZipFile(saved(tab, "bundle.zip", tmp_path)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith("half_per_head.toml"))
        assert tomllib.loads(archive.read(inside).decode()) == tomllib.loads(HALF)


def test_what_one_more_admission_earns(visit):
    tab = visit("/incentives")
    tab.wait_for_selector(".ff-heat")
    titles = tab.locator(".ff-heat thead th").all_inner_texts()
    row = tab.locator(".ff-heat tr:has(td:text-is('overnight emergency admission')) td").all_inner_texts()
    for name, title in (("status_quo", "Status quo: England, 2015/16"), ("activity_based", "Everyone paid per item")):
        wanted = printed("incentives", "anytown", name)["one more overnight emergency admission"]
        assert row[titles.index(title)] == wanted
    tab.select_option("#ff-way", "activity_based")  # and what if it were another price?
    tab.click(".ff-edit[aria-label*='Everyone paid per item'][aria-label$='one more overnight emergency admission']")
    beside = ".ff-money tr:has(th:text-is('one more overnight emergency admission')) td"
    tab.wait_for_selector(f"{beside} >> nth=1")
    assert tab.locator(beside).all_inner_texts()[1] == wanted


def test_a_finding_is_handed_on_as_link_report_and_bundle(visit, compared, tmp_path):
    tab = visit("/")
    asked(tab)
    title, address = tab.inner_text("h1"), tab.url
    page = saved(tab, "report.html", tmp_path).read_text(encoding="utf-8")
    assert title in unescape(re.sub("<[^>]+>", "", page))
    told = re.findall(r"<th[^>]*>Requests not met, % of requests</th>(.*?)</tr>", page)[-1]  # of every measure
    assert re.sub("<[^>]+>", " ", told).split()[2] == f"{compared['failed']:+.2f}".replace("-", "−")
    assert saved(tab, "comparison.png", tmp_path).read_bytes().startswith(b"\x89PNG")
    assert saved(tab, "comparison.svg", tmp_path).read_text().startswith("<?xml")
    with ZipFile(saved(tab, "comparison.xlsx", tmp_path)) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    with ZipFile(saved(tab, "bundle.zip", tmp_path)) as archive:
        archive.extractall(tmp_path / "unpacked")
    done = CliRunner().invoke(cli.app, ["verify", str(tmp_path / "unpacked"), "--most", "1"])
    assert done.exit_code == 0, done.output
    other = visit(address.split("//", 1)[1].partition("/")[2].join(("/", "")))  # a second visitor opens the link
    other.wait_for_selector(".ff-save")
    assert other.inner_text("h1") == title
    other.reload()
    other.wait_for_selector(".ff-save")
    assert other.inner_text("h1") == title
    other.goto(address.split("/answer")[0])
    other.wait_for_selector(f".ff-earlier a:has-text('{title[:40]}')")


def test_a_sceptic_finds_how_sure_it_is_and_what_it_rests_on(visit, compared):
    tab = visit(ANSWER)
    tab.wait_for_selector(".ff-save")
    assert "Nothing here is a forecast" in tab.inner_text(".ff-part-limits")  # stands open
    for words in ("How sure: what the answer rests on", "Every measure, with its range"):
        tab.click(f"text={words}")
    counted = " ".join(printed_text("parameters").split()[-9:])
    for grade in ("verified", "derived", "recalled", "assumed"):
        shown = tab.locator(f".ff-part-evidence data[data-from='grades/{grade}/numbers']").first.inner_text()
        assert f"{shown} {grade}" in counted
    row = tab.locator(".ff-part-every tr:has(th:has-text('Requests not met')) td").all_inner_texts()
    assert float(row[2].replace("−", "-")) == pytest.approx(compared["failed"], abs=0.006)
    assert " to " in row[3]
    assert row[4] in ("within chance", "a fall" if compared["failed"] < 0.0 else "a rise")  # nothing is drawn here


def test_how_sure_it_is_when_what_is_not_known_is_drawn(visit, tmp_path):
    words = ["compare", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "2"]
    done = CliRunner().invoke(cli.app, [*words, "--uncertainty", "4", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    wanted = pd.read_csv(tmp_path / "out" / "uncertainty.csv").set_index("measure")
    tab = visit(ANSWER)
    tab.wait_for_selector(".ff-save")
    tab.click("text=numbers assumed >> nth=0")
    tab.wait_for_selector("details[open]:has-text('needs draws')")
    tab.fill("#ff-draws", "4")
    tab.wait_for_selector("text=16 runs")
    tab.click(".ff-sure")
    tab.wait_for_selector(".ff-alone")
    for measure in ("contacts", "failed", "qalys"):
        part = tab.locator(f".ff-tile[data-measure={measure}] .ff-alone data").get_attribute("value")
        assert float(part) == pytest.approx(100.0 * (1.0 - wanted["share"][measure]), rel=1e-9)
    tab.locator(".ff-tile[data-measure=failed] summary").click()
    tab.wait_for_selector(".ff-tile[data-measure=failed] li:has-text('rank correlation')")
    tab.wait_for_selector(".ff-save[href$='/uncertainty.csv']")
    assert "draws=4" in tab.url
    with saved(tab, "figures.csv", tmp_path).open(encoding="utf-8") as file:
        shown = {r["column"]: float(r["value"]) for r in csv.DictReader(file)
                 if (r["table"], r["row"]) == ("doubt", "failed/capitated")}  # fmt: skip
    for column in ("effect", "low", "high", "above"):
        assert shown[column] == pytest.approx(wanted[column]["failed"], rel=1e-9)
    page = saved(tab, "report.html", tmp_path).read_text(encoding="utf-8")
    assert "From chance</th>" in page
    assert "From all that is not known</th>" in page
    tab.reload()
    tab.wait_for_selector(".ff-alone")


def test_why_from_the_clause_to_the_money(visit, compared, tmp_path):
    tab = visit(ANSWER)
    tab.wait_for_selector(".ff-save")
    assert tab.locator(".ff-step").count() == 0  # quiet until asked
    tab.click("text=Why: from the contract to the money")
    chain = tab.locator(".ff-chain[aria-label*='clinic and theatre throughput']")
    chain.wait_for()
    boxes = chain.locator(".ff-step")
    assert boxes.count() == 5
    boxes.nth(0).focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".ff-step-table >> text=reference cost x market forces")
    assert boxes.nth(0).get_attribute("aria-expanded") == "true"
    boxes.nth(1).click()
    row = tab.locator(".ff-step-table tr:has(td:text-is('one more day case')) td")
    row.first.wait_for()
    shown = row.all_inner_texts()
    for name, text in zip(("status_quo", "capitated"), shown[1:3], strict=True):
        assert text == printed("incentives", "anytown", name)["one more day case"]
    boxes.nth(2).click()
    tab.wait_for_selector(".ff-step-table >> text=Quebec: specialists take a daily rate")
    boxes.nth(4).click()
    tab.wait_for_selector(".ff-step-table >> text=In all")
    paid = float(boxes.nth(4).locator("data").get_attribute("value"))
    assert paid == pytest.approx(compared["hospital_income"], rel=1e-9)
    tab.click("text=Run without behaviour")
    tab.wait_for_selector(".ff-held tr[data-measure='electives']")
    cells = tab.locator(".ff-held tr[data-measure='public'] td").all_inner_texts()
    assert pounds(cells[1].split("m")[0].replace("+", "")) == pytest.approx(compared["public"], abs=0.06)


def test_where_a_number_comes_from(visit, compared, tmp_path):
    tab = visit("/explore")
    tab.wait_for_selector(".ff-figure")
    tab.click("text=Model assumptions")
    tab.fill("#ff-find", "GP vacancy")
    tab.wait_for_selector("#ff-general-practice-joining-years")
    file = printed_text("parameters", "general_practice.joining_years")
    assert "0.5 to 2, default 1" in tab.inner_text("#ff-general-practice-joining-years-says")
    grade, _, source = tab.inner_text(".ff-assumption:has(#ff-general-practice-joining-years) .ff-source").partition(
        " "
    )
    assert (grade, source[:12]) == ("derived", "Posts vacant")
    source = source.removesuffix("general_practice.joining_years")  # its path stands at the end
    assert "".join(re.findall(r"[\w.%]+", source)) in last_column(file)
    assert tab.input_value("#ff-general-practice-joining-years") == "1"
    tab.goto(tab.url.partition("/explore")[0] + ANSWER)
    tab.wait_for_selector(".ff-save")
    with saved(tab, "figures.csv", tmp_path).open(encoding="utf-8") as rows:
        found = [r for r in csv.reader(rows) if "differences" in r[0] and "failed" in ",".join(r)]
    assert any(str(compared["failed"])[:8] in ",".join(r) for r in found)


def test_a_mistyped_address_says_what_is_wrong(visit):
    tab = visit("/answer?ways=capitatd")
    tab.wait_for_selector("text=did you mean 'capitated'?")
    tab.click("text=Ask a question")
    tab.wait_for_selector(".ff-card")
