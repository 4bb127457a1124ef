"""Bad input gives one sentence that names the file, the key and the nearest valid choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundingflows import scenarios
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows

PLACES = Path(scenarios.FOLDER) / "places"
HEAD = 'title = "t"\nquestion = "q"\nsource = "s"\n'


def funding(folder: Path, text: str, head: str = HEAD):
    (folder / "mine.toml").write_text(head + text)
    return scenarios.load_funding(folder / "mine.toml")


def term(**fields: str) -> str:
    return "[[contracts.practice]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items())


def says(caught: pytest.ExceptionInfo, *parts: str) -> None:
    text = str(caught.value)
    assert "\n" not in text
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            term(term='"capitation"', weigths='"flat"'),
            ["contracts.practice[1]", "unknown key 'weigths'", "mean 'weights'"],
        ),
        (term(term='"capitation"', weights='"age_sxe"'), ["weights", "'age_sxe'", "did you mean 'age_sex'"]),
        (term(term='"capitation"', rate='"much"'), ["contracts.practice[1]", "rate", "'much'"]),
        (term(term='"capitation"', rate='"72"'), ["rate", "'72'"]),
        (term(term='"capitation"', rate="true"), ["rate", "True"]),
        (term(term='"capitation"', rate="-1"), ["rate: expected a number of at least 0, got -1"]),
        (term(term='"capitation"', rate="inf"), ["rate: expected a finite number"]),
        (term(term='"capitaton"'), ["unknown term 'capitaton'; did you mean 'capitation'"]),
        (term(rate="1"), ["missing key 'term'", "capitation"]),
        (
            term(term='"tariff"', prices="{ gp_consultation = 1 }"),
            ["prices", "did you mean 'gp_consultations'"],
        ),
        (
            term(term='"tariff"', prices="{ gp_consultations = -1 }"),
            ["prices.gp_consultations", "at least £0, got -1"],
        ),
        (term(term='"tariff"', prices="{ day_cases = 1 }"), ["unknown activity 'day_cases'"]),
        (term(term='"tariff"', cap="-0.5"), ["cap: expected a number of at least 0"]),
        (term(term='"outcome"', indicator='"contrl"'), ["indicator", "did you mean 'control'"]),
        (
            term(term='"outcome"', indicator='"control"', payer='"counsil"'),
            ["payer", "did you mean 'council'"],
        ),
        (
            term(term='"outcome"', indicator='"control"', start="1.0"),
            ["target: expected a value other than start"],
        ),
        (term(term='"block"') + term(term='"block"'), ["contracts.practice", "two terms are named 'block'"]),
        (
            term(term='"capitation"', rate='{ neutral_with = "status_quo", shar = 0.5 }'),
            ["'shar'", "did you mean 'share'"],
        ),
        (
            term(term='"capitation"', rate='{ neutral_with = "status_quo", share = 2 }'),
            ["rate.share", "at most 1, got 2"],
        ),
        ('[[contracts.practise]]\nterm = "block"', ["kind of provider 'practise'; did you mean 'practice'"]),
        ("", ["no contract for practice"]),
        ("x = [", ["not valid TOML"]),
    ],
)
def test_a_bad_funding_file(tmp_path, text, parts):
    with pytest.raises(InputError) as caught:
        funding(tmp_path, text)
    says(caught, "mine.toml", *parts)


@pytest.mark.parametrize(("key", "typo"), [("title", "titel"), ("contracts", "contract")])
def test_a_misspelt_required_key_is_named(tmp_path, key, typo):
    (tmp_path / "mine.toml").write_text((HEAD + "[contracts]\n").replace(key, typo))
    with pytest.raises(InputError) as caught:
        scenarios.load_funding(tmp_path / "mine.toml")
    says(caught, "mine.toml", f"unknown key '{typo}'; did you mean '{key}'")


def test_an_unknown_key_at_the_top_of_a_funding_file(tmp_path):
    with pytest.raises(InputError) as caught:
        funding(tmp_path, "[contracts]\n", HEAD + 'sourse = "s"\n')
    says(caught, "mine.toml", "unknown key 'sourse'; did you mean 'source'")


WRONG = {
    "text for true": term(term='"block"', discretionary='"yes"'),
    "not a number": term(term='"outcome"', indicator='"control"', start="nan"),
    "a list as term": term(term='["block"]'),
    "a number for a file": term(term='"capitation"', rate="{ neutral_with = 3 }"),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_value_of_the_wrong_type_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        funding(tmp_path, text)


def test_an_unknown_yardstick_of_a_neutral_price(tmp_path):
    text = term(term='"capitation"', rate='{ neutral_with = "status_qou" }')
    mine = funding(tmp_path, text, HEAD + 'extends = "status_quo"\n')
    with pytest.raises(InputError) as caught:
        FundingFlows("anytown", mine)
    says(caught, "contracts.practice", "neutral_with", "did you mean 'status_quo'")


@pytest.mark.parametrize(
    ("load", "name", "parts"),
    [
        (scenarios.load_funding, "capitatd", ["unknown funding file 'capitatd'; did you mean 'capitated'"]),
        (
            scenarios.load_funding,
            "nowhere/capitatd.toml",
            ["nowhere/capitatd.toml: no such file; did you mean 'capitated'"],
        ),
        (scenarios.load_place, "somersett", ["unknown place 'somersett'; did you mean 'somerset'"]),
        (
            scenarios.load_place,
            "nowhere/anytwn.toml",
            ["nowhere/anytwn.toml: no such file; did you mean 'anytown'"],
        ),
    ],
)
def test_a_missing_file(load, name, parts):
    with pytest.raises(InputError) as caught:
        load(name)
    says(caught, *parts)


# places --------------------------------------------------------------------------------------------


def place(folder: Path, file: str, old: str, new: str):
    for name in ("anytown.toml", "anytown_practices.csv"):
        text = (PLACES / name).read_text()
        if name == file:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return scenarios.load_place(folder / "anytown.toml")


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("acute_beds = 33 ", "acute_beds = 0 ", ["hospitals[1].acute_beds", "greater than 0, got 0"]),
        ("acute_beds = 33 ", 'acute_beds = "many" ', ["hospitals[1].acute_beds", "'many'"]),
        ("town = ", "twon = ", ["unknown key 'hospitals[1].twon'", "did you mean 'town'"]),
        ("latitude = 51.004", "latitude = 151.0", ["hospitals[1].latitude", "got 151"]),
        ("need_factor = 1.0", "", ["missing key 'need_factor'"]),
        (
            "need_factor = 1.0",
            "need_factor = 1.0\nned_factor = 2.0",
            ["unknown key 'ned_factor'; did you mean 'need_factor'"],
        ),
        ("share = 1.0", "share = 0.5", ["hospitals.share", "add to 1, got 0.5"]),
        ('lots = ["east"', 'lots = ["east', ["not valid TOML"]),
    ],
)
def test_a_bad_place_file(tmp_path, old, new, parts):
    with pytest.raises(InputError) as caught:
        place(tmp_path, "anytown.toml", old, new)
    says(caught, "anytown.toml", *parts)


def test_a_place_whose_table_is_missing(tmp_path):
    with pytest.raises(InputError) as caught:
        place(tmp_path, "anytown.toml", "anytown_practices.csv", "other.csv")
    says(caught, "other.csv: no such file")


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("51.0220,-2.6900", "57.0,-2.69", ["X99004", "no hospital within 120 km", "667 km"]),
        ("X99002", "X99001", ["code 'X99001' occurs twice"]),
        (",nurse_fte,", ",nurse_ftes,", ["missing column 'nurse_fte'", "did you mean 'nurse_ftes'"]),
        (",f_85", ",f_85,x", ["unknown column 'x'"]),
        (
            "Anytown 2,Anytown,east",
            "Anytown 2,Anytown,eats",
            ["X99002", "unknown lot 'eats'; did you mean 'east'"],
        ),
        ("1.27,0.53", "-1,0.53", ["X99004", "gp_fte", "at least 0, got -1"]),
        ("1.27,0.53", "0,0.53", ["X99004", "GPs above 0"]),
        ("1.27,0.53", "many,0.53", ["X99004", "gp_fte", "'many'"]),
    ],
)
def test_a_bad_table_of_practices(tmp_path, old, new, parts):
    with pytest.raises(InputError) as caught:
        place(tmp_path, "anytown_practices.csv", old, new)
    says(caught, "anytown_practices.csv", *parts)


def test_a_practice_needs_a_code(tmp_path):
    with pytest.raises(InputError):
        place(tmp_path, "anytown_practices.csv", "X99002", "")


@pytest.mark.parametrize("beds", ['"33"', "inf"])
def test_beds_are_a_finite_number(tmp_path, beds):
    with pytest.raises(InputError):
        place(tmp_path, "anytown.toml", "acute_beds = 33 ", f"acute_beds = {beds} ")


@pytest.mark.parametrize("sample", [0, -1, 1.5, "half", float("nan")])
def test_a_sample_is_a_share(sample):
    with pytest.raises(InputError, match="sample: expected a share"):
        scenarios.load_place("anytown", sample)


@pytest.mark.parametrize("seed", [-1, 1.5, "one", True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(InputError, match="rng: expected a whole number"):
        FundingFlows("anytown", rng=seed)


@pytest.mark.parametrize(
    ("path", "value", "parts"),
    [
        ("contracts.practice.global_smu.rate", 1, ["unknown term 'global_smu'; did you mean 'global_sum'"]),
        ("contracts.practise.global_sum.rate", 1, ["unknown kind of provider 'practise'"]),
        ("contracts.practice.global_sum.rat", 1, ["unknown field 'rat'; did you mean 'rate'"]),
        ("contracts.practice.global_sum.rate", -1, ["at least 0, got -1"]),
        ("contracts.practice.global_sum.rate", "x", ["expected a finite number, got 'x'"]),
        (
            "contracts.hospital.electives.prices.day_case",
            1,
            ["unknown price 'day_case'; did you mean 'day_cases'"],
        ),
        ("contracts.practice", 1, ["expected contracts.KIND.TERM.FIELD"]),
    ],
)
def test_a_change_of_a_contract_that_cannot_be_made(path, value, parts):
    with pytest.raises(InputError) as caught:
        scenarios.load_funding("status_quo").changed({path: value})
    says(caught, path, *parts)


def test_a_change_of_a_contract_reaches_that_field_only():
    old = scenarios.load_funding("status_quo")
    new = old.changed({"contracts.hospital.electives.prices.day_cases": 1.0})
    assert new.contracts["hospital"].terms[0].prices == {
        **old.contracts["hospital"].terms[0].prices,
        "day_cases": 1.0,
    }
    assert new.contracts["hospital"].terms[1:] == old.contracts["hospital"].terms[1:]
    assert new.contracts["practice"] == old.contracts["practice"]


def test_files_that_extend_each_other_are_refused(tmp_path):
    for mine, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{mine}.toml").write_text(HEAD + f'extends = "{other}.toml"\n')
    with pytest.raises(InputError, match="circle"):
        scenarios.load_funding(tmp_path / "a.toml")


def test_a_file_that_only_extends_pays_as_the_other_does(tmp_path):
    mine = funding(tmp_path, 'extends = "capitated"\n')
    assert mine.contracts == scenarios.load_funding("capitated").contracts


def test_a_programme_without_providers_in_the_model_is_refused_in_a_sentence(tmp_path):
    text = "[[contracts.mental_health]]\nterm = 'block'\nper_head = 1.0\n"
    with pytest.raises(InputError) as caught:
        funding(tmp_path, text, HEAD + 'extends = "status_quo"\n')
    says(caught, "mine.toml: contracts.mental_health", "no providers of mental health", "money.block_mental_health")
    assert "money.block_mental_health" in scenarios.load_baseline("2015_16").parameters


def test_a_kind_without_a_contract_is_not_silently_unpaid(tmp_path):
    with pytest.raises(InputError) as caught:
        funding(tmp_path, term(term='"block"', per_head="1.0"))
    says(caught, "mine.toml", "no contract for hospital", 'extends = "status_quo"')
    with pytest.raises(InputError, match="at least one term"):
        funding(tmp_path, "[contracts]\nsocial_care = []\n", HEAD + 'extends = "status_quo"\n')
