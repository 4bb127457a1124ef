"""Headline measures against the books."""

import pytest
from fundingflows.experiments.results import measures
from fundingflows.model.contracts.pools.pools import FUNDERS


@pytest.mark.parametrize("funding", ["status_quo", "outcome_based"])
def test_public_spending_is_what_the_public_put_in_less_what_the_funders_have_left(runs, funding):
    model = runs[funding].model
    flows = model.ledger.flows()
    public = ["treasury", "council_taxpayers"]
    put_in = flows[flows["payer"].isin(public)]["pence"].sum() - flows[flows["payee"].isin(public)]["pence"].sum()
    left = sum(model.ledger.balance(name) for name in FUNDERS)
    assert measures.read(model)["public"] == pytest.approx((put_in - left) / 1e8 / 2)
