"""Places drawn from a table of areas: England, and small ones with several councils and commissioners."""

import numpy as np
import pytest
from fundingflows.model.errors import InputError
from fundingflows.model.initial.calibrate import steady_state
from fundingflows.model.people.sample import expand, subsample
from fundingflows.scenarios import FundingFlows, load_place

AREAS = """id,name,region,latitude,longitude,radius_km,registered,rural,over_65,imd1,imd2,imd3,imd4,imd5
north,North,Up,53.0,-2.0,15,2,0.1,0.15,30,25,20,15,10
south,South,Down,52.0,-2.0,25,1,0.5,0.25,10,15,25,25,25
"""
PLACE = """title = "Twin towns"
description = "Two areas, drawn"
vintage = "2015/16"
baseline = "2015_16"
source = "invented for a test"
status = "assumed"
areas = "areas.csv"
need_factor = 1.0
resident_share = 1.0
[synthetic]
people = 24000
practices = 5
hospitals = 3
councils = 3
list_cv = 0.5
gps = 0.6
nurses = 0.27
direct_care = 0.16
administrators = 1.11
continuity_mean = 0.61
continuity_spread = 0.08
style_cv = 0.1
referral_cv = 0.15
acute_beds = 1.88
community_beds = 0.25
margin = -0.03
care_home_places = 45
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    (folder / "areas.csv").write_text(AREAS)
    (folder / "twins.toml").write_text(PLACE)
    return load_place(folder / "twins.toml")


@pytest.fixture(scope="module")
def england():
    return load_place("england")


def test_england_has_everyone_and_every_tier(england):
    assert england.registered == 62_000_000
    assert len(england.practices) == 6200
    assert [len(x) for x in (england.file.hospitals, england.file.councils, england.file.commissioners)] == [
        130,
        150,
        42,
    ]
    assert (np.bincount(england.council, minlength=150) > 0).all()
    assert load_place("england").digest == england.digest


def test_england_is_shaped_as_its_table_says(england):
    lists = england.people.sum(axis=(1, 2))
    assert lists.std() / lists.mean() == pytest.approx(0.6, abs=0.05)
    old = england.people[:, :, 4:].sum(axis=(1, 2))
    by_area = {"cornwall": 0.25, "north_east_london": 0.11}
    for area, share in by_area.items():
        here = (england.practices.commissioner == area).to_numpy()
        assert old[here].sum() / lists[here].sum() == pytest.approx(share, abs=0.015)
        rows = england.council[here]
        assert all(england.file.councils[c].id.startswith(area) for c in rows)
    km = england.distances().min(axis=1)
    london = (england.practices.lot == "London").to_numpy()
    assert np.median(km[london]) < 0.5 * np.median(km[~london])


@pytest.mark.long
def test_several_councils_and_commissioners_pay_for_their_own(twins):
    runs = [FundingFlows(twins, "status_quo", rng=2, threads=threads) for threads in (1, 2)]
    while runs[0].week < 60:
        for model in runs:
            model.step()
        assert runs[0].ledger.total() == 0
    assert runs[0].digest == runs[1].digest
    flows = runs[0].ledger.flows()
    for k, commissioner in enumerate(runs[0].commissioners.names):
        paid = set(flows.loc[flows.payer == commissioner, "payee"]) & set(runs[0].practices.names)
        own = np.array(runs[0].practices.names)[twins.commissioner == k]
        assert paid <= set(own)
    held = runs[0].social_care.held
    assert held.shape == (3, 4)
    assert (held[:, 0] > 0).all()


def test_pools_need_one_commissioner(twins):
    with pytest.raises(InputError, match="one commissioner"):
        FundingFlows(twins, "prime_provider")


def test_unfolded_people_are_alike_but_have_luck_of_their_own():
    few = steady_state(load_place("anytown"))
    many = expand(few, 3)
    before, after = few.people(), many.people()
    here, there = before.where > 0, after.where > 0
    assert there.sum() == 3 * here.sum()
    assert np.unique(after.key[there]).size == there.sum()
    for low in (0, 8, 40, 48, 56):  # the bytes that personal traits are read from
        traits = [np.bincount((keys >> np.uint64(low) & np.uint64(255)).astype(int), minlength=256) for keys in
                  (before.key[here], after.key[there])]  # fmt: skip
        assert (3 * traits[0] == traits[1]).all()
    assert many["pathways"].size == 3 * few["pathways"].size
    assert (after.key[many["pathways"]["row"]] == many["pathways"]["key"]).mean() > 0.99


def test_a_sample_has_its_share_of_every_list_and_age():
    whole = steady_state(load_place("anytown"))
    part = subsample(whole, 0.25, seed=4)
    everyone, some = whole.people(), part.people()
    lists = [np.add.reduceat(p.where > 0, s["start"]) for p, s in ((everyone, whole), (some, part))]
    assert np.abs(lists[1] - 0.25 * lists[0]).max() <= 1.0
    assert set(some.key[some.where > 0]) <= set(everyone.key[everyone.where > 0])
    assert part.sample == 0.25
    other = subsample(whole, 0.25, seed=5).people()
    assert set(other.key[other.where > 0]) != set(some.key[some.where > 0])
    rows = part["pathways"]["row"]
    assert (some.where[rows] > 0).mean() > 0.99


@pytest.mark.parametrize(
    "table",
    [
        "\ufeff" + AREAS, AREAS.encode("utf-16"), AREAS.replace("\n", "\r\n") + "\n,,,,,,,,,,,,\n",
        AREAS.replace(",", " , "), AREAS.replace("over_65", "OVER_65"), AREAS.replace(",53.0,", ',"53.0",'),
    ],
    ids=["mark", "utf-16", "windows", "blanks", "header", "quoted"],
)  # fmt: skip
def test_a_table_of_areas_is_read_as_a_table_of_practices_is(twins, tmp_path, table):
    (tmp_path / "areas.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    (tmp_path / "twins.toml").write_text(PLACE)
    assert load_place(tmp_path / "twins.toml").digest == twins.digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("53.0", "*", "north: latitude: expected a number, got '\\*', a mark"), ("53.0", "411", "at most 90"),
        (",2,0.1", ",-2,0.1", "registered: expected at least"), (",2,0.1", ",,0.1", "registered: expected a number"),
        (",2,0.1", ",1e308,0.1", "registered"), ("south,South", "north,South", "'north' occurs twice"),
        ("south,South", "NORTH,South", "differ only by case"), ("north,", ",", "id: expected text, got nothing"),
        (",30,25,20,15,10", ",0,0,0,0,0", "imd"), (AREAS.partition("\n")[2], "", "no areas"), (AREAS, "", "empty"),
        ("0.15", "1.5", "over_65: expected at most 1"), (",radius_km", "", "radius_km|cells"),
    ],
)  # fmt: skip
def test_a_table_of_areas_is_refused_with_row_and_column(tmp_path, old, new, said):
    (tmp_path / "areas.csv").write_text(AREAS.replace(old, new))
    (tmp_path / "twins.toml").write_text(PLACE)
    with pytest.raises(InputError, match=said) as caught:
        load_place(tmp_path / "twins.toml")
    assert str(caught.value).startswith(("areas.csv: ", "twins.toml: "))


def test_a_bad_table_of_areas_is_refused_in_words(tmp_path):
    (tmp_path / "twins.toml").write_text(PLACE)
    with pytest.raises(InputError, match="no such file"):
        load_place(tmp_path / "twins.toml")
    (tmp_path / "areas.csv").write_text(AREAS.replace("over_65", "over65"))
    with pytest.raises(InputError, match="missing column 'over_65'; did you mean 'over65'"):
        load_place(tmp_path / "twins.toml")
    (tmp_path / "areas.csv").write_text(AREAS)
    (tmp_path / "twins.toml").write_text(PLACE.replace("people = 24000", "peeple = 24000"))
    with pytest.raises(InputError, match="people"):
        load_place(tmp_path / "twins.toml")
