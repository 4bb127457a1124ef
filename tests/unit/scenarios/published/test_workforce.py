"""A place from the practice-level workforce file alone: what is taken, left out, filled in and refused."""

from __future__ import annotations

import zipfile
from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.model.place.place import PEOPLE_COLUMNS
from fundingflows.scenarios import load_place
from fundingflows.scenarios.baseline import load_baseline
from fundingflows.scenarios.published.choose import Wanted
from fundingflows.scenarios.published.make import make
from fundingflows.scenarios.published.sites import in_beds
from invented import AGES, MEN, PEOPLE, WOMEN, workforce, write

NONE = dict.fromkeys(range(6), 0)
NAME = "1 General Practice – July 2026 Practice Level - Detailed.csv"


def made(path, **wanted):
    return make([path], Wanted(**wanted), "2015_16")


@pytest.fixture
def file(tmp_path):
    return tmp_path / NAME


def figures(place, figure):
    return [one for one in place.account.filled if one.figure == figure]


def reasons(place):
    return {one.what: one.why for one in place.account.dropped}


def test_people_and_staff_are_those_of_the_file(file, tmp_path):
    place = made(write(file, workforce()))
    assert list(place.practices.code) == [f"X9800{k}" for k in range(1, 7)]
    assert np.array_equal(place.practices.filter(regex="^[mf]_").to_numpy(), [[*MEN, *WOMEN]] * 6)
    assert set(place.practices.gp_fte) == {2.0}  # without trainees and locums, which are published, too
    assert place.tables["lots"] == ["NORTH PCN", "SOUTH PCN"]
    assert place.tables["title"] == "Nowhere"
    assert place.account.read[0].date == "2026-07"
    back = load_place(place.write(tmp_path))
    assert back.registered == 6 * PEOPLE
    assert back.baseline.id == "2015_16"


def test_older_people_take_more_beds():
    # the old are admitted ten times as often as the young, for 9 nights in place of 4, half of them overnight, and
    # one in ten has a planned stay of 5 nights: 0.1 × 0.5 × 4 = 0.2 nights a year, 1.0 × 0.5 × 9 + 0.1 × 5 = 5
    young, old = [0.2] * 4, [5.0] * 3
    care = Some(
        emergency_rate=[0.1] * 4 + [1.0] * 3, zero_day_share=[0.5] * 7, overnight_stay=[4.0] * 4 + [9.0] * 3,
        inpatient_rate=[0.0] * 4 + [0.1] * 3, inpatient_stay=[2.0] * 4 + [5.0] * 3,
    )  # fmt: skip
    england = [20.0, 20.0, 20.0, 20.0, 10.0, 5.0, 5.0]
    mean = (80 * young[0] + 20 * old[0]) / 100
    counts = np.zeros((2, 14))
    counts[0, [0, 7]] = 30.0, 70.0  # children only
    counts[1, [3, 13]] = 60.0, 40.0
    found = in_beds(counts, Some(hospital=care, people=Some(england_by_age=england)))
    assert found == pytest.approx([100 * 0.2 / mean, (60 * 0.2 + 40 * 5.0) / mean])


def test_a_place_has_englands_beds_for_people_of_its_ages(file):
    place = made(write(file, workforce()))
    used = in_beds(place.practices[PEOPLE_COLUMNS].to_numpy(dtype=float), load_baseline("2015_16").parameters).sum()
    beds = sum(one["acute_beds"] for one in place.tables["hospitals"])
    assert beds == pytest.approx(1.46 * used / 1000.0, abs=0.1)
    assert "by age" in figures(place, "beds")[0].how


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(file, encoding, end):
    rows = workforce(PRAC_NAME={0: "SAINT ÉLODIE’S"})
    assert made(write(file, rows, encoding, end, quoted=True)).practices.name[0] == "SAINT ÉLODIE’S"


