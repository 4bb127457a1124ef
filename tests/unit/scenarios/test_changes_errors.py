"""Changes and pools that cannot be used: one sentence that names file, change, key and the nearest valid choice."""

from __future__ import annotations

import pytest
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_funding, scenario

HEAD = 'title = "t"\nquestion = "q"\nsource = "s"\nextends = "status_quo"\n'
PRACTICES = 'who = { kind = "practice" }\n'
WHEN = "[[changes]]\nwhen = 2016-04-01\n"


def complaint(folder, text: str) -> str:
    (folder / "mine.toml").write_text(HEAD + text)
    with pytest.raises(InputError) as caught:
        scenario("anytown", folder / "mine.toml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[[changes]]\n" + PRACTICES, ["missing key 'changes[1].when'"]),
        (WHEN.replace("2016-04-01", '"soon"') + PRACTICES, ["changes[1].when"]),
        (WHEN + "unitl = 2017-04-01\n", ["unknown key 'changes[1].unitl'; did you mean 'until'"]),
        (WHEN + 'who = { kind = "practice", lots = "east" }\n', ["changes[1].who.lots", "did you mean 'lot'"]),
        (WHEN + 'who = { kind = "practise" }\n', ["changes[1].who.kind", "did you mean 'practice'"]),
        (WHEN + 'who = { kind = "practice", share = 1.5 }\n', ["changes[1].who.share", "got 1.5"]),
        (WHEN + PRACTICES, ["changes[1]: changes nothing"]),
        (WHEN + 'drop_terms = ["qof"]\n', ["changes[1]: missing key 'who'"]),
        (WHEN + PRACTICES + 'drop_terms = ["qoff"]\n', ["drop_terms: unknown term 'qoff'; did you mean 'qof'"]),
        (
            WHEN + PRACTICES + 'add_terms = [ { term = "block", name = "qof" } ]\n',
            ["add_terms: the contract has a term named 'qof'"],
        ),
        (
            WHEN + PRACTICES + 'add_terms = [ { term = "tariff", prices = { day_cases = 1.0 } } ]\n',
            ["changes[1].add_terms[1] (tariff): prices: unknown activity 'day_cases'"],
        ),
        (
            WHEN + PRACTICES + 'contract = [ { term = "block", payer = "pot" } ]\n',
            ["changes[1].contract[1] (block): payer: unknown payer 'pot'"],
        ),
        (WHEN + PRACTICES + "contract = []\n", ["changes[1].contract: expected at least one term"]),
        (
            WHEN + PRACTICES + 'contract = [ { term = "readmission" } ]\n',
            ["readmission is for hospital contracts, not practice"],
        ),
        (WHEN + "until = 2015-04-01\n" + PRACTICES + 'drop_terms = ["qof"]\n', ["until: expected a day after when"]),
        (
            WHEN + 'set = { "social_care.council_budgt" = 1.0 }\n',
            ["unknown path 'social_care.council_budgt'; did you mean 'social_care.council_budget'"],
        ),
        (WHEN + 'set = { "social_care.council_budget" = { times = 2.0 } }\n', ["unknown change 'times'", "multiply"]),
        (WHEN + 'set = { "social_care.council_budget" = {} }\n', ["social_care.council_budget", "got nothing"]),
        (WHEN + 'set = { "social_care.council_budget" = ["a"] }\n', ["changes[1].set.social_care.council_budget"]),
        (
            WHEN + 'set = { "social_care.council_budget" = [1, 2], "hospital.acsc_share" = [0.2] }\n',
            ["lists have a number"],
        ),
        (WHEN + PRACTICES + 'set = { "hospital.acsc_share" = 0.2 }\n', ["holds for the whole place"]),
        (WHEN + 'set = { "hospital.acsc_share" = { multiply = 9.0 } }\n', ["changes[1]: set: hospital.acsc_share"]),
        (WHEN + 'set = { "contracts.practice.qof" = 1.0 }\n', ["expected contracts.KIND.TERM.FIELD"]),
        (WHEN + 'set = { "contracts.practice.qof.per_hed" = 1.0 }\n', ["did you mean 'per_head'"]),
        (WHEN + 'set = { "contracts.practice.qof.per_head" = "x" }\n', ["expected a number"]),
        (
            WHEN + 'set = { "contracts.hospital.electives.prices.day_case" = 1.0 }\n',
            ["unknown activity 'day_case'; did you mean 'day_cases'"],
        ),
        (
            WHEN + PRACTICES + 'set = { "contracts.hospital.electives.scale" = 1.0 }\n',
            ["the change is for practice, not hospital"],
        ),
        (WHEN + 'set = { "capacity.hospital.bed" = 1.1 }\n', ["did you mean 'capacity.hospital.beds'"]),
        (
            WHEN + 'who = { kind = "practice", lot = "north" }\narm = "a"\n',
            ["mine.toml: changes[1]: who: unknown lot 'north'"],
        ),
        (WHEN + 'who = { kind = "practice", ids = ["X99009"] }\narm = "a"\n', ["unknown practice 'X99009'"]),
        (WHEN + 'who = { kind = "hospital", share = 0.1 }\narm = "a"\n', ["nobody in anytown is meant"]),
        (
            WHEN.replace("2016", "2014") + 'set = { "money.qaly_value" = 1.0 }\n',
            ["2014-04-01 is before the run, which starts on 2015-04-01"],
        ),
        (WHEN + 'announced = 2016-05-01\nwho = { kind = "practice" }\ndrop_terms = ["qof"]\n', ["announced"]),
        ('[[pools]]\nname = "council"\n', ["pools[1] (council): name: 'council' is taken"]),
        ('[[pools]]\nname = "pot"\nholder = "alliance"\n', ["members: an alliance"]),
        ('[[pools]]\nname = "pot"\nholder = "alliance"\nmembers = { practice = 0.5 }\n', ["add to 1, got 0.5"]),
        ('[[pools]]\nname = "pot"\nmargin = 0.1\n', ["margin and lead belong to holder"]),
        ('[[pools]]\nname = "pot"\nholder = "lead"\nlead = "anytwn_general"\n', ["did you mean 'anytown_general'"]),
        ('[[pools]]\nname = "pot"\nmargn = 0.1\n', ["did you mean 'margin'"]),
        ('[[pools]]\nname = "pot"\nbudget_like = "status_qou"\n', ["did you mean 'status_quo'"]),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(tmp_path, text, parts):
    said = complaint(tmp_path, text)
    assert said.startswith("mine")
    for part in parts:
        assert part in said


