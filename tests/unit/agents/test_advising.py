"""Practices ask specialists for advice as it pays, and time goes by at both ends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Some

import numpy as np
import pytest
from fundingflows.agents.advising import Advising
from fundingflows.model.contracts.contract import Contract
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.scenarios import FundingFlows, load_funding

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "advice_fee.toml"


def own(usual=0.2, share=0.2):
    gp = Some(advice_usual=usual, advice_returned=0.5)
    practice = Some(
        p=Some(general_practice=gp), advice=np.array([share]), lately=lambda name: np.array([468.0]),
        COUNTED=("gp_referrals", "advice_requests", "ae_attendances"),
    )  # fmt: skip
    for name in ("spared", "requests_per_referral", "requests_beyond", "with_requests"):
        setattr(practice, name, getattr(Advising, name).__get__(practice))
    return practice


def test_half_of_the_requests_spare_a_referral():
    # of ten needs four are put to a specialist and two of those settled: eight referrals
    assert own().spared(0.4) == pytest.approx(0.2)
    assert own().requests_per_referral(0.4) == pytest.approx(0.5)


def test_the_usual_number_of_requests_takes_no_time_beyond_the_usual():
    assert own().requests_beyond().item() == 0.0
    # 468 referrals a year are nine a week; half a request goes with each, 0.2 / 0.9 did
    assert own(share=0.4).requests_beyond().item() == pytest.approx(9.0 * (0.5 - 0.2 / 0.9))


def test_specialists_answer_in_time_taken_from_clinics():
    asked = own(share=0.4)
    asked.p.hospital = Some(advice_clinic_time=0.4)
    asked.model = Some(share=np.array([[0.75, 0.25]]), sample=0.5)
    hospitals = {"clinic_slots": np.array([10.0, 0.1])}
    Advising.shape_week(asked, None, hospitals)
    beyond = 9.0 * (0.5 - 0.2 / 0.9)  # requests a week in the whole place; half of it is simulated
    assert hospitals["clinic_slots"] == pytest.approx([10.0 - 0.75 * beyond * 0.4 * 0.5, 0.0])


def test_requests_are_counted_with_the_referrals_of_the_week():
    counted = own(share=0.4).with_requests(np.array([[8.0], [3.0]]))
    assert counted.ravel().tolist() == [8.0, 4.0, 3.0]


def best(model, *terms):
    return model.practices._best_advice(Contract(terms))


def test_a_fee_moves_requests_along_the_curve_of_habit(anytown):
    practices, behaviour = anytown.practices, anytown.parameters.behaviour
    pay = 5.0 * practices.lately("gp_referrals") / practices.usual_income  # of all needs, as a share of income
    curve = behaviour.room_up_advice * np.tanh(pay * behaviour.response_advice / behaviour.room_up_advice)
    assert best(anytown, Tariff(prices={"advice_requests": 5.0})) == pytest.approx(curve, abs=2e-3)
    assert best(anytown, Tariff(prices={"advice_requests": 500.0})).max() < behaviour.room_up_advice


def test_nobody_asks_more_where_a_request_pays_nothing(anytown):
    assert best(anytown, Block(per_head=100.0)).tolist() == [0.0] * len(anytown.practices)
    assert best(anytown, Tariff(prices={"gp_referrals": 20.0})).tolist() == [0.0] * len(anytown.practices)


def test_nobody_asks_beyond_what_a_cap_pays_for(anytown):
    practices = anytown.practices
    at_cap = 0.1 * practices.usual_list / (200.0 * practices.lately("gp_referrals"))
    assert best(anytown, Tariff(prices={"advice_requests": 200.0}, most_per_head=0.1)) == pytest.approx(
        at_cap, abs=2e-3
    )


def test_a_tariff_pays_no_more_than_its_cap_for_each_person():
    term = Tariff(prices={"visits": 10.0}, most_per_head=2.0)
    year = {"visits": np.array([30.0, 5.0]), "people_at_start": np.array([100.0, 100.0]), "elapsed": 1.0}
    assert term.due(year).tolist() == [200.0, 50.0]
    assert term.due({**year, "elapsed": 0.5}).tolist() == [100.0, 50.0]


def test_a_fee_spares_referrals_and_is_paid_to_the_penny():
    fee, none = (FundingFlows("anytown", f, rng=1, threads=1).run(3) for f in (load_funding(EXAMPLE), "status_quo"))
    years = [{name: m.record.years[2]["organisations"]["practice"][name] for name in (
        "gp_referrals", "advice_requests", "gp_consultations")} for m in (fee, none)]  # fmt: skip
    with_fee, without = ({name: n.sum() for name, n in year.items()} for year in years)
    assert without["advice_requests"] == 0.0 < with_fee["advice_requests"]
    assert with_fee["gp_referrals"] < without["gp_referrals"]
    flows = fee.ledger.flows()
    paid = flows[(flows["purpose"] == "advice_and_guidance") & (flows["week"] > 104)].groupby("payee")["pence"].sum()
    due = np.minimum(20.0 * years[0]["advice_requests"], 1.26 * fee.practices.usual_list)
    assert paid.reindex(fee.practices.names).tolist() == np.rint(100.0 * due).astype(int).tolist()