def test_zip_with_other_tables_and_the_published_name(tmp_path):
    path = tmp_path / "GPWPracticeCSV.072026.zip"
    detailed, note = write(tmp_path / NAME, workforce()), write(tmp_path / "note.csv", [["about"], ["this file"]])
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(note, "note.csv")
        archive.write(detailed, NAME)
    assert made(path).practices.shape[0] == 6


def test_thousands_blanks_and_small_letters(file):
    rows = workforce(TOTAL_PATIENTS={0: f"{PEOPLE:,}"}, PRAC_CODE={0: " x98001 "}, TOTAL_GP_EXTGL_FTE={0: " 2 "})
    rows[0] = [name.lower() for name in rows[0]]
    place = made(write(file, rows))
    assert place.practices.code[0] == "X98001"
    assert place.account.totals[0].difference == 0.0


@pytest.mark.parametrize("mark", ["NA", "", "0", "ND", "*", "EST", "."])
def test_no_gps_is_no_answer(file, mark):
    """A practice that did not respond has 0, NA or a mark; its GPs are those of the others per head: 2 each."""
    place = made(write(file, workforce(TOTAL_GP_EXTGL_FTE={2: mark})))
    assert place.practices.gp_fte[2] == 2.0
    assert [one.practices for one in figures(place, "gp_fte")] == [1]


def test_no_nurses_is_an_answer_where_they_are_fully_provided(file):
    place = made(
        write(file, workforce(TOTAL_NURSES_FTE={0: 0, 1: "NA"}, NURSE_SOURCE={1: "Fully estimated - no data provided"}))
    )
    assert place.practices.nurse_fte[0] == 0.0
    assert place.practices.nurse_fte[1] == pytest.approx(4.0 / 5.0)  # four of five practices that answered have one


def test_nobody_responded(file):
    place = made(write(file, workforce(TOTAL_GP_EXTGL_FTE=dict.fromkeys(range(6), "NA"))))
    assert place.practices.gp_fte[0] == pytest.approx(0.60 * PEOPLE / 1000.0, abs=0.005)  # England's 0.60 per 1,000


def test_implausible_gps_are_filled_in(file):
    place = made(write(file, workforce(TOTAL_GP_EXTGL_FTE={0: 200})))
    assert place.practices.gp_fte[0] == 2.0
    assert "GPs per 1,000 people" in reasons(place)["X98001: gp_fte"]


def test_suppressed_ages_are_the_rest_of_the_list(file):
    place = made(write(file, workforce(MALE_PATIENTS_85PLUS={0: "*"})))
    assert place.practices.m_85[0] == MEN[-1]
    assert [one.practices for one in figures(place, "people of suppressed ages")] == [1]


def test_tiny_and_empty_practices_are_left_out(file):
    ages = {name: {0: 1, 1: 0} for name in AGES}
    place = made(write(file, workforce(TOTAL_PATIENTS={0: 14, 1: 0}, **ages)))
    assert reasons(place) == {"X98001": "fewer than 500 people", "X98002": "no registered people in any file"}
    assert len(place.practices) == 4


def test_codes_that_occur_twice_and_codes_of_no_practice(file):
    rows = workforce(PRAC_CODE={1: "X98001", 2: "UNALLOCATED"})
    place = made(write(file, rows))
    assert len(place.practices) == 4
    assert reasons(place)["X98001"] == "row 3: the code occurs twice; the first counts"


def test_latest_month_counts(file):
    rows = workforce()
    rows[0] += ["year", "month"]
    both = [rows[0], *([*row, "2026", "07"] for row in rows[1:]), *([*row, "2026", "june"] for row in rows[1:])]
    place = made(write(file, both))
    assert place.account.read[0].date == "2026-07"
    assert place.account.dropped[0].why == "of earlier months than 2026-07"
    assert len(place.practices) == 6


