"""NHS England may not borrow: its cuts by hand, what comes with a contract, and that it rests in the usual year."""

import pytest
from fundingflows.model.money.nhs_england import in_order
from fundingflows.scenarios import FundingFlows, load_funding

OWED = {"primary_care": 60.0, "specialised": 140.0}
LEAST = {"primary_care": 0.9, "specialised": 0.8}


@pytest.mark.parametrize(
    ("short", "order", "shares"),
    [
        (0.0, ("primary_care", "specialised"), (1.0, 1.0)),
        (-5.0, ("primary_care", "specialised"), (1.0, 1.0)),
        (3.0, ("primary_care", "specialised"), (0.95, 1.0)),
        (3.0, ("specialised", "primary_care"), (1.0, 137 / 140)),
        (20.0, ("primary_care", "specialised"), (0.9, 126 / 140)),  # 6 of one, 14 of the other
        (117.0, ("primary_care", "specialised"), (0.9 * 0.5, 0.8 * 0.5)),  # 34 cut; half of the 166 left
    ],
)
def test_the_first_item_is_cut_to_its_least_then_the_next_then_all(short, order, shares):
    found = in_order(short, OWED, order, LEAST)
    assert (found["primary_care"], found["specialised"]) == pytest.approx(shares)


def books(funding, years):
    model = FundingFlows("anytown", funding, rng=1).run(years)
    flows = model.ledger.flows()
    return model, model.payments.nhs_england, flows


def test_in_the_usual_year_it_rests():
    model, nhs_england, flows = books("status_quo", 5)
    assert set(nhs_england.shares.values()) == {1.0}
    assert nhs_england.settlement() == (0.0, 0.0)
    assert not (flows["purpose"] == "responsibilities handed over").any()
    income = flows[(flows["payee"] == "nhs_england") & (flows["week"] > 208)]["pence"].sum()
    assert 0 <= model.ledger.balance("nhs_england") <= income * model.parameters.money.surplus_limit + 1


def test_a_contract_that_it_takes_over_comes_with_the_money():
    model, nhs_england, flows = books("capitated", 1)
    local = 7.24 * model.place.registered  # £ a year of the commissioner's local enhanced services
    handed_over, new = nhs_england.settlement()
    assert handed_over / model.treasury.growth == pytest.approx(local, rel=1e-3)
    assert new == pytest.approx(0.0, abs=1.0)  # neutral prices: as dear as before
    moved = flows[flows["purpose"] == "responsibilities handed over"]
    assert set(moved["payee"]) == {"nhs_england"}
    assert moved["pence"].sum() / 100 == pytest.approx(local, rel=1e-3)


def test_what_it_overspends_on_paid_work_it_cuts_next_year():
    _, nhs_england, _ = books("activity_based", 2)
    assert nhs_england.shares["specialised"] == 1.0
    assert 0.9 <= nhs_england.shares["primary_care"] < 1.0
    model, _, flows = books("activity_based", 3)
    paid = flows[(flows["payer"] == "nhs_england") & flows["payee"].isin(model.practices.names)]
    by_year = paid.groupby((paid["week"] - 1) // 52)["pence"].sum()
    did = [year["organisations"]["practice"]["gp_consultations"].sum() for year in model.record.years]
    assert did[2] > did[1]  # more work is done, for less money
    assert by_year[2] < by_year[1]
    assert abs(model.ledger.balance("nhs_england")) < 0.02 * nhs_england.books.paid(model.ledger)[0] + 1e7


def test_a_contract_that_pays_more_comes_with_new_money_and_one_that_pays_less_without():
    usual = load_funding("status_quo")
    for factor in (1.2, 0.5):
        model = FundingFlows("anytown", usual.changed({"contracts.practice.qof.per_head": 12.0 * factor}), rng=1)
        handed_over, new = model.payments.nhs_england.settlement()
        terms = {term.name: term for term in model.practices.contract}
        quality = terms["qof"].due(model.practices.expected()).sum()
        assert (handed_over, new) == pytest.approx((0.0, quality * (1 - 1 / factor)))


def test_what_it_puts_into_a_pool_is_no_new_money():
    model = FundingFlows("anytown", "prime_provider", rng=1)
    assert sum(model.payments.nhs_england.settlement()) == pytest.approx(0.0, abs=1.0)
