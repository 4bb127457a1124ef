"""A year of usual activity, paid: by provider, by payer, pools filled by those who fund them."""

import pytest
from fundingflows.experiments.results import incentives, usual_pay
from fundingflows.scenarios import FundingFlows

NAMES = ("status_quo", "capitated", "somerset_obc", "prime_provider")


@pytest.fixture(scope="module", params=NAMES)
def paid(request):
    model = FundingFlows("anytown", request.param, rng=1)
    return model, incentives.held(model, 0)


def test_what_providers_earn_is_what_terms_pay(paid):
    model, held = paid
    rows = usual_pay.table(model, held)
    for kind, incomes in usual_pay.incomes(model, held).items():
        assert incomes.sum() == pytest.approx(rows.loc[rows["kind"] == kind, "pounds"].sum(), rel=1e-12)
    assert rows["per_head"].sum() == pytest.approx(rows["pounds"].sum() / model.treasury.people, rel=1e-12)


def test_payers_pay_what_providers_earn_where_nothing_is_pooled(paid):
    model, held = paid
    if not model.timetable.pools.pools:
        earned = sum(x.sum() for x in usual_pay.incomes(model, held).values())
        assert sum(usual_pay.payers(model, held).values()) == pytest.approx(earned, rel=1e-9)


def test_a_new_contract_without_a_change_of_money_leaves_every_payer_at_the_usual_sum():
    usual = FundingFlows("anytown", "status_quo", rng=1)
    now = FundingFlows("anytown", "capitated", rng=1)
    before, after = (usual_pay.incomes(m, incentives.held(m, 0)) for m in (usual, now))
    for kind in before:
        assert after[kind].sum() == pytest.approx(before[kind].sum(), rel=1e-6)
