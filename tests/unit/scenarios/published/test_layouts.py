"""Files of every layout and era, invented: what each gives, alone or with others, and the traps of each."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline, load_place
from fundingflows.scenarios.published.choose import Wanted
from fundingflows.scenarios.published.lists import practices
from fundingflows.scenarios.published.make import make
from invented import PEOPLE, tool, workforce, write

FIVES = [*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95+"]


def made(*paths, **wanted):
    return make(paths, Wanted(**wanted), "2015_16")


def reasons(place):
    return {one.what: one.why for one in place.account.dropped}


def quin(tmp_path, header="ORG_TYPE,ORG_CODE", dates="01SEP2017", more=(), name="gp-reg-pat-prac-quin-age.csv"):
    """Two practices with 10 boys and men, and 20 girls and women, in each five years; a network of both."""
    rows = [
        [
            "PUBLICATION",
            "EXTRACT_DATE",
            *header.split(","),
            "ONS_CODE",
            "POSTCODE",
            "SEX",
            "AGE_GROUP_5",
            "NUMBER_OF_PATIENTS",
        ]
    ]
    for kind, code, post in (("GP", "X98001", "ZZ1 1AA"), ("GP", "X98002", "ZZ1 1AB"), ("PCN", "U90001", "")):
        start = ["GP_PRAC_PAT_LIST", dates, kind, code, "", post]
        rows.append([*start, "ALL", "ALL", 600])
        for sex, n in (("MALE", 10), ("FEMALE", 20)):
            rows.append([*start, sex, "ALL", 20 * n])
            rows += [[*start, sex, age, n] for age in FIVES]
    return write(tmp_path / name, [*rows, *more], end="\r\n")


@pytest.mark.parametrize(
    ("header", "dates"),
    [("ORG_TYPE,ORG_CODE", "01SEP2017"), ("TYPE,CODE", "01-Apr-17"), ("ORG_TYPE,CODE", "2026-04-01")],
)
def test_five_year_ages_of_all_eras(tmp_path, header, dates):
    """0-4: one band of five years; 5-14: two; 15-44: six; 45-64: four; 65-74 and 75-84: two; 85+: 85, 90, 95+."""
    place = made(quin(tmp_path, header, dates))
    bands = np.array([1, 2, 6, 4, 2, 2, 3])
    assert np.array_equal(place.practices.filter(regex="^[mf]_").to_numpy(), [[*10 * bands, *20 * bands]] * 2)
    assert reasons(place)["43 rows"].startswith("of PCN")
    assert place.account.read[0].date in ("2017-09", "2017-04", "2026-04")
    assert load_place(place.write(tmp_path)).registered == 1_200


def test_suppressed_and_repeated_rows_and_other_sexes(tmp_path):
    start = ["GP_PRAC_PAT_LIST", "01SEP2017", "GP", "X98001", "", "ZZ1 1AA"]
    path = quin(tmp_path, more=[[*start, "MALE", "0_4", 10], [*start, "INDETERMINATE", "0_4", 3]])
    text = path.read_text().replace("ZZ1 1AB,FEMALE,95+,20", "ZZ1 1AB,FEMALE,95+,*")
    path.write_text(text)
    place = made(path)
    assert place.practices.f_85[1] == 60  # 600 less all others
    assert place.practices.m_0_4[0] == 10
    assert "first in row" in reasons(place)["1 rows"]
    assert next(one for one in place.account.dropped if one.people == 3).what == "people of other or unknown sex"


def test_single_years_in_a_file_for_each_sex(tmp_path):
    head = ["EXTRACT_DATE", "SUB_ICB_LOCATION_CODE", "ORG_CODE", "POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"]
    files = []
    for sex, n in (("FEMALE", 20), ("MALE", 10)):
        rows = [["01JUL2026", "99X", "X98001", "ZZ1 1AA", sex, age, n] for age in (*range(95), "95+", "ALL")]
        files.append(write(tmp_path / f"gp-reg-pat-prac-sing-age-{sex.lower()}.csv", [head, *rows]))
    place = made(*files)
    bands = np.array([5, 10, 30, 20, 10, 10, 11])
    assert np.array_equal(place.practices.filter(regex="^[mf]_").to_numpy()[0], [*10 * bands, *20 * bands])


def whole(tmp_path, sub="SUB_ICB_LOCATION_CODE"):
    rows = [
        ["PUBLICATION", "EXTRACT_DATE", "TYPE", sub, "ONS_X", "CODE", "POSTCODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"]
    ]
    rows += [
        ["GP_PRAC_PAT_LIST", "01JAN2021", "GP", "99X", "E1", f"X9800{k}", "ZZ1 1AA", "ALL", "ALL", n]
        for k, n in ((1, "8,900"), (2, 10_000), (3, 420))
    ]
    return write(tmp_path / "gp-reg-pat-prac-all.csv", rows)


@pytest.mark.parametrize("sub", ["SUB_ICB_LOCATION_CODE", "CCG_CODE"])
def test_lists_without_ages_have_those_of_england(tmp_path, sub):
    place = made(whole(tmp_path, sub), icb="99x")
    people = place.practices.filter(regex="^[mf]_").to_numpy()
    assert list(people.sum(axis=1)) == [8_900, 10_000]
    england = load_baseline("2015_16").parameters.people.england_by_age
    assert people.reshape(2, 2, 7)[1].sum(axis=0) == pytest.approx(100.0 * np.asarray(england), abs=2.0)
    assert reasons(place) == {"X98003": "fewer than 500 people"}
    assert place.practices.gp_fte[1] == pytest.approx(6.0)  # England's 0.60 per 1,000


def test_older_list_sizes(tmp_path):
    ages = ["0-4", "5-14", "15-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
    header = [
        "Month",
        "Regional Office Name",
        "PCO Name",
        "PCO Code",
        "Practice Name",
        "Practice Code",
        *(f"{sex} {age}" for age in ages for sex in ("Male", "Female")),
    ]
    row = ["01/04/11", "NORTH", "NOWHERE CCG", "99X00", "ONE, NOWHERE", "X98001", *(100,) * 18]
    place = made(write(tmp_path / "Patient_List_Size.csv", [header, row]))
    one = place.practices.iloc[0]
    assert [one.m_0_4, one.m_5_14, one.m_15_44, one.f_45_64, one.f_65_74] == [100, 100, 300, 200, 100]
    assert one.m_75_84 + one.m_85 + one.f_75_84 + one.f_85 == 200
    assert place.account.read[0].date == "2011-04"


def test_allocation_tool_of_two_eras(tmp_path):
    new = made(tool(tmp_path))
    assert list(new.practices.latitude) == [52.0, 52.1, 52.2, 52.3]
    assert new.account.totals[0].place == 40_006  # 9,999.6, 10,000.6, … in whole people
    assert sorted(one["name"] for one in new.tables["councils"]) == [
        "Northton"
    ]  # a district is no council with social care
    assert "formula_weight" in new.practices
    assert new.tables["lots"] == ["all practices"]
    old = made(tool(tmp_path, "2022/23"))
    assert old.tables["lots"] == ["ONE PCN"]
    assert [one["name"] for one in old.tables["councils"]] == ["Shire"]
    assert "formula_weight" not in old.practices


def test_positions_by_postcode_and_network(tmp_path):
    """The workforce has no positions: four practices are in the tool, one has a postcode near X98001's, one none."""
    head = [
        "PUBLICATION",
        "EXTRACT_DATE",
        "PRACTICE_CODE",
        "PRACTICE_NAME",
        "PRACTICE_POSTCODE",
        "PCN_CODE",
        "PCN_NAME",
    ]
    mapping = write(
        tmp_path / "map.csv", [head, ["P", "01Jan2022", "X98005", "FIVE", "ZZ0 1ZZ", "U90001", "North PCN"]]
    )
    place = made(write(tmp_path / "w.csv", workforce()), tool(tmp_path), mapping)
    at = place.practices.set_index("code").latitude
    assert at["X98001"] == 52.0
    assert at["X98005"] == 52.0
    assert at["X98006"] == pytest.approx(52.2)  # the middle of its network's X98002 and X98004


