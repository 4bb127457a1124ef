"""Files that say something only together: deprivation of neighbourhoods and patients, trusts and waiting times."""

from __future__ import annotations

import numpy as np
import pytest
from fundingflows.scenarios import load_place
from fundingflows.scenarios.published.choose import Wanted
from fundingflows.scenarios.published.make import make
from invented import PEOPLE, tool, workforce, write


def made(*paths, **wanted):
    return make(paths, Wanted(**wanted), "2015_16")


def test_deprivation_by_score(tmp_path):
    """Six scores in the file, X98001 the most deprived: rank 1/12, in the first fifth for the most part."""
    head = ["Indicator ID", "Area Code", "Area Name", "Area Type", "Time period", "Value"]
    rows = [["93553", "E92000001", "England", "England", "2019", 21.7]]
    rows += [["93553", f"X9800{k + 1}", "P", "GPs", "2019", 60 - 10 * k] for k in range(6)]
    rows += [["93553", "X98001", "P", "GPs", "2015", 1], rows[1], ["247", "X98001", "P", "GPs", "2019", 1]]
    place = made(write(tmp_path / "w.csv", workforce()), write(tmp_path / "fingertips.csv", [head, *rows]))
    fifths = place.practices.filter(regex="^imd").to_numpy()
    assert fifths[0].argmax() == 0
    assert fifths[5].argmax() == 4
    assert (np.diff(fifths @ np.arange(5)) > 0).all()
    assert (fifths.sum(axis=1) == PEOPLE).all()


def test_deprivation_by_neighbourhood(tmp_path):
    lived = [
        ["PUBLICATION", "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "LSOA_CODE", "SEX", "Number of Patients"],
        ["P", "01JUL2026", "X98001", "P", "E01000001", "ALL", 300],
        ["P", "01JUL2026", "X98001", "P", "E01000002", "ALL", 100],
        ["P", "01JUL2026", "X98001", "P", "NO2011", "ALL", 7],
    ]
    deciles = [
        ["LSOA code (2021)", "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"],
        ["E01000001", 2],
        ["E01000002", 9],
    ]
    files = [write(tmp_path / f"{k}.csv", rows) for k, rows in enumerate((workforce(), lived, deciles))]
    place = made(*files)
    assert list(place.practices.filter(regex="^imd").iloc[0]) == [0.75 * PEOPLE, 0, 0, 0, 0.25 * PEOPLE]
    assert any(one.people == 7 for one in place.account.dropped)
    assert any("deciles of neighbourhoods, too" in note for note in made(*files[:2]).account.notes)


def rtt(tmp_path, titles=()):
    head = [
        "Period",
        "Provider Parent Org Code",
        "Provider Org Code",
        "Provider Org Name",
        "Commissioner Parent Org Code",
        "Commissioner Org Code",
        "RTT Part Type",
        "Treatment Function Code",
        "Gt 00 To 01 Weeks SUM 1",
        "Total All",
    ]

    def row(trust, part, total, name="ROYAL NHS TRUST", parent="QXX", board="QXX", specialty="C_999"):
        return ["RTT-January-2026", parent, trust, name, board, "99X", part, specialty, "", total]

    rows = [
        row("RAA", "Part_1A", 300),
        row("RAA", "Part_1B", 300),
        row("RBB", "Part_1A", 300, parent="QYY"),
        row("NT1", "Part_1A", 100, "INDEPENDENT"),
        row("RCC", "Part_1A", 1),
        row("RAA", "Part_2", 5_000),
        row("RAA", "Part_1A", 300, specialty="C_100"),
        row("RDD", "Part_1A", 10_000, board="QZZ"),
        row("RAA", "Part_3", 90),
    ]
    rows[-2][5] = "98X"
    return write(tmp_path / "rtt.csv", [*titles, head, *rows], end="\r\n")


@pytest.mark.parametrize("titles", [(), (["Referral to Treatment"], ["Source: NHS England"])])
def test_hospitals_by_waiting_times(tmp_path, titles):
    """600 and 300 of 1,001 pathways; the independent provider's 100 and a trust's single one are divided among them."""
    trusts = [
        ["RAA", "ROYAL", "Y99", "QXX", *[""] * 5, "ZZ1 1AB", *[""] * 17],
        ["RBB", "B", "Y99", "QYY", *[""] * 5, "XX1 1AB", *[""] * 17],
    ]
    files = [
        write(tmp_path / "w.csv", workforce()),
        tool(tmp_path),
        rtt(tmp_path, titles),
        write(tmp_path / "etr.csv", trusts),
    ]
    place = made(*files)
    first, second = place.tables["hospitals"]
    assert (first["id"], first["share"], first["neighbour"]) == ("raa", 0.666667, False)
    assert (second["id"], second["share"], second["neighbour"]) == ("rbb", 0.333333, True)
    assert first["latitude"] == 52.1  # X98002's postcode is ZZ1 1AA
    assert any(note.startswith("5,000 pathways") for note in place.account.notes)
    load_place(place.write(tmp_path))
