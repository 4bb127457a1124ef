"""What is no number never becomes money, and no number of a file, an option or a result is beyond all bounds."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fundingflows import scenarios
from fundingflows.agents.ratios import ratio
from fundingflows.experiments.results import measures
from fundingflows.experiments.results.year import Year
from fundingflows.model.errors import InputError
from fundingflows.model.money.account import pence
from fundingflows.model.money.ledger import Ledger
from fundingflows.model.numbers import bounded, real
from fundingflows.model.reading import parsed
from fundingflows.scenarios import FundingFlows, load_baseline, load_funding

NUMBERS = load_baseline("2015_16").parameters


@pytest.mark.parametrize(
    ("given", "number"),
    [(3, 3.0), (np.int64(5), 5.0), (np.float32(0.5), 0.5), (np.array(2.0), 2.0), (Decimal("0.25"), 0.25),
     (Fraction(1, 4), 0.25), (pd.Series([7])[0], 7.0), (pd.DataFrame({"a": [1, 2]})["a"].sum(), 3.0)],
)  # fmt: skip
def test_a_number_of_any_library_is_a_number(given, number):
    assert real(given) == number
    assert NUMBERS.changed({"behaviour.horizon_years": given}).behaviour.horizon_years == number


@pytest.mark.parametrize(
    "given", [None, True, np.True_, "5", float("nan"), float("inf"), [1.0], np.array([1.0]), pd.NA, 1j, 10**400, {}]
)
def test_anything_else_is_none(given):
    assert real(given) is None
    with pytest.raises(InputError, match="expected a finite number"):
        bounded(given, "here")


@pytest.mark.parametrize("pounds", [float("nan"), float("inf"), -float("inf"), 1e30, -1e30, 1.1e13, -1.1e13])
def test_an_amount_that_is_no_sum_of_money_stops_the_run(pounds):
    ledger = Ledger(["commissioner", "X99001", "X99002"], week=12)
    with pytest.raises(InputError, match=r"week 12: commissioner pays X99002 under 'global_sum': the amount is not"):
        ledger.pay("commissioner", ["X99001", "X99002"], pence([1.0, pounds]), "global_sum")
    ledger.pay("commissioner", "X99001", pence(0.99e13), "block")
    assert ledger.balance("X99001") == 99 * 10**13


def test_sound_pence_are_rounded_to_the_nearest_and_halves_to_even():
    assert pence([0.125, 0.135, -0.125, 2.0]).tolist() == [12, 14, -12, 200]


@pytest.mark.parametrize("factor", [1e11, 1e300, -1e11])
def test_a_changed_parameter_is_checked_and_not_only_its_factor(factor):
    with pytest.raises(InputError, match=r"behaviour\.horizon_years: expected"):
        NUMBERS.changed({"behaviour.horizon_years": {"multiply": factor}})
    with pytest.raises(InputError, match="expected"):
        NUMBERS.replaced({"behaviour.horizon_years": factor})


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [("contracts.practice.global_sum.rate", 1e15, "at most 10,000,000,000"),
     ("contracts.practice.global_sum.rate", float("inf"), "finite"),
     ("contracts.hospital.electives.prices.day_cases", 1e11, "at most"),
     ("contracts.hospital.electives.prices.day_cases", -0.01, "at least 0")],
)  # fmt: skip
def test_a_changed_contract_is_bounded(path, value, said):
    with pytest.raises(InputError, match=said):
        load_funding("status_quo").changed({path: value})


@pytest.mark.parametrize(
    "text", ["a = 1e308", "a = -1e11", "a = [1, [2, {b = 99999999999}]]", "[t.u]\nx = 1e10\ny = 2e10"]
)
def test_a_number_beyond_all_bounds_is_refused_with_its_file_and_key(text):
    with pytest.raises(InputError, match=r"mine\.toml: (a|t)\S*: expected a number of at most 10,000,000,000"):
        parsed(text, "mine.toml")


def test_a_dated_change_cannot_step_beyond_all_bounds(tmp_path):
    (tmp_path / "mine.toml").write_text(
        'title = "t"\nquestion = "q"\nsource = "s"\nextends = "status_quo"\n[[changes]]\nwhen = 2017-04-01\n'
        'set = { "money.block_other" = { multiply = 1e10 } }\n'
    )
    from fundingflows.scenarios import scenario

    with pytest.raises(InputError, match=r"mine\.toml: changes\[1\]: set: money\.block_other: becomes more than"):
        scenario("anytown", tmp_path / "mine.toml")


def test_a_share_of_nothing_is_as_usual():
    assert ratio(np.array([2.0, 0.0, 3.0]), np.array([4.0, 0.0, 0.0])).tolist() == [0.5, 1.0, 1.0]


def test_a_practice_that_nobody_consults_keeps_its_doctors_at_the_usual_rate(anytown):
    practices = anytown.practices
    twin = practices.gp_fte.copy()
    practices.usual_load[:2] = 0.0
    practices.staff(np.zeros(len(practices)))
    assert np.isfinite(practices.gp_fte).all()
    p = anytown.parameters.general_practice
    assert practices.turnover[0] == pytest.approx(p.leaving_rate, rel=0.05)  # pressure of nothing
    assert practices.turnover[2] < practices.turnover[0]  # its usual patients stay away
    assert (np.abs(practices.gp_fte - twin) < twin).all()


@pytest.mark.long
@pytest.mark.parametrize("people", [1, 2])
def test_a_practice_of_hardly_anybody_earns_and_costs_hardly_anything(tmp_path, people):
    folder = Path(scenarios.FOLDER) / "places"
    header, first, *rows = (folder / "anytown_practices.csv").read_text(encoding="utf-8").splitlines()
    names, cells = header.split(","), first.split(",")
    ages = [k for k, name in enumerate(names) if name[:2] in ("m_", "f_")]
    for k, name in enumerate(names):
        if k in ages or name.startswith("imd"):
            cells[k] = str(people) if k == ages[3] or name == "imd3" else "0"
    (tmp_path / "anytown_practices.csv").write_text("\n".join([header, ",".join(cells), *rows]), encoding="utf-8")
    (tmp_path / "mine.toml").write_text((folder / "anytown.toml").read_text(encoding="utf-8"), encoding="utf-8")
    model = FundingFlows(tmp_path / "mine.toml", "status_quo", rng=1).run(1)
    values = measures.read(model)
    assert all(np.isfinite(list(values.values())))
    found = {name: Year(model, 0, 1).organisations["practice"][name] for name in ("gp_fte", "income", "cost")}
    assert all(np.isfinite(column).all() for column in found.values())
    assert 0.0 <= found["gp_fte"][0] < 3.2  # its file gives it 3.10
    assert abs(found["income"][0]) < found["income"][1:].max()  # it was billions
    assert 10.0 < values["public"] < 40.0  # £m: Anytown with two thirds of its people, and not £138bn


@pytest.mark.parametrize("factor", [0.0, 1e-9])
def test_hospitals_that_are_paid_no_price_have_a_dash_and_no_division(factor):
    funding = load_funding("status_quo")
    terms = [term for term in funding.contracts["hospital"] if hasattr(term, "prices")]
    paths = {
        f"contracts.hospital.{t.name}.prices.{unit}": factor * price for t in terms for unit, price in t.prices.items()
    }
    assert paths
    model = FundingFlows("anytown", funding.changed(paths), rng=1)
    for _ in range(3):
        model.step()
    assert np.isfinite(model.total).all()


def test_a_measure_of_nothing_is_a_dash_and_poison_is_refused(runs):
    year = Year(runs["status_quo"].model)
    year.organisations["hospital"]["income"] = np.zeros(1)
    values = measures.values(year)
    assert np.isnan(values["hospital_margin"])
    assert values["hospital_income"] == 0.0
    year.organisations["hospital"]["income"] = np.array([np.nan])
    with pytest.raises(InputError, match="Paid to hospitals is not a finite number"):
        measures.values(year)
