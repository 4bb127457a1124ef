"""One reader of CSV and one of TOML: what they forgive, what they refuse, and that a refusal names the file."""

from pathlib import Path

import pytest
from fundingflows import scenarios
from fundingflows.experiments.sweeps import fitted
from fundingflows.model.errors import InputError, nearest
from fundingflows.model.place.place import PEOPLE_COLUMNS
from fundingflows.model.reading import parsed, toml
from fundingflows.scenarios import load_baseline, load_funding, load_place, scenario

PLACES = Path(scenarios.FOLDER) / "places"
TABLE = (PLACES / "anytown_practices.csv").read_text(encoding="utf-8")
PLACE = (PLACES / "anytown.toml").read_text(encoding="utf-8")
HEAD = 'title = "t"\nquestion = "q"\nsource = "s"\n'
COUNCIL = '[[councils]]\nid = "{0}"\nname = "{0}"\nlatitude = 51.0\nlongitude = -2.8\ncare_home_places = 50\n'
COUNCIL += 'status = "assumed"\nsource = "test"\n'


def place(folder: Path, table: str | bytes = TABLE, text: str = PLACE):
    raw = table if isinstance(table, bytes) else table.encode()
    (folder / "anytown_practices.csv").write_bytes(raw)
    (folder / "anytown.toml").write_text(text, encoding="utf-8")
    return load_place(folder / "anytown.toml")


def cells(line: int, **new: str) -> str:
    """The table with other cells in a line, counted from 1."""
    header, *rows = [row.split(",") for row in TABLE.splitlines()]
    for name, value in new.items():
        rows[line - 1][header.index(name)] = value
    return "\n".join(",".join(row) for row in (header, *rows)) + "\n"


SHIPPED = load_place("anytown").digest


@pytest.mark.parametrize(
    "table",
    [
        "\ufeff" + TABLE, TABLE.encode("utf-16"), TABLE.replace("\n", "\r\n"), TABLE + "\n,,,\n\n",
        TABLE.replace(",", " , "), TABLE.replace("code,", "CODE ,", 1), cells(1, imd2='"1,079"'), TABLE.rstrip("\n"),
        "\n".join(f"{row},," for row in TABLE.splitlines()),
    ],
    ids=["mark", "utf-16", "windows", "empty rows", "blanks", "header", "thousands", "no last newline", "empty cells"],
)  # fmt: skip
def test_spreadsheets_habits_change_nothing(tmp_path, table):
    assert place(tmp_path, table).digest == SHIPPED


def test_a_western_encoding_is_read(tmp_path):
    assert place(tmp_path, TABLE.replace("Anytown 1,", "Café,").encode("cp1252")).practices["name"].iloc[0] == "Café"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (cells(1, latitude="411"), "X99001: latitude: expected at most 90, got 411"),
        (cells(1, rural="9"), "X99001: rural: expected at most 1"),
        (cells(1, rural="0.5"), "X99001: rural: expected a whole number"),
        (cells(2, m_0_4="182.7"), "X99002: m_0_4: expected a whole number, got 182.7"),
        (cells(2, m_0_4="*"), r"X99002: m_0_4: expected a number, got '\*', a mark for a missing or suppressed value"),
        (cells(2, f_85="NA"), "f_85: expected a number, got 'NA', a mark"),
        (cells(2, gp_fte=""), "X99002: gp_fte: expected a number, got nothing"),
        (cells(2, gp_fte="1e309"), "gp_fte: expected a number"),
        (cells(2, gp_fte="1_0"), "gp_fte: expected a number, got '1_0'"),
        (cells(2, continuity="1.2"), "continuity: expected at most 1"),
        (cells(2, m_0_4="1,07"), "row 3: expected 33 cells, got 34"),
        (cells(2, m_0_4='"1,07"'), "m_0_4: expected a number, got '1,07'"),
        (cells(2, code="x99001"), "code 'x99001' and 'X99001' differ only by case"),
        (cells(2, code=" X99001 "), "code 'X99001' occurs twice"),
        (cells(2, code=""), "row 3: code: expected text, got nothing"),
        (cells(2, code="Anytown_General"), "is the name of a practice|a practice and of a hospital"),
        (cells(2, code="Treasury"), "'treasury' is the name of an account of the model and of a practice"),
        (TABLE.replace("town,", "code,", 1), "column 'code' occurs twice"),
        (TABLE.splitlines()[0], "no practices"), ("", "empty"), ("\n\n", "empty"),
        ('"' + TABLE, "not a table"), (b"PK\x03\x04\x00\x00", "not a table|row|missing column|expected text in UTF-8"),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_with_file_row_and_column(tmp_path, table, said):
    with pytest.raises(InputError, match=said) as caught:
        place(tmp_path, table)
    assert str(caught.value).startswith(("anytown_practices.csv: ", "anytown.toml: "))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PLACE.replace("need_factor = 1.0", "need_factor = 1e308"), "need_factor: expected a number of at most"),
        (PLACE.replace("need_factor = 1.0", "need_factor = 1e9"), "need_factor"),
        (PLACE.replace('id = "anytown_commissioner"', 'id = "anytown_general"'), "a hospital and of a commissioner"),
        (PLACE + "starts = 0001-01-01\n", "anytown.toml"),
        ("starts = 9999-01-01\n" + PLACE, "starts: expected a year from 1900 to 2200, got 9999"),
        ("x = " + "9" * 5000 + "\n" + PLACE, "a number or date cannot be read"),
        ("x = " + "[" * 3000 + "]" * 3000 + "\n" + PLACE, "nested"),
        (PLACE.replace('"anytown_practices.csv"', '"' + "x" * 5000 + '"'), "no such file"),
    ],
)  # fmt: skip
def test_a_bad_place_is_refused_in_one_sentence(tmp_path, text, said):
    with pytest.raises(InputError, match=said) as caught:
        place(tmp_path, TABLE, text)
    assert "\n" not in str(caught.value)