def payments(tmp_path, era="2022/23"):
    first = ["NHS England (Region) code", "NHS England (Region) Name", "CCG Code"]
    first += ["Sub ICB NAME", "Code", "CCG NAME"] if era == "2022/23" else ["CCG NAME"]
    head = [
        *first,
        "Practice Code",
        "Practice Name",
        "Practice Postcode",
        "Practice Close Date",
        *(["Practice Rurality"] if era == "2022/23" else []),
        "Number of Registered Patients (Last Known Figure)",
        "Number of Weighted Patients (Last Known Figure)",
        "Global Sum",
        "Appraisal Costs ",
    ]
    rows = []
    for k, (shut, rural, weighted) in enumerate(
        [("-", "Urban", "9,000"), ("", "Rural", 11_000), ("31/12/2022", "Urban", 5)]
    ):
        start = ["Y99", "Z", "99X", *(["NOWHERE", "U7", "SEVEN PCN"] if era == "2022/23" else ["NHS NOWHERE CCG"])]
        rows.append(
            [
                *start,
                f"X9800{k + 1}",
                f"P {k}",
                "ZZ1 1AA",
                shut,
                *([rural] if era == "2022/23" else []),
                "10,000",
                weighted,
                "-1,234.50",
                0,
            ]
        )
    return write(tmp_path / "nhspaymentsgp.csv", [head, *rows], "utf-8-sig" if era == "2022/23" else "cp1252", "\r\n")


