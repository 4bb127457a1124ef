"""What providers are paid: loans, pay-ins and what is taken back."""

import pandas as pd
import pytest
from fundingflows.experiments.results.received import received
from fundingflows.experiments.results.year import Year
from fundingflows.scenarios import FundingFlows


def test_what_is_taken_back_counts_against_pay_and_loans_and_pay_ins_do_not_count():
    rows = [
        ("nhs_england", "p", "qof", 4, 900), ("p", "nhs_england", "qof", 8, 200),
        ("p", "staff_and_suppliers", "expenses", 8, 500), ("staff_and_suppliers", "p", "partners' drawings", 8, 70),
        ("treasury", "p", "loan", 8, 40), ("p", "treasury", "interest", 8, 3), ("nhs_england", "q", "qof", 8, 11),
    ]  # fmt: skip
    flows = pd.DataFrame(rows, columns=["payer", "payee", "purpose", "week", "pence"])
    found = received(flows, ["p"])
    assert found[["other", "purpose", "week", "pence"]].to_numpy().tolist() == [
        ["nhs_england", "qof", 4, 900], ["nhs_england", "qof", 8, -200],
    ]  # fmt: skip
    assert received(flows, ["p", "q"])["pence"].sum() == 711


@pytest.mark.parametrize("funding", ["somerset_obc", "prime_provider", "outcome_based", "family_care_networks"])
def test_pay_of_each_year_is_the_income_of_the_measures(funding):
    model = FundingFlows("anytown", funding, rng=1).run(4)
    flows = model.ledger.flows()
    for kind in ("practice", "hospital", "social_care", "community"):
        cohort = next(c for c in model.cohorts if c.kind == kind)
        by_year = (
            received(flows, cohort.names).assign(year=lambda f: (f["week"] - 1) // 52).groupby("year")["pence"].sum()
        )
        wanted = [Year(model, k, k + 1).income(kind) for k in range(4)]
        assert (by_year / 1e8).tolist() == pytest.approx(wanted, rel=1e-9), kind
