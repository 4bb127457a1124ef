"""Links carry what they say: what a strain does to a measure with the link at work, less what it does with it held."""

from typing import NamedTuple

import pytest
from fundingflows.agents.links import LINKS
from step import CASES, figures


class Carries(NamedTuple):
    """What a link is expected to add to a strain's effect on a measure; signs were written before the first run."""

    link: str
    strain: str  # a case of table.toml
    measure: str
    sign: int
    why: str
    years: int = 1
    frozen: bool = True  # behaviour, GPs' fuller days included


EXPECTED = (
    Carries("waits_referrals", "half-the-theatres", "referrals", -1, "waits grow, so that GPs refer less"),
    Carries("access_referrals", "half-the-gps", "referrals", 1, "whom a practice cannot see again it refers"),
    Carries("access_ae", "half-the-gps", "ae", 1, "some of those without an appointment go to A&E"),
    Carries("access_control", "half-the-gps", "control", -1, "conditions are seen to less often"),
    Carries("demand_days", "half-the-gps", "failed", -1, "those who remain see more in a day", frozen=False),
    Carries("workload_leaving", "half-the-gps", "gp_fte", -1, "and, seeing more, leave sooner", frozen=False),
    Carries("income_staff", "practices-money-down", "nurse_consultations", -1, "nurses who cannot be paid go"),
    Carries("crowding_refusals", "half-the-beds", "emergencies", -1, "emergencies find no bed"),
    Carries("care_delays", "hardly-any-social-care", "delays", 1, "patients wait in bed for care"),
    Carries("visits_delays", "half-the-community-staff", "nhs_delays", 1, "patients wait in bed for visits"),
)
#: what begins when a year's accounts are closed, or control has slipped
LATER = (
    Carries("control_admissions", "prevention-halved", "acsc", 1, "control slips, and admissions follow", 3),
    Carries("deficit_capacity", "hospitals-paid-nothing", "beds", -1, "beds that nothing pays for close", 2),
    Carries("council_buying", "council-cut-at-once", "council_clients", -1, "less money buys less care", 2),
    Carries("deficit_cuts", "commissioner-less", "public", -1, "payers in deficit cut", 2),
)


def effect(row: Carries, hold: str, seed: int) -> float:
    """What the strain does to the measure, with a link held or none."""
    with_it, without = (_measures(row, strain, hold, seed)[row.measure] for strain in (row.strain, ""))
    return with_it - without


def _measures(row: Carries, strain: str, hold: str, seed: int) -> dict[str, float]:
    name = f"{strain or 'nothing'} for {row.years}, {hold or 'nothing'} held, {'frozen' if row.frozen else 'free'}"
    how = {"years": row.years, "frozen": row.frozen, "hold": (hold,) if hold else ()}
    CASES[name] = CASES.get(strain, {}) | how
    return figures(name, seed)["all"]


def carries(row: Carries, seed: int) -> None:
    at_work, held = effect(row, "", seed), effect(row, row.link, seed)
    said = f"{LINKS[row.link].says} {row.why}: {row.measure} {at_work:+.3f} with the link, {held:+.3f} without"
    assert row.sign * (at_work - held) > 0.0, said


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row.link)
def test_a_link_carries_what_it_says(row):
    carries(row, 1)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("row", [*EXPECTED, *LATER], ids=lambda row: row.link)
def test_a_link_carries_what_it_says_with_other_seeds_and_in_later_years(row, seed):
    carries(row, seed)
