"""Paths of prices, pay, need and allocations: levels by hand, what follows them, and what a file may not hold."""

import numpy as np
import pytest
from fundingflows.experiments.results import measures
from fundingflows.model.contracts.change import of_year, stepped
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows, load_funding, load_place
from fundingflows.scenarios.path_files import Paths, along, known, load_paths

LEVEL = "level = [1.0, 2.0, 1.0]"
SOURCE = 'source = "invented for a test"\n'


def written(folder, **tables):
    """A paths file with these tables; double underscores stand for dots."""
    file = folder / "mine.toml"
    file.write_text("".join(f"[{name.replace('__', '.')}]\n{text}\n{SOURCE}" for name, text in tables.items()))
    return file


def test_levels_are_products_of_growth(tmp_path):
    paths = load_paths(written(tmp_path, prices__hospital="growth = [0.1, -0.5]", pay__practice=LEVEL))
    np.testing.assert_allclose(paths.levels("prices.hospital"), [1.0, 1.1, 0.55])
    np.testing.assert_allclose(paths.levels("pay.practice"), [1.0, 2.0, 1.0])
    np.testing.assert_allclose(paths.levels("need.electives"), [1.0])  # no table: nothing moves


def test_a_list_has_a_number_for_each_year():
    step = {"multiply": [1.0, 1.5, 3.0]}
    assert [stepped("x", 4.0, step, done) for done in (0.0, 1 / 3, 2 / 3, 1.0)] == [4.0, 4.0, 6.0, 12.0]
    assert stepped("x", 4.0, {"set": [7.0, 8.0]}, 0.5) == 7.0
    assert of_year(5.0, 0.25) == (5.0, 0.25)


def test_every_sum_of_money_of_a_contract_follows_its_price_and_nothing_else():
    place, usual = load_place("anytown"), load_funding("usual")
    change = along(usual, Paths("x", "x", {"prices.practice": (0.1,)}), place).changes[-1]
    assert change.set["contracts.practice.global_sum.rate"] == {"multiply": pytest.approx([1.0, 1.1])}
    assert all(path.startswith("contracts.practice.") for path in change.set)
    assert not any(path.endswith((".scale", ".weights", ".start", ".target")) for path in change.set)
    assert along(usual, Paths("x", "x", {}), place) is usual


def test_flat_paths_are_what_a_run_without_paths_does():
    assert FundingFlows("anytown", paths="flat").run(2).digest == FundingFlows("anytown").run(2).digest


@pytest.fixture(scope="module")
def third_year():
    """Headline measures of the third year, behaviour held, as shares of those without paths."""

    def measured(**more):
        return measures.read(FundingFlows("anytown", freeze_behaviour=True, **more).run(3), 2, 3)

    flat = measured()
    return lambda file: {key: value / flat[key] for key, value in measured(paths=file).items() if flat[key]}


def test_allocations_follow_their_rates(tmp_path):
    file = written(tmp_path, allocations__council="growth = [0.02, -0.1]", allocations__nhs_england="growth = 0.0")
    treasury = FundingFlows("anytown", paths=file).run(2).treasury
    assert treasury.others["council"] == pytest.approx(1.02 * 0.9)
    assert treasury.others["nhs_england"] == 1.0
    assert treasury.growth == pytest.approx(1.007**2)  # no table: the parameter's own rate


# directions, written before they were run
@pytest.mark.parametrize(
    ("table", "text", "more", "less"),
    [
        ("need__emergencies", "growth = [0.0, 0.1]", ("emergencies", "ae", "occupancy"), ()),
        ("need__electives", "level = [1.0, 1.1, 1.1]", ("referrals", "waiting", "median_wait"), ()),
        ("need__consultations", "growth = [0.1]", ("failed", "ae"), ()),
        ("prices__hospital", "growth = [0.0, 0.1]", ("hospital_income",), ("practice_share",)),
        ("prices__practice", "growth = [0.0, 0.1]", ("practice_income", "drawings", "practice_share"), ("failed",)),
        ("pay__practice", "growth = [0.0, 0.1]", (), ("drawings",)),
        ("allocations__council", "growth = [-0.1, -0.1]", ("practice_share",), ("care_income",)),
    ],
)  # fmt: skip
def test_directions(third_year, tmp_path, table, text, more, less):
    change = third_year(written(tmp_path, **{table: text}))
    for key in more:
        assert change[key] > 1.01, key
    for key in less:
        assert change[key] < 0.99, key


def test_dearer_hospitals_lose_money(tmp_path):
    def margin(**more):
        return measures.read(FundingFlows("anytown", freeze_behaviour=True, **more).run(3), 2, 3)["hospital_margin"]

    assert margin(paths=written(tmp_path, pay__hospital="growth = [0.0, 0.1]")) < margin() - 5.0


@pytest.mark.parametrize(
    ("table", "text", "says"),
    [
        ("prices__hospitals", "growth = 0.1", "unknown path 'prices.hospitals'; did you mean 'prices.hospital'"),
        ("prices__hospital", "grwth = 0.1", "mine.toml: prices.hospital: unknown key 'grwth'; did you mean 'growth'"),
        ("prices__hospital", "", "expected growth or level, and one of them only"),
        ("prices__hospital", "growth = [-1.0]", "expected growth above -1"),
        ("prices__hospital", "growth = []", "expected growth above -1"),
        ("prices__hospital", "level = [2.0, 1.0]", "expected positive numbers that begin with 1"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, table, text, says):
    with pytest.raises(InputError, match=says.replace("[", r"\[")):
        load_paths(written(tmp_path, **{table: text}))


def test_every_path_is_one_of_a_parameter_or_a_contract():
    assert "prices.community" in known()
    with pytest.raises(InputError, match="money moves"):
        FundingFlows("anytown", funding=None, paths="flat")
