"""The experiments behind a behaviour: what ships is what docs/validation.md says, and the right ones are found."""

import re
from pathlib import Path

import pytest
from fundingflows.experiments.evidence.natural import answer, behind, show

PAGE = Path(__file__).parents[5] / "docs/validation.md"


def documented():
    """Cells of the table of the page, by study and outcome: published, simulated, seeds and both verdicts."""
    found, last = {}, ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line[1:-1].split("|")]
        if not line.startswith("|") or len(cells) != len(show.HEADS) or cells[0] in (show.HEADS[0], "---"):
            continue
        last = cells[0] or last
        if cells[3]:
            found[last.split()[0], cells[1]] = (cells[2], cells[3], *cells[5:8])
    return found


def test_what_ships_is_what_the_page_says():
    table = answer.table(behind.answers())
    table = table[table["seeds"] > 0]
    keys = zip(table["row"], table["outcome"], strict=True)
    cells = show.cells(table)
    assert {key: (row[2], row[3], *row[5:8]) for key, row in zip(keys, cells, strict=True)} == documented()
    assert len(cells) == len(behind.validated()) > 60


def test_the_readme_counts_as_the_page_does():
    page = re.search(r"\*\*(\d+) of (\d+) .*; (\d+) of \d+ pass when", PAGE.read_text(encoding="utf-8"))
    readme = (PAGE.parents[1] / "README.md").read_text(encoding="utf-8").replace("\n", " ")
    said = re.search(r"(\d+) can be asked of the model, and (\d+) of these pass .*? (\d+) when the fit", readme)
    assert (said[2], said[1], said[3]) == page.groups()


@pytest.mark.parametrize(
    ("kind", "lever", "done", "wanted", "other"),
    [
        ("practice", "appointments", ["gp_consultations"], {"C11", "N2", "N3", "N7"}, {"H1", "C7"}),
        ("hospital", "stay", ["emergency_nights"], {"C7", "H53", "H56"}, {"N2", "H8"}),
        ("hospital", "elective", ["day_cases"], {"C4", "H59", "N6"}, {"C7", "N2"}),
    ],
)
def test_an_experiment_is_found_by_its_behaviour_or_by_what_it_counts(kind, lever, done, wanted, other):
    found = set(behind.behind(kind, lever, done)["row"])
    assert wanted <= found
    assert not other & found


def test_a_behaviour_that_nobody_measured_has_no_experiments():
    assert behind.behind("community", "visits", ["home_visits"]).empty
