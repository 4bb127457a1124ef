"""Tables that the week reads: chances, practices, hospitals; and what a review counts."""

from typing import NamedTuple

import numpy as np

from .events import EVENTS
from .people import NEEDS, table_type

KINDS = 4  #: of provider, in the order of ``COHORTS``

#: chances a week and shapes, ready for use, as a table of one row (see ``model/people/rates.py``)
RATES = table_type(
    request=("f8", (7, 2)),  # chance a week of a first ask at relative propensity 1, by age band and sex
    request_frailty=("f8", (4,)),
    request_condition=("f8", (5,)),
    propensity=("f8", (256,)),  # personal multiplier of asking, by a byte of the key
    death=("f8", (7,)),
    death_frailty=("f8", (4,)),
    death_care_home="f8",
    dies_in_hospital="f8",  # share of deaths
    death_unmet_care="f8",  # of those refused or waiting for care: that of people in the same need, and more
    death_control=("f8", (256,)),  # multiplier by control's high byte
    need_death=("f8", (NEEDS,)),  # by needs neither met nor lapsed
    need_emergency=("f8", (NEEDS,)),
    need_passes=("f8", (NEEDS,)),  # chance a week that one of them passes or is brought to a GP again
    need_lapses="f8",  # of these: planned needs lapse
    unwell_passes="f8",  # of these: being unwell ends
    unvisited_loss=("f8", (4,)),  # the same of someone whose needs at home nobody visits, by frailty
    need_loss=("f8", (NEEDS,)),  # millionths of a QALY a quarter
    control_loss=("f8", (256,)),  # the same of someone with conditions, by control's high byte
    unmet_care_loss="f8",  # the same of someone refused or waiting for care, and of the family
    frailty_on=("f8", (106, 4)),  # by year of age
    condition_on=("f8", (106, 5)),
    control_incidence=("f8", (256,)),  # multiplier of onsets by control's high byte
    emergency=("f8", (7,)),
    emergency_frailty=("f8", (4,)),
    emergency_condition=("f8", (5,)),
    emergency_quintile=("f8", (5,)),
    vulnerability=("f8", (256,)),  # personal multiplier of emergencies
    unmet_care_risk="f8",
    unmet_care_ae="f8",
    acsc_share=("f8", (5,)),  # by conditions
    control_acsc=("f8", (256,)),  # multiplier of ACSC admissions by control's high byte
    zero_day=("f8", (7,)),
    via_ae="f8",
    ae=("f8", (7,)),
    ae_major="f8",
    other_referral=("f8", (7,)),
    planned=("f8", (7,)),
    birth="f8",
    leave=("f8", (7,)),
    care_need=("f8", (7,)),
    care_frailty=("f8", (4,)),
    gp_share="f8",
    gp_referral=("f8", (7,)),  # chance that a GP consultation refers
    treatable="f8",  # share of these needs that the practice can treat itself
    treat_contacts="f8",  # further GP consultations that it takes to treat one
    after_failure=("f8", (3,)),  # cumulative: asks again, A&E, elsewhere
    pathway=("f8", (7, 4)),  # cumulative: rejected, outside the list, urgent, clinic only (else admission)
    readiness=("f8", (4, 256)),  # weeks until ready, by stage
    withdraw="f8",
    withdrawn_need="f8",  # share of withdrawals after which the need goes on
    follow_ups="f8",
    follow_ups_spare="f8",  # share of follow-ups that nobody would miss
    follow_up_effect="f8",  # chance that a need goes on where no follow-up is left
    other_visits="f8",
    inpatient=("f8", (7,)),  # share of listed admissions that stay overnight
    elective_nights=("f8", (7,)),
    elective_want="f8",  # nights wanted this week per theatre slot
    overnight_nights=("f8", (7,)),
    stay_frailty=("f8", (4,)),
    step_up_suited=("f8", (7,)),  # share of overnight emergencies whom a GP and nurses can look after
    step_up_sent_on="f8",  # of those taken into a step-up bed, to hospital within a day
    step_up_nights="f8",
    early_unwell=("f8", (4,)),  # chance of being unwell after a stay cut to nothing, by frailty
    stay_shape=("f8", (256,)),  # stay relative to its mean
    nhs_need=("f8", (4,)),  # share of overnight stays at 65+ that wait for NHS care
    social_need=("f8", (4,)),
    delay_nights="f8",
    care_kind=("f8", (3,)),  # cumulative: home care, council place, self-funded place (else NHS-funded)
    care_withdraw="f8",
    care_gives_up="f8",  # chance a week that someone who waits for care in a bed finds another way home
    refusal_lapses="f8",  # a quarter: someone refused care is considered anew
    home_care_end="f8",  # recovery, or other arrangements
    control_spread=("f8", (256,)),  # personal deviation of control's settled level
    unit_cost=("f8", (len(EVENTS),)),  # £ an event, for a person's spend
    care_cost=("f8", (7,)),  # £ a week by kind of care
    working_age_client="f8",  # share of people aged 15-64 with long-term care
    working_age_cost="f8",  # £ a week of it
    expected_cost=("f8", (KINDS, 7, 5, 4)),  # £ a year of a person, by kind of provider, age, conditions and frailty
    utility=("f8", (7, 5, 4)),  # millionths of a QALY a quarter
    stationary="u1",  # ageing off: the dead are replaced by their like
)

