"""From a question to an answer that can be handed on; every figure is that of the command line."""

import csv
import re
from zipfile import ZipFile

import pandas as pd
import pytest
from fundingflows.experiments import cli
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """What the command line says of everyone paid per head: difference and level by measure."""
    out = tmp_path_factory.mktemp("compared") / "out"
    words = ["compare", "status_quo", "capitated", "--place", "anytown", "--years", "1", "--seeds", "2"]
    done = CliRunner().invoke(cli.app, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    table = pd.read_parquet(out / "comparison.parquet")
    return table[table["funding"] == "capitated"].set_index("measure")["difference"], table


def asked(tab, card="paid"):
    """Ask a card for one year and two repeat runs, and wait for the whole answer."""
    panel = tab.locator(f".ff-card:has(.ff-ask-{card})")
    panel.locator(".ff-fold").click()
    tab.fill(f"#ff-{card}-years", "1")
    tab.fill(f"#ff-{card}-seeds", "2")
    panel.locator("text=1 year, 2 repeat runs").wait_for()
    tab.click(f".ff-ask-{card}")
    tab.wait_for_selector(".ff-save")


def saved(tab, name, folder):
    with tab.expect_download() as begun:
        tab.click(f".ff-save[href$='/{name}']")
    path = folder / name
    begun.value.save_as(path)
    return path


def test_everyone_paid_per_head_is_answered_with_the_numbers_of_the_command_line(visit, compared, tmp_path):
    differences, _ = compared
    tab = visit("/")
    asked(tab, "practice")
    tab.wait_for_selector("h1:has-text('Anytown')")
    for measure in ("contacts", "failed", "practice_income", "drawings"):
        shown = tab.locator(f".ff-tile[data-measure={measure}] b data").get_attribute("value")
        assert float(shown) == pytest.approx(differences[measure], rel=1e-9)
    assert tab.locator(".ff-part-work").count() == 1  # what was asked about stands open
    with saved(tab, "comparison.csv", tmp_path).open(encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if (r["measure"], r["funding"]) == ("contacts", "capitated"))
    assert float(row["difference"]) == pytest.approx(differences["contacts"], rel=1e-9)
    tab.click("text=What changes in money")
    tab.wait_for_selector(".ff-part-money table")


def test_an_answer_is_handed_on_as_link_report_and_bundle(visit, compared, tmp_path):
    differences, _ = compared
    tab = visit("/")
    asked(tab)
    title, address = tab.inner_text("h1"), tab.url
    page = saved(tab, "report.html", tmp_path).read_text(encoding="utf-8")
    assert title in re.sub("<[^>]+>", "", page)
    quoted = re.search(r'value="([^"]+)" data-from="differences/failed/capitated/difference"', page)
    assert float(quoted[1]) == pytest.approx(differences["failed"], rel=1e-9)
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


def test_a_mistyped_address_says_what_is_wrong(visit):
    tab = visit("/answer?ways=capitatd")
    tab.wait_for_selector("text=did you mean 'capitated'?")
    tab.click("text=Ask a question")
    tab.wait_for_selector(".ff-card")