@pytest.mark.parametrize("era", ["2015/16", "2022/23"])
def test_payments_of_two_eras(tmp_path, era):
    """Both have England's ages, so their weights are as 9,000 to 11,000, and 1 on average."""
    place = made(payments(tmp_path, era), icb="99X")
    assert list(place.practices.formula_weight) == pytest.approx([0.9, 1.1], abs=1e-3)
    assert reasons(place) == {"X98003": "closed (31/12/2022)"}
    if era == "2022/23":
        assert list(place.practices.rural) == [0, 1]
        assert place.tables["lots"] == ["SEVEN PCN"]


def ods(code, name, post, status, sub, setting):
    return [
        code,
        name,
        "Y99",
        "Q99",
        "A",
        "B",
        "C",
        "D",
        "",
        post,
        "19740401",
        "",
        status,
        "B",
        sub,
        *[""] * 10,
        setting,
        "",
    ]


def test_ods_tells_what_is_closed_and_what_is_no_general_practice(tmp_path):
    rows = [
        ods("X98001", "ONE", "ZZ1 1AA", "C", "99X", "4"),
        ods("X98002", "PRISON, NOWHERE", "ZZ1", "A", "99X", "15"),
        ods("X98009", "OLD", "ZZ1 1AA", "C", "99X", "4"),
    ]
    place = made(write(tmp_path / "w.csv", workforce()), write(tmp_path / "epraccur.csv", rows, quoted=True))
    assert reasons(place) == {
        "X98001": "closed (status C)",
        "X98002": "not a general practice (prescribing setting 15)",
    }
    assert len(place.practices) == 4


def test_quality_framework_gives_lists_to_compare(tmp_path):
    rows = [
        ["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PRACTICE_LIST_SIZE"],
        ["X98001", "AF", 50, PEOPLE + 1],
        ["X98001", "DM", 90, PEOPLE + 1],
    ]
    place = made(write(tmp_path / "w.csv", workforce()), write(tmp_path / "PREVALENCE_2425.csv", rows))
    assert [(one.published, one.source) for one in place.account.totals[:2]] == [
        (6 * PEOPLE, "w.csv"),
        (PEOPLE + 1, "PREVALENCE_2425.csv"),
    ]


def test_lists_of_practices(tmp_path):
    saved = tmp_path / "session.json"
    saved.write_text(
        json.dumps(
            {
                "North": {"gps": ["X98001: ONE: TWO"], "icb": "NHS Nowhere ICB"},
                "South": {"gps": ["X98002: B"], "icb": ""},
                "places": ["North", "South"],
            }
        )
    )
    assert practices(str(saved)) == {"X98001": "North", "X98002": "South"}
    assert practices(str(saved), "South") == {"X98002": "South"}
    (tmp_path / "codes.txt").write_text("my practices\nx98003, X98004\n")
    assert list(practices(str(tmp_path / "codes.txt"))) == ["X98003", "X98004"]
    groups = practices(str(saved))
    place = made(write(tmp_path / "w.csv", workforce()), codes=list(groups), groups=groups)
    assert list(place.practices.lot) == ["North", "South"]


@pytest.mark.parametrize(
    ("name", "text", "group", "said"),
    [
        (
            "s.json",
            '{"North": {"gps": ["X98001"]}}',
            "Nort",
            "--group: s.json: unknown place 'Nort'; did you mean 'North'?",
        ),
        ("s.json", "[", "", "s.json: cannot be read: expected JSON"),
        ("s.json", "[]", "", "s.json: expected places, each with a list 'gps'"),
        ("s.txt", "nobody", "", "s.txt: expected codes of practices, such as A81001; found none"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path, name, text, group, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        practices(str(tmp_path / name), group)
    assert said in str(error.value)


def test_files_that_say_nothing_of_people(tmp_path):
    with pytest.raises(InputError, match=r"epraccur.csv: no file has people by practice; add the workforce file"):
        made(write(tmp_path / "epraccur.csv", [ods("X98001", "ONE", "ZZ1 1AA", "A", "99X", "4")]))