#: a practice in a week
PRACTICE_WEEK = table_type(
    start="i8",  # first row of the practice's people
    stop="i8",
    n_free="i8",  # empty rows
    gp_offered="f8",  # appointments this week
    other_offered="f8",
    gp_usual="f8",  # requests of those outside a sample: see `Providers.unsampled_part`
    other_usual="f8",
    swing="f8",  # part of this week's own requests that counts when they are rationed (1 but in a sample)
    style="f8",  # demand relative to age and sex
    referral="f8",  # referral propensity
    referral_need="f8",  # the same that need asks for
    served="f8",  # smoothed share of requests served
    continuity="f8",  # multiplier of ACSC admissions
    care_home_acsc="f8",  # multiplier of ACSC admissions of people in care homes
    control="f8",  # settled level of control
    council="i8",  # row of the council that looks after its patients
    eligible="f8",  # share of council cases that this council takes on
    unvisited="f8",  # share of needs at home that nobody visits, beyond the usual
    arrange_nights="f8",  # mean nights in hospital until those refused have another way home
    step_up="f8",  # chance that an emergency suited to a step-up bed finds one
)

#: a hospital in a week
HOSPITAL_WEEK = table_type(
    clinic_slots="f8",  # time for first clinics this week
    clinic_share="f8",  # share of routine slots for clinic-only pathways; the rest is for admissions
    follow_up_time="f8",  # of a follow-up relative to a first clinic
    theatre_slots="f8",
    bed_nights="f8",  # this week
    admission="f8",  # lever: short admissions from A&E
    overnight="f8",  # lever: emergency admissions for a night or more
    stay="f8",  # lever: length of stay
    early="f8",  # part of the stay by which patients leave too early
    follow_up="f8",  # lever
    handback="f8",  # GP minutes that a discharge brings
    handback_clinic="f8",  # and at a first clinic
    refused="f8",  # chance that an overnight emergency finds no bed
    bed_wait="f8",  # chance that one waits too long in A&E for its bed
    divert="f8",  # chance that an emergency is sent to the next hospital
    overflow="i8",  # that next hospital
    delay="f8",  # NHS-caused delay relative to the baseline
    returning="f8",  # emergencies of people just discharged, relative to the usual quality of care
    dying="f8",  # deaths in hospital, relative to those at the usual quality
)


class PracticeWeek(NamedTuple):
    """Practices in a week, and where they send patients."""

    table: np.ndarray  # (P,) PRACTICE_WEEK
    share: np.ndarray  # (P, H-1) cumulative share of each hospital but the last, for emergencies
    referral_share: np.ndarray  # (P, H-1) the same for referrals, which shun long waits
    vacant: (
        np.ndarray
    )  # int32 (rows,): the first n_free entries of a practice's rows list its empty rows, from its first


class Census(NamedTuple):
    """Who there is at a quarter's end, per practice."""

    stock: (
        np.ndarray
    )  # (P, GROUPS, 10) int64: people, with conditions, their summed control, millionths of a QALY, in care (4), with a
    # planned need neither met nor lapsed, waiting for care or refused it
    spread: np.ndarray  # (P, BANDS, 9) int64: people by conditions (5) and frailty (4)
    sexes: np.ndarray  # (P, 2, BANDS) int64: people by sex and age band
    cost: np.ndarray  # (P, 4): £ a year that the people are expected to cost each kind of provider
    risk: np.ndarray  # (P, 2): emergency admissions a year, and ACSC ones, expected at the usual control and continuity
