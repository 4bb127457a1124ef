"""Headline measures against the books."""

import pytest
from fundingflows.experiments.results import measures
from fundingflows.model.contracts.pools.pools import FUNDERS


@pytest.mark.parametrize("funding", ["status_quo", "outcome_based"])
def test_public_spending_is_what_the_funders_took_in_less_what_they_have_left(runs, funding):
    model = runs[funding].model
    flows = model.ledger.flows()
    taken = flows[flows["payer"].isin(measures.SOURCES) & flows["payee"].isin(FUNDERS)]["pence"].sum()
    left = sum(model.ledger.balance(name) for name in FUNDERS)
    assert measures.read(model)["public"] == pytest.approx((taken - left) / 1e8 / 2)
