"""What practices' money does to access, in Anytown over five years. Sizes were set after trial runs:

- paid nothing: most GPs and most appointments are gone within three years;
- a fifth more for the global sum: more staff within one to three years, GPs hardly more, fewer failed requests;
- a fifth less: fewer staff and GPs, more failed requests; with free behaviour the same signs;
- the money of the quality framework removed: fewer staff, more failed requests when behaviour is held;
- half of the GPs: more failed requests, and those left are asked for more;
- one practice paid nothing: it closes, its patients go to its neighbours, who then hire.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fundingflows.scenarios import FundingFlows

PRACTICES = "contracts.practice."
SUMS = ("global_sum.rate", "pms_and_correction_factor.per_head", "qof.per_head", "enhanced_services.per_head",
        "premises_and_other.per_head", "local_enhanced_services.per_head",
        "items_of_service.prices.other_consultations")  # fmt: skip
STEPS = {
    "usual": {},
    "nothing": {f"{PRACTICES}{name}": 0.0 for name in SUMS},
    "more": {f"{PRACTICES}global_sum.rate": 1.2},
    "less": {f"{PRACTICES}global_sum.rate": 0.8},
    "no quality money": {f"{PRACTICES}qof.per_head": 0.0},
    "half the GPs": {"capacity.practice.gps": 0.5},
    "one unpaid": {f"{PRACTICES}{name}": 0.0 for name in SUMS},
}


@cache
def run(case: str, frozen: bool = True) -> dict[str, np.ndarray]:
    """Five years of the status quo with some numbers multiplied from the first day: a value a year of each measure."""
    one = ', ids = ["X99003"]' if case == "one unpaid" else ""
    change = ", ".join(f'"{path}" = {{ multiply = {factor} }}' for path, factor in STEPS[case].items())
    text = 'title = "t"\nquestion = "q"\nsource = "s"\nextends = "status_quo"\n'
    if change:
        text += f'[[changes]]\nwhen = 2015-04-01\nwho = {{ kind = "practice"{one} }}\nset = {{ {change} }}\n'
    with TemporaryDirectory() as folder:
        file = Path(folder) / "step.toml"
        file.write_text(text)
        model = FundingFlows("anytown", str(file), rng=1, freeze_behaviour=frozen)
    practices, kept = model.practices, []
    for year in range(1, 6):
        model.run(year)
        did = {name: number.sum() for name, number in practices.last.items()}
        kept.append({
            "failed": did["unmet_requests"] / did["first_requests"],
            "seen": did["gp_consultations"] + did["other_consultations"],
            "gps": practices.gp_fte.sum() / practices.usual_fte.sum(),
            "staff": practices.staffing.mean(),
            "contacts": practices.loads[practices.is_open].mean(),
            "open": practices.is_open.sum(),
            "people": practices.lists.sum(),
        })  # fmt: skip
    return {name: np.array([year[name] for year in kept]) for name in kept[0]}


def test_practices_paid_nothing_lose_gps_and_appointments():
    nothing, usual = run("nothing"), run("usual")
    assert nothing["gps"][2] < 0.3
    assert nothing["staff"][2] < 0.1
    assert nothing["seen"][2] < 0.3 * usual["seen"][2]
    assert (nothing["failed"] > usual["failed"]).all()


@pytest.mark.parametrize("frozen", [True, False])
def test_more_money_lowers_failed_requests_and_less_raises_them(frozen):
    more, usual, less = (run(case, frozen) for case in ("more", "usual", "less"))
    assert (more["failed"][1:] < usual["failed"][1:]).all()
    assert (less["failed"][1:] > usual["failed"][1:]).all()
    assert (more["failed"] < less["failed"]).all()


def test_money_buys_other_staff_within_years_and_gps_little_and_late():
    more, usual, less = run("more"), run("usual"), run("less")
    assert more["staff"][2] > usual["staff"][2] + 0.05
    assert (more["gps"] - usual["gps"] > 0.0).all()
    assert (more["gps"] - usual["gps"] < 0.03).all()
    assert (more["staff"] - usual["staff"])[4] > (more["gps"] - usual["gps"])[4]
    assert (less["gps"][1:] < usual["gps"][1:]).all()
    # falls in income weigh more than rises
    assert (usual["gps"] - less["gps"])[4] > (more["gps"] - usual["gps"])[4]


def test_without_quality_money_there_are_fewer_staff_and_more_requests_fail():
    without, usual = run("no quality money"), run("usual")
    assert (without["staff"] < usual["staff"]).all()
    assert (without["gps"] < usual["gps"]).all()
    assert (without["failed"] > usual["failed"]).all()


def test_half_of_the_gps_leave_more_requests_failed():
    half, usual = run("half the GPs", False), run("usual", False)
    assert (half["failed"] > 2.0 * usual["failed"]).all()
    assert (half["contacts"] > 1.1 * usual["contacts"]).all()


def test_the_status_quo_rests():
    usual = run("usual")
    assert usual["staff"] == pytest.approx(1.0, abs=0.03)  # the list grows
    assert usual["gps"] == pytest.approx(1.0, abs=0.05)


def test_a_practice_that_is_paid_nothing_closes_and_its_patients_find_others():
    unpaid, usual = run("one unpaid"), run("usual")
    assert unpaid["open"][-1] == usual["open"][-1] - 1
    assert unpaid["people"] == pytest.approx(usual["people"], rel=0.002)
    assert unpaid["failed"][0] > usual["failed"][0]
    assert unpaid["failed"][4] < unpaid["failed"][0] + 0.05
    assert unpaid["gps"][4] > unpaid["gps"][0]  # neighbours fill the posts


def test_nobody_closes_under_the_status_quo():
    assert (run("usual")["open"] == run("usual")["open"][0]).all()
    assert (run("less", False)["open"] == run("usual")["open"][0]).all()