def again(which: str, old: str, new: str) -> str:
    """Anytown's file with its first hospital or council a second time, some of it other."""
    one = PLACE[PLACE.index(f"[[{which}]]") :]
    one = one[: one.index("\n[[", 2)] if "\n[[" in one[2:] else one
    return PLACE + "\n" + one.replace(old, new)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (again("hospitals", "x", "x"), "hospital|occurs twice"),
        (again("councils", "x", "x"), "council|occurs twice"),
        (again("commissioners", "x", "x"), "commissioner|occurs twice"),
        (again("hospitals", "anytown_general", "Anytown_General"), "is the name of a hospital and of a hospital"),
        (again("hospitals", "anytown_general", "treasury"), "'treasury' is the name of an account"),
        (again("hospitals", "anytown_general", "X99003"), "a practice and of a hospital"),
        (PLACE.replace('"anytown_commissioner"', '"nhs_england"'), "'nhs_england' is the name of an account"),
        (PLACE.replace('"anytown_commissioner"', '"X99004"'), "a practice and of a commissioner"),
    ],
)
def test_two_organisations_never_share_a_name_or_an_account(tmp_path, text, said):
    with pytest.raises(InputError, match=said) as caught:
        place(tmp_path, TABLE, text)
    assert str(caught.value).startswith("anytown")


def two_councils(column: str) -> tuple[str, str]:
    """Anytown with two councils, and the column that divides its practices between them."""
    rows = TABLE.splitlines()
    who = ["council", *(["anytown_council"] * 3), *(["other"] * 3)] if column == "both" else ["council", *[column] * 6]
    return PLACE + COUNCIL.format("other"), "\n".join(f"{row},{w}" for row, w in zip(rows, who, strict=True)) + "\n"


def test_a_second_council_has_practices_of_its_own(tmp_path):
    text, table = two_councils("both")
    assert place(tmp_path, table, text).council.tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("column", "said"),
    [("anytown_council", "council: no practice belongs to 'other'"), ("othr", "unknown council 'othr'; did you mean"),
     ("", "council: expected text, got nothing")],
)  # fmt: skip
def test_a_council_that_is_nobodys_is_not_paid_in_silence(tmp_path, column, said):
    text, table = two_councils(column)
    with pytest.raises(InputError, match=said):
        place(tmp_path, table, text)
    with pytest.raises(InputError, match="missing column 'council'"):
        place(tmp_path, TABLE, text)


@pytest.mark.parametrize(
    ("who", "said"),
    [(["anytown_commissioner"] * 3 + ["other"] * 3, None), (["other"] * 6, "no practice belongs to 'anytown_commis"),
     (["othr"] * 6, "unknown commissioner 'othr'; did you mean 'other'"), ([""] * 6, "expected text, got nothing"),
     (None, "missing column 'commissioner'")],
)  # fmt: skip
def test_a_second_commissioner_has_practices_of_its_own(tmp_path, who, said):
    text = PLACE + '\n[[commissioners]]\nid = "other"\nname = "other"\nlatitude = 51.0\nlongitude = -2.8\n'
    table = TABLE
    if who is not None:
        table = "\n".join(f"{r},{w}" for r, w in zip(TABLE.splitlines(), ["commissioner", *who], strict=True)) + "\n"
    if said is None:
        assert place(tmp_path, table, text).commissioner.tolist() == [0, 0, 0, 1, 1, 1]
        return
    with pytest.raises(InputError, match=said):
        place(tmp_path, table, text)