def test_a_file_that_extends_inherits_changes_and_pools(tmp_path):
    (tmp_path / "mine.toml").write_text(HEAD.replace("status_quo", "somerset_obc") + WHEN + PRACTICES + 'arm = "b"\n')
    mine, base = load_funding(tmp_path / "mine.toml"), load_funding("somerset_obc")
    assert mine.changes[:-1] == base.changes
    assert mine.pools == base.pools


def test_dates_can_be_told_from_a_places_first_day(tmp_path):
    from fundingflows.scenarios import FOLDER

    for name in ("anytown.toml", "anytown_practices.csv"):
        text = (FOLDER / "places" / name).read_text()
        (tmp_path / name).write_text(text.replace('lots = ["east"', 'starts = 2014-04-01\nlots = ["east"'))
    (tmp_path / "mine.toml").write_text(HEAD + WHEN.replace("2016", "2014") + PRACTICES + 'drop_terms = ["qof"]\n')
    assert scenario(tmp_path / "anytown.toml", tmp_path / "mine.toml").place.file.starts.year == 2014


def test_the_hash_of_a_scenario_tells_changes_apart(tmp_path):
    hashes = set()
    for year in (2016, 2017):
        (tmp_path / "mine.toml").write_text(
            HEAD + WHEN.replace("2016", str(year)) + PRACTICES + 'drop_terms = ["qof"]\n'
        )
        hashes.add(scenario("anytown", tmp_path / "mine.toml").hash)
    assert len({*hashes, scenario("anytown", "status_quo").hash}) == 3
