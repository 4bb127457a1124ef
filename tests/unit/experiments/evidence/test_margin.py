"""The marginal pound: who pays it, what it comes to by hand, and what the command shows."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from fundingflows.experiments.cli import app
from fundingflows.experiments.evidence.margin import money, published, report, runs, table
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.model.errors import InputError
from fundingflows.scenarios import FundingFlows, load_funding
from typer.testing import CliRunner

CARE = money.Service("social_care", "Social care", {"council": 200.0})
MORE, LESS = runs.Arm("social_care", 0.1), runs.Arm("social_care", -0.1)
#: spending, QALYs, deaths and hospitals' cost of two seeds, undiscounted
FAKE = {
    runs.REFERENCE: {"spending": [100.0, 200.0], "qalys": [10.0, 20.0], "deaths": [5.0, 5.0], "hospital": [50.0, 60.0]},
    MORE: {"spending": [160.0, 262.0], "qalys": [13.0, 23.1], "deaths": [4.0, 3.0], "hospital": [35.0, 45.0]},
    LESS: {"spending": [60.0, 162.0], "qalys": [6.0, 16.1], "deaths": [6.0, 6.0], "hospital": [60.0, 70.0]},
}


def rows(fake=FAKE):
    sums = {arm: {name: np.array(x) for name, x in values.items()} for arm, values in fake.items()}
    return table.table(sums, [CARE], 0.1).set_index("money")


def test_a_quarter_more_costs_what_it_costs_by_hand():
    found = rows()
    assert found.loc["more", ["spending", "qalys", "deaths"]].tolist() == pytest.approx([61.0, 3.05, -1.5])
    assert found.loc["less", ["spending", "qalys", "deaths"]].tolist() == pytest.approx([-39.0, -3.95, 1.0])
    assert found.loc["both", ["spending", "qalys", "deaths"]].tolist() == pytest.approx([50.0, 3.5, -1.25])
    assert found.loc["more", "price"] == pytest.approx(61.0 / 3.05)
    assert found.loc["less", "price"] == pytest.approx(39.0 / 3.95)
    assert found.loc["more", "offset"] == pytest.approx(-15.0 / 61.0)
    assert found.loc["both", "qalys_low"] == pytest.approx(3.5)  # 3.5 with both seeds


def test_later_years_count_for_less():
    assert runs.present([100.0, 103.5], 0.035) == pytest.approx(200.0)
    stored = {(runs.REFERENCE, seed): {n: json.dumps([seed, 1.1]) for n in runs.COUNTED} for seed in (1, 2)}
    assert runs.sums(stored, 0.1)[runs.REFERENCE]["qalys"].tolist() == pytest.approx([2.0, 3.0])


def test_the_price_is_said_in_words_where_spending_and_health_move_apart():
    assert table.price(rows().loc["more"].to_dict()) == "£20 (£20 to £20)"
    worse = FAKE | {MORE: FAKE[MORE] | {"qalys": [9.0, 19.0]}}
    assert table.price(rows(worse).loc["more"].to_dict()) == "more spending, fewer QALYs"
    saves = FAKE | {MORE: FAKE[MORE] | {"spending": [90.0, 190.0]}}
    assert table.price(rows(saves).loc["more"].to_dict()) == "less spending, more QALYs"


def test_payers_find_the_money_and_pay_it_for_so_many_years():
    flows = load_funding("status_quo")
    changed = money.changed(flows, CARE, 0.1, date(2015, 4, 1), 5)
    found, paid = changed.changes[-2:]
    assert found.set == {"social_care.council_budget": {"add": 20.0}}
    assert paid.set == {"contracts.social_care.council_care.rate": {"multiply": 1.1}}
    assert (paid.who.kind, paid.until, found.until) == ("social_care", date(2020, 4, 1), date(2020, 4, 1))
    whole = money.changed(flows, money.Service(money.WHOLE, "", {}), -0.1, date(2015, 4, 1), 5)
    assert whole.changes[-1].set == {"money.commissioner_allocation": {"multiply": 0.9}}


def test_every_kind_of_provider_has_its_payers():
    model = spec_of("anytown", "status_quo").model()
    found = {service.key: service for service in money.services(model)}
    assert list(found) == [*(c.kind for c in model.cohorts), money.WHOLE]
    assert found["practice"].payers == pytest.approx({"commissioner": 7.24})  # local enhanced services, £ a head
    assert found["social_care"].payers == pytest.approx({"council": 276.84})


def test_a_pool_is_refused_by_name():
    with pytest.raises(InputError, match=r"pool .* pays general practice; choose"):
        money.services(spec_of("anytown", "prime_provider").model())


def test_more_money_reaches_the_providers_while_it_lasts_and_the_payer_has_it():
    usual = FundingFlows("anytown", "status_quo", rng=1, freeze_behaviour=True).run(2)
    service = next(s for s in money.services(spec_of("anytown", "status_quo").model()) if s.key == "social_care")
    more = money.changed(load_funding("status_quo"), service, 0.1, usual.place.file.starts, 1)
    model = FundingFlows("anytown", more, rng=1, freeze_behaviour=True).run(2)

    def paid(of, year, payer, payee):
        flows = of.ledger.flows()
        flows = flows[(flows["week"] > 52 * year) & (flows["week"] <= 52 * (year + 1))]
        return flows[flows["payee"].isin(payee) & flows["payer"].isin(payer)]["pence"].sum()

    def care(of, year):
        return paid(of, year, ["council"], ["social_care"])

    def allocated(of, year):
        return paid(of, year, ["treasury", "council_taxpayers"], ["council"])

    assert care(model, 0) == pytest.approx(1.1 * care(usual, 0), rel=1e-3)
    assert allocated(model, 0) - allocated(usual, 0) == pytest.approx(care(model, 0) - care(usual, 0), rel=1e-2)
    assert care(model, 1) == pytest.approx(care(usual, 1), rel=1e-2)


def test_every_published_figure_names_its_source_and_a_service():
    figures = published.figures()
    assert {f.service for f in figures} <= {"practice", "hospital", "social_care", "community", money.WHOLE}
    assert all(f.source and f.meaning and f.year for f in figures)
    assert report.ranges()[money.WHOLE] == (5000, 30000)


def test_the_command_writes_table_and_picture(tmp_path, monkeypatch):
    services = [money.Service("social_care", "Social care", {})]
    monkeypatch.setattr(money, "services", lambda model: services)
    fake = {arm._replace(share=arm.share / 2): values for arm, values in FAKE.items()}
    sums = {arm: {name: np.array(x) for name, x in values.items()} for arm, values in fake.items()}
    monkeypatch.setattr(runs, "kept", lambda *_: sums)
    out = tmp_path / "margin"
    done = CliRunner().invoke(app, ["margin", "anytown", "--seeds", "2", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "Claxton" in done.output
    assert "Social care" in done.output
    assert len(pd.read_csv(out / "margin.csv")) == 3
    assert {"margin.md", "margin.png", "margin.svg", "manifest.json"} <= {path.name for path in out.iterdir()}
    wrong = CliRunner().invoke(app, ["margin", "anytown", "--percent", "0"])
    assert isinstance(wrong.exception, InputError)