def test_a_byte_order_mark_begins_no_key(tmp_path):
    (tmp_path / "mine.toml").write_text(HEAD + 'extends = "status_quo"\n', encoding="utf-8-sig")
    assert load_funding(tmp_path / "mine.toml").title == "t"
    assert parsed("\ufeffa = 1", "x") == {"a": 1}


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a = '\xe9'", b"x" * 2_100_000])
def test_what_is_no_text_is_refused(tmp_path, raw):
    (tmp_path / "mine.toml").write_bytes(raw)
    with pytest.raises(InputError, match=r"mine\.toml: "):
        toml(tmp_path / "mine.toml")


def test_a_long_chain_and_a_large_contract_are_refused(tmp_path):
    for k in range(30):
        (tmp_path / f"f{k}.toml").write_text(HEAD + f'extends = "f{k + 1}.toml"\n')
    with pytest.raises(InputError, match="more than 20 files extend one another"):
        load_funding(tmp_path / "f0.toml")
    terms = "".join(f'[[contracts.practice]]\nterm = "block"\nname = "b{k}"\n' for k in range(20_000))
    (tmp_path / "many.toml").write_text(HEAD + 'extends = "status_quo"\n' + terms)
    with pytest.raises(InputError, match=r"many\.toml: contracts\.practice: expected at most 200 terms, got 20,000"):
        load_funding(tmp_path / "many.toml")


def test_the_file_that_asked_is_named(tmp_path):
    (tmp_path / "mine.toml").write_text(HEAD + 'extends = "statusquo_"\n')
    with pytest.raises(InputError, match=r"mine\.toml: extends: unknown funding file 'statusquo_'; did you mean"):
        load_funding(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    ("name", "choices", "suggested"),
    [("advice_requests", ["requests", "urgent"], ""), ("weigths", ["weights"], "weights"), ("xyz", ["abc"], ""),
     ("practise", ["practice", "hospital"], "practice"), ("emergencies", ["electives", "ae"], ""),
     ("gp_consultation", ["gp_consultations", "other_consultations"], "gp_consultations")],
)  # fmt: skip
def test_a_name_is_suggested_only_when_it_is_close(name, choices, suggested):
    said = nearest(name, choices)
    assert (f"did you mean '{suggested}'" in said) if suggested else said.startswith("; known:")


def test_a_pool_cannot_have_the_name_of_a_commissioner(tmp_path):
    (tmp_path / "mine.toml").write_text(HEAD + 'extends = "prime_provider"\n[[pools]]\nname = "anytown_commissioner"\n')
    with pytest.raises(InputError, match="is an account of anytown"):
        scenario("anytown", tmp_path / "mine.toml")


def test_a_shipped_table_has_whole_people():
    assert load_place("somerset").practices[PEOPLE_COLUMNS].dtypes.astype(str).eq("int64").all()


@pytest.mark.parametrize(
    ("text", "said"),
    [("behaviour.altruism\n*\n", "expected a number, got '\\*'"), ("behaviour.altruism\n1e999\n", "expected a number"),
     ("behaviour.altruisn\n0.1\n", "unknown column 'behaviour.altruisn'; did you mean 'behaviour.altruism'"),
     ("behaviour.altruism,behaviour.altruism\n1,2\n", "occurs twice"), ("", "empty"),
     ("behaviour.altruism\n", "no sets")],
)  # fmt: skip
def test_a_fitted_sample_is_read_as_other_tables_are(tmp_path, text, said):
    (tmp_path / "fitted-9.csv").write_text("\ufeff" + text, encoding="utf-8")
    with pytest.raises(InputError, match=f"fitted-9.csv: .*{said}"):
        fitted.sample(load_baseline("2015_16"), tmp_path / "fitted-9.csv")


def test_a_fitted_sample_of_a_spreadsheet_is_read(tmp_path):
    (tmp_path / "fitted-9.csv").write_bytes(
        "\ufeffBehaviour.Altruism , behaviour.horizon_years\r\n0.1,3\r\n\r\n".encode()
    )
    found = fitted.sample(load_baseline("2015_16"), tmp_path / "fitted-9.csv")
    assert found.to_dict("list") == {"behaviour.altruism": [0.1], "behaviour.horizon_years": [3.0]}