def test_old_names_of_columns(file):
    """2014: totals by other names, no networks, no boards."""
    rows = workforce()
    old = {"TOTAL_NURSES_FTE": "TOTAL_NURSE_FTE", "TOTAL_DPC_FTE": "DIRECT_PATIENT_CARE_FTE",
           "TOTAL_ADMIN_FTE": "ADMIN_FTE",
           "TOTAL_GP_EXTGL_FTE": "TOTAL_GP_EXRR_FTE", "TOTAL_GP_EXTG_FTE": "X", "SUB_ICB_CODE": "CCG_CODE",
           "SUB_ICB_NAME": "CCG_NAME", "ICB_CODE": "A", "ICB_NAME": "B", "PCN_CODE": "C", "PCN_NAME": "D"}  # fmt: skip
    old |= {name: name.replace("_PATIENTS", "").replace("TO", "to").replace("PLUS", "plus") for name in AGES}
    rows[0] = [old.get(name, name) for name in rows[0]]
    place = made(write(file, rows), icb="99x")
    assert place.account.read[0].era == "before September 2015"
    assert np.array_equal(place.practices.filter(regex="^[mf]_").to_numpy()[0], [*MEN, *WOMEN])
    assert place.practices.admin_fte[0] == 4.0


@pytest.mark.parametrize(
    "asked", ["QXX", "qxx", "Nowhere", "NHS Nowhere ICB", "NHS NOWHERE INTEGRATED CARE BOARD", "99X"]
)
def test_boards_by_code_or_name(file, asked):
    rows = workforce()
    rows += workforce(
        4,
        ("QYY", "NHS Elsewhere ICB"),
        PRAC_CODE={k: f"Y9700{k}" for k in range(4)},
        SUB_ICB_CODE=dict.fromkeys(range(4), "98X"),
    )[1:]
    assert len(made(write(file, rows), icb=asked).practices) == 6


def test_networks_and_codes(file):
    write(file, workforce())
    assert len(made(file, pcn=["North PCN"]).practices) == 3
    assert len(made(file, pcn=["u90001", "U90002"]).practices) == 6
    place = made(file, codes=["x98001", "X98002", "X99999"])
    assert list(place.practices.code) == ["X98001", "X98002"]
    assert reasons(place)["X99999"] == "asked for, but in no file"


@pytest.mark.parametrize(
    ("changes", "wanted", "said"),
    [
        ({}, {"icb": "QXY"}, "--icb: unknown icb 'QXY'; known: 99X, Nowhere, Nowhere ICB - 99X, QXX"),
        ({}, {"icb": "Nowere"}, "did you mean 'Nowhere'?"),
        ({}, {"pcn": ["NORH PCN"]}, "did you mean 'NORTH PCN'?"),
        ({}, {"codes": ["X98009"]}, "--practices: unknown practice 'X98009'; did you mean"),
        ({"ICB_CODE": {0: "QYY"}}, {}, "practices of 2 boards (QXX, QYY, …); choose one: --icb QXX"),
        ({"MALE_PATIENTS_0TO4": {1: "twelve"}}, {}, "row 3: male_patients_0to4: expected a number, got 'twelve'"),
        ({"TOTAL_PATIENTS": NONE, **dict.fromkeys(AGES, NONE)}, {}, "no practice is left of 6"),
    ],
)  # fmt: skip
def test_refused_in_a_sentence(file, changes, wanted, said):
    with pytest.raises(InputError) as error:
        made(write(file, workforce(**changes)), **wanted)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["alpha", "beta"], ["1", "2"]], "no layout that a place is made from; its columns begin with alpha, beta"),
        ([[name for name in workforce()[0] if name != AGES[-1]], ["1"] * 34], "has no column 'female_patients_85plus'"),
        ([workforce()[0]], "no rows under the names of columns"),
        ([workforce()[0], ["X98001", "SHORT"]], "row 2: expected 35 cells, got 2"),
        ([[*workforce()[0], "PRAC_CODE"], ["X"] * 36], "column 'prac_code' occurs twice"),
        ([], "empty; expected a table"),
    ],
)  # fmt: skip
def test_files_that_are_no_such_table(file, rows, said):
    with pytest.raises(InputError) as error:
        made(write(file, rows))
    assert str(error.value).startswith(NAME)
    assert said in str(error.value)
