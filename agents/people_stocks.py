"""Stocks of people, pathways and needs, and the flows that the kernels count as events and moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from .patients.lists import QUEUES, all_rows, still_waiting
from .patients.people import (
    GONE,
    HOME,
    HOME_CARE,
    HOSPITAL,
    NEEDS_ADMISSION,
    NEEDS_CLINIC,
    NEEDS_URGENT,
    NHS_PLACE,
    REFUSED_CARE,
    UNMET_BIT,
    UNWELL,
    People,
)
from .patients.wards import ARRANGING, DELAYED, STEP_UP
from .stocks import Flow, Stock

PEOPLE, PATHWAYS = "people", "pathways"
STAGES = ("urgent", "clinic", "admission", "theatre")
CARE = ("home_care", "council_place", "self_place", "nhs_place")
PERSON_BY_PERSON = (
    "registered", "at_home", "in_hospital", *CARE, "refused_care", "asking_again", "untreated_needs", "unwell",
    "conditions", "frailty", "disease_control",
)  #: stocks that are counted in everyone's columns  # fmt: skip
AT_ONCE = 1_000_000  #: rows counted at a time

STOCKS: tuple[Stock, ...] = (
    Stock("registered", "people registered", PEOPLE, "people", "People registered", whole=True),
    Stock("at_home", "people at home or in a care home", PEOPLE, "people", whole=True),
    Stock("in_hospital", "people in hospital beds who need them", PEOPLE, "hospital", "People in hospital", whole=True),
    Stock("waiting_for_nhs_care", "in a bed, fit to leave, waiting for NHS care", PEOPLE, "hospital",
          "Fit to leave, still in a bed", whole=True),
    Stock("arranging", "in a bed, refused care, until there is another way home", PEOPLE, "hospital",
          "Fit to leave, still in a bed", whole=True),
    Stock("in_step_up", "people in step-up beds, in place of hospital", PEOPLE, "community", whole=True),
    Stock("waiting_for_care_in_bed", "in a bed, fit to leave, waiting for social care", PEOPLE, "hospital",
          "Fit to leave, still in a bed", whole=True),
    Stock("waiting_for_care_at_home", "at home, waiting for social care", PEOPLE, "care", "Unmet care",
          whole=True),
    Stock("home_care", "people with home care", PEOPLE, "care", "People in social care", whole=True),
    Stock("council_place", "in a care home, council-funded", PEOPLE, "care", "People in social care", whole=True),
    Stock("self_place", "in a care home, self-funded", PEOPLE, "care", "People in social care", whole=True),
    Stock("nhs_place", "in a care home, NHS-funded", PEOPLE, "care", "People in social care", whole=True),
    Stock("refused_care", "people refused care", PEOPLE, "care", "Unmet care", whole=True),
    Stock("asking_again", "people whose request failed and who ask again", PEOPLE, "needs", "Unmet requests",
          whole=True),
    Stock("untreated_needs", "planned needs neither met nor lapsed", "needs", "needs", "Untreated needs", whole=True),
    Stock("unwell", "people unwell after care withheld", PEOPLE, "needs", "People unwell", whole=True),
    Stock("conditions", "long-term conditions of all people", "conditions", "people", "Conditions and frailty",
          whole=True),
    Stock("frailty", "steps of frailty of all people", "steps", "people", "Conditions and frailty", whole=True),
    Stock("disease_control", "disease control, summed over people", "65,535ths of a person's", "people",
          "Disease control", whole=True),
    Stock("listed_urgent", "urgent pathways on the list", PATHWAYS, "list", "Waiting list", whole=True),
    Stock("listed_clinic", "pathways on the list for a clinic only", PATHWAYS, "list", "Waiting list", whole=True),
    Stock("listed_admission", "pathways on the list for the clinic before an admission", PATHWAYS, "list",
          "Waiting list", whole=True),
    Stock("listed_theatre", "pathways on the list for an operation", PATHWAYS, "list", "Waiting list", whole=True),
)  # fmt: skip

#: what makes emergencies likelier: conditions, being unwell, needs and care that is missing; what makes them rarer
ILLNESS = ("conditions", "frailty", "unwell", "untreated_needs", "refused_care", "waiting_for_care_at_home")

_WHERE: tuple[Flow, ...] = (
    Flow("births", "births", "", "registered", law="rate for women of 15–44", up=("registered",)),
    Flow("arrivals", "people who move in", "", "registered", law="the usual leavers and net migration"),
    Flow("replaced", "places of the dead taken, ageing off", "", "registered", counts=("replacements",),
         law="as many as die, where ageing is off; none otherwise"),
    Flow("deaths", "deaths", "registered", "", words=("deaths",),
         law="rates by age and frailty; more with unmet need or care, fewer with better control and hospital care",
         up=(*ILLNESS, "registered"), down=("disease_control", "quality_of_care")),
    Flow("leavers", "people who move away", "registered", "", law="rates by age", up=("registered",)),
    Flow("home_joined", "born or moved in", "", "at_home", counts=("births", "arrivals", "replacements"),
         law="as registered people"),
    Flow("deaths_at_home", "deaths outside hospital", "at_home", "", law="as deaths", up=("at_home", *ILLNESS),
         down=("disease_control", "quality_of_care")),
    Flow("home_left", "move away", "at_home", "", counts=("leavers",), law="rates by age", up=("at_home",)),
    Flow("emergencies_overnight", "emergencies that stay a night or more", "at_home", "in_hospital",
         ("emergency_overnight",),
         words=("emergency admissions", "avoidable admissions"),
         law="rates by age, condition and frailty; fewer where conditions are controlled, "
         "the GP is known, the hospital's threshold is higher or no bed is open",
         up=("at_home", *ILLNESS, "acute_beds", "hospital_overnight"), down=("disease_control", "quality_of_care")),
    Flow("step_up_begun", "emergencies taken into a step-up bed", "at_home", "in_step_up",
         law="a share of overnight emergencies, as far as there are beds; none where a file opens none",
         up=("at_home", *ILLNESS, "community_staff")),
    Flow("step_up_ended", "home from a step-up bed", "in_step_up", "at_home", delay="community.step_up_nights",
         law="length of stay", up=("in_step_up",)),
    Flow("deaths_in_step_up", "deaths in a step-up bed", "in_step_up", "", law="as deaths", up=("in_step_up",)),
    Flow("elective_admissions", "elective inpatients", "at_home", "in_hospital", counts=("inpatients",),
         law="theatre time to the longest waiters, where emergencies leave a bed",
         up=("listed_theatre", "planned_capacity", "acute_beds", "hospital_elective"),
         down=("in_hospital", "waiting_for_nhs_care", "waiting_for_care_in_bed", "arranging")),
    Flow("stays_ended", "discharged home", "in_hospital", "at_home", counts=("stays_ended_home",),
         delay="hospital.overnight_stay", words=("stays ended",), law="length of stay",
         up=("in_hospital",), down=("hospital_stay",)),
    Flow("nhs_waits_begun", "fit, but NHS care is missing", "in_hospital", "waiting_for_nhs_care",
         ("stays_ended_in_nhs_wait",), law="share of emergencies at 65 and over, by frailty",
         up=("in_hospital", "frailty"), down=("hospital_stay",)),
    Flow("care_waits_begun_in_bed", "fit, but social care is missing", "in_hospital", "waiting_for_care_in_bed",
         ("stays_ended_in_care_wait",), law="share of emergencies at 65 and over, by frailty, that councils take on",
         up=("in_hospital", "frailty", "social_care_eligibility", "council_rule"), down=("hospital_stay",)),
    Flow("refused_in_bed", "fit, but refused care", "in_hospital", "arranging", counts=("stays_ended_refused",),
         law="those whom councils do not take on", up=("in_hospital", "frailty"),
         down=("social_care_eligibility", "council_rule", "hospital_stay")),
    Flow("deaths_in_bed", "deaths in a bed", "in_hospital", "", law="as deaths", up=("in_hospital",)),
    Flow("nhs_waits_ended", "NHS care found, home", "waiting_for_nhs_care", "at_home",
         delay="fitted to published delays",
         words=("delays ended",), law="an exponential wait, longer where fewer are visited at home",
         up=("waiting_for_nhs_care", "community_staff", "community_visits")),
    Flow("deaths_in_nhs_wait", "deaths in the wait", "waiting_for_nhs_care", "", law="as deaths",
         up=("waiting_for_nhs_care",)),
    Flow("arranged", "another way home found", "arranging", "at_home", delay="social_care.arrange_most",
         law="longer than the wait for care", up=("arranging",)),
    Flow("deaths_while_arranging", "deaths in the wait", "arranging", "", law="as deaths", up=("arranging",)),
    Flow("care_from_bed", "care begins, home", "waiting_for_care_in_bed", "at_home", counts=("started_from_bed",),
         words=("care started",),
         law="a chance a week, as far as there is room", up=("waiting_for_care_in_bed", "care_capacity",
         "social_care_speed", "council_rule"), down=("home_care", "council_place", "self_place", "nhs_place")),
    Flow("gave_up_in_bed", "stops waiting, home without care", "waiting_for_care_in_bed", "at_home",
         delay="social_care.withdrawal", law="a chance a week", up=("waiting_for_care_in_bed",)),
    Flow("deaths_in_care_wait", "deaths in the wait", "waiting_for_care_in_bed", "", law="as deaths",
         up=("waiting_for_care_in_bed",)),
)  # fmt: skip

_CARE: tuple[Flow, ...] = (
    Flow("care_waits_begun_at_home", "needs of people at home taken on", "", "waiting_for_care_at_home",
         ("queued_at_home",), law="needs by age and frailty, as far as councils take them on",
         up=("frailty", "at_home", "social_care_eligibility", "council_rule")),
    Flow("care_from_home", "care begins", "waiting_for_care_at_home", "", counts=("started_at_home",),
         words=("care started",),
         law="a chance a week, as far as there is room", up=("waiting_for_care_at_home", "care_capacity",
         "social_care_speed", "council_rule"), down=("home_care", "council_place", "self_place", "nhs_place")),
    Flow("gave_up_at_home", "stops waiting", "waiting_for_care_at_home", "", delay="social_care.withdrawal",
         law="a chance a week", up=("waiting_for_care_at_home",)),
    Flow("queue_gone", "dies or moves away while waiting", "waiting_for_care_at_home", "", law="as deaths and moves",
         up=("waiting_for_care_at_home",)),
    *(flow for care, label in zip(CARE, ("home care", "council place", "self-funded place", "NHS-funded place"),
                                  strict=True)
      for flow in (
          Flow(f"{care}_starts", f"{label} begins", "", care, law="those who wait, as far as there is room",
               up=("waiting_for_care_at_home", "waiting_for_care_in_bed", "care_capacity")),
          Flow(f"{care}_ends", f"{label} ends", care, "", up=(care,),
               delay="social_care.home_care_years" if care == "home_care" else "",
               law="recovery, death, moving, another kind of care" if care == "home_care" else "death or moving"),
      )),
    Flow("refusals", "refused care, or gives up in a bed", "", "refused_care", law="needs that councils do not take on",
         up=("frailty", "at_home"), down=("social_care_eligibility", "council_rule")),
    Flow("refusals_ended", "taken on after all", "refused_care", "", law="a new need that is taken on",
         up=("refused_care", "social_care_eligibility", "council_rule")),
    Flow("refusals_lapsed", "considered anew", "refused_care", "", delay="social_care.refusal_lapses",
         law="a chance a quarter", up=("refused_care",)),
    Flow("refused_gone", "dies or moves away", "refused_care", "", law="as deaths and moves", up=("refused_care",)),
)  # fmt: skip

_NEEDS: tuple[Flow, ...] = (
    Flow("will_ask_again", "requests that fail and will be made again", "", "asking_again",
         law="a share of failed requests", up=("conditions", "frailty", "registered"),
         down=("gps", "other_staff", "practice_appointments")),
    Flow("asked_and_seen", "seen after all", "asking_again", "", delay="one week",
         words=("appointments",),
         law="share of requests served", up=("asking_again", "gps", "other_staff", "practice_appointments")),
    Flow("asked_in_vain", "gives up, or goes to A&E or elsewhere", "asking_again", "", delay="one week",
         law="a share of failed requests", up=("asking_again",)),
    Flow("asking_gone", "dies or moves away", "asking_again", "", law="as deaths and moves", up=("asking_again",)),
    Flow("needs_unheard", "needs that no referral follows", "", "untreated_needs", counts=("needs_arose_unheard",),
         law="not referred and not treated by the GP, or a request given up", up=("conditions", "registered"),
         down=("practice_referral", "gps")),
    Flow("needs_heard", "needs that a referral follows", "", "untreated_needs", counts=("needs_arose_heard",),
         law="consultations that refer by need", up=("conditions", "registered", "practice_referral")),
    Flow("needs_met", "needs met by treatment", "untreated_needs", "", law="clinics and theatres",
         up=("listed_urgent", "listed_clinic", "listed_theatre", "planned_capacity", "hospital_elective",
             "hospital_follow_up")),
    Flow("needs_lapsed", "needs that lapse", "untreated_needs", "", delay="outcomes.need_years", law="a chance a week",
         up=("untreated_needs",)),
    Flow("needs_heard_again", "needs brought to a GP again", "untreated_needs", "", delay="outcomes.need_returns",
         law="a chance a year, where a GP sees and refers", up=("untreated_needs", "gps", "practice_referral")),
    Flow("needs_withdrawn", "needs that end as people leave the list", "untreated_needs", "",
         law="half of withdrawals", up=("listed_urgent", "listed_clinic", "listed_admission", "listed_theatre")),
    Flow("needs_gone", "needs of those who die or move away", "untreated_needs", "", law="as deaths and moves",
         up=("untreated_needs",)),
    Flow("became_unwell", "turned back, without a bed, sent home early", "", "unwell", counts=("unwell_began",),
         words=("emergencies turned back", "long waits in A&E"),
         law="emergencies turned away or waiting for a bed, stays cut short",
         up=("in_hospital", "waiting_for_nhs_care", "waiting_for_care_in_bed", "arranging", "conditions"),
         down=("acute_beds", "hospital_stay", "hospital_admission", "hospital_overnight", "community_staff")),
    Flow("unwell_passed", "well again", "unwell", "", delay="outcomes.unwell_weeks", law="a chance a week",
         up=("unwell",)),
    Flow("unwell_admitted", "admitted after all", "unwell", "", law="emergencies", up=("unwell", "acute_beds")),
    Flow("unwell_gone", "dies or moves away", "unwell", "", law="as deaths and moves", up=("unwell",)),
)  # fmt: skip

_HEALTH: tuple[Flow, ...] = (
    Flow("condition_onsets", "new conditions", "", "conditions",
         words=("new conditions",), law="rates by age, slowed by control",
         up=("registered",), down=("disease_control",)),
    Flow("conditions_came", "conditions of people who move in", "", "conditions", law="as people alike have"),
    Flow("conditions_gone", "conditions of those who die or move away", "conditions", "", law="as deaths and moves",
         up=("conditions",)),
    Flow("frailty_onsets", "steps to more frailty", "", "frailty", law="rates by age, slowed by control",
         up=("registered",), down=("disease_control",)),
    Flow("frailty_came", "frailty of people who move in", "", "frailty", law="as people alike have"),
    Flow("frailty_gone", "frailty of those who die or move away", "frailty", "", law="as deaths and moves",
         up=("frailty",)),
    Flow("control_rose", "better control", "", "disease_control", delay="general_practice.control_years",
         words=("disease control",),
         law="towards a level that proactive care and access raise", up=("practice_proactive", "access_known")),
    Flow("control_fell", "worse control", "disease_control", "", delay="general_practice.control_years",
         law="towards a level that proactive care and access raise", up=("disease_control",),
         down=("practice_proactive", "access_known")),
    Flow("control_came", "control of the newly born and of people who move in", "", "disease_control",
         law="as the mother's, or the practice's"),
    Flow("control_gone", "control of those who die or move away", "disease_control", "", law="as deaths and moves",
         up=("disease_control",)),
)  # fmt: skip


def _list() -> tuple[Flow, ...]:
    """Flows of the waiting list, the same for each stage."""
    named = {"urgent": "urgent", "clinic": "clinic only", "admission": "before an admission", "theatre": "operation"}
    flows = [
        Flow(f"joined_{stage}", f"referrals that join, {named[stage]}", "", f"listed_{stage}",
         words=("referrals",),
         law="referrals by GPs and others; fewer where waits are long", up=("gps", "practice_referral",
             "conditions", "registered")) for stage in STAGES[:3]
    ]  # fmt: skip
    for stage in STAGES:
        here = f"listed_{stage}"
        target = "listed_theatre" if stage == "admission" else ""
        flows += [
            Flow(f"seen_{stage}", f"seen, {named[stage]}", here, target,
         words=("treatments",), law="the longest waiters first, as capacity "
                 "allows", up=(here, "planned_capacity", "hospital_elective")),
            Flow(f"withdrawn_{stage}", f"withdrawn, {named[stage]}", here, "", delay="hospital.withdrawal",
                 law="a chance a week", up=(here,)),
            Flow(f"listed_gone_{stage}", f"dies or moves away, {named[stage]}", here, "", law="as deaths and moves",
                 up=(here,)),
        ]  # fmt: skip
    return tuple(flows)


FLOWS: tuple[Flow, ...] = (*_WHERE, *_CARE, *_NEEDS, *_HEALTH, *_list())


def levels(patients: Any) -> dict[str, int]:
    """How much of each of ``STOCKS`` there is, counted person by person and pathway by pathway, in the sample."""
    rows, lists = patients.people.key.size, patients.lists
    people = np.sum([_count_people(patients.people, first) for first in range(0, rows, AT_ONCE)], axis=0)
    stays = np.bincount(all_rows(lists.stays)["kind"], minlength=STEP_UP + 1)
    in_bed = all_rows(lists.care)["hospital"] >= 0
    listed = np.bincount(still_waiting(lists.waiting)["stage"], minlength=QUEUES)
    counts = {
        **dict(zip(PERSON_BY_PERSON, people, strict=True)),
        "waiting_for_nhs_care": stays[DELAYED], "arranging": stays[ARRANGING], "in_step_up": stays[STEP_UP],
        "waiting_for_care_in_bed": in_bed.sum(), "waiting_for_care_at_home": (~in_bed).sum(),
        **{f"listed_{stage}": n for stage, n in zip(STAGES, listed, strict=True)},
    }  # fmt: skip
    return {name: int(n) for name, n in counts.items()}


def _count_people(everyone: People, first: int) -> list[int]:
    """``PERSON_BY_PERSON`` of some rows: all of a large place at once would take its memory again."""
    here = everyone.where[first : first + AT_ONCE]
    state, traits = (column[first : first + AT_ONCE][here != GONE] for column in (everyone.state, everyone.traits))
    care, need = state["care"], state["need"]
    planned = sum(int((need & bit != 0).sum()) for bit in (NEEDS_URGENT, NEEDS_CLINIC, NEEDS_ADMISSION))
    where = [int((here == place).sum()) for place in (HOME, HOSPITAL)]
    kinds = [int((care == kind).sum()) for kind in (*range(HOME_CARE, NHS_PLACE + 1), REFUSED_CARE)]
    sums = [int(state[name].sum(dtype=np.int64)) for name in ("conditions", "frailty", "control")]
    asking, unwell = int((traits & UNMET_BIT != 0).sum()), int((need & UNWELL != 0).sum())
    return [len(state), *where, *kinds, asking, planned, unwell, *sums]
