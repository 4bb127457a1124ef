"""Plain words for what funding files write as keys: ways of paying, their fields, payers, activities and measures."""

from __future__ import annotations

from ....agents.cohorts import COHORTS

MANNERS = {
    "head": "for each person",
    "fixed": "as a fixed sum",
    "item": "for each item of care",
    "results": "for results",
}  # how money can be earned
#: each term of a contract: what it is, and how money is earned by it
TERMS = {
    "capitation": ("A sum for each person", "head"),
    "block": ("A fixed sum", "fixed"),
    "outlier_pool": ("Very costly patients shared among providers", "fixed"),
    "tariff": ("A price for each item of care", "item"),
    "blended": ("A planned sum, and part of the price beyond it", "item"),
    "floating_point": ("A fixed sum divided by points for activity", "item"),
    "reimbursement": ("Staff in post paid back", "item"),
    "outcome": ("Money for results on a measure", "results"),
    "tournament": ("A prize for the best", "results"),
    "gain_share": ("A share of savings and overspends", "results"),
    "best_practice": ("A supplement for care as it should be", "results"),
    "readmission": ("Readmissions that are not paid for", "results"),
}
FIELDS = {
    "payer": "Who pays", "name": "Name of this part", "rate": "£ for each weighted person a year",
    "per_head": "£ for each person a year", "amount": "£ a year for all providers together",
    "prices": "Prices", "scale": "All prices together", "weights": "How people are weighted", "indicator": "Measure",
    "start": "Payment begins at", "target": "Payment is full at", "form": "What is at stake", "shared": "Whose results",
    "adjusted": "Allow for age and deprivation", "marginal_rate": "Part of the price paid above the line",
    "baseline": "Where the line is", "cap": "Most paid", "floor": "Least paid", "rebased": "The line follows last year",
    "most_per_head": "Most paid for each person", "plan": "Planned value", "up": "Share upwards", "down":
    "Share downwards", "tolerance": "Band without effect", "discretionary": "The payer may cut it", "adjustment":
    "How far pay follows the weights", "floor_weights": "Weights of the least sum", "points": "Points for each item",
    "threshold": "Cost above which a patient is shared", "share": "Share of that cost", "top_slice":
    "Put in for each person", "price": "£ each", "unpaid": "Share that is not paid", "corridor": "Band without effect",
    "benchmark": "Benchmark", "top": "Share of providers that win", "best": "What wins",
}  # fmt: skip
VALUES = {
    "commissioner": "NHS commissioner", "nhs_england": "NHS England", "council": "the council", "flat": "all the same",
    "age_sex": "by age and sex", "workload": "by age, sex and deprivation",
    "carr_hill_a": "the GP formula (Carr-Hill) with the ages of the regulations",
    "carr_hill_b": "the GP formula (Carr-Hill) with the ages of 2003", "need": "by illness and frailty",
    "bonus": "extra money for good results", "withheld": "part of the pay, given back for good results",
    "penalty": "money taken for poor results", "own": "each provider’s own", "lot": "all of its lot together",
    "group": "all that work together", "high": "a high value", "low": "a low value", "true": "yes", "false": "no",
}  # fmt: skip
ACTIVITIES = {a.name: a.label for cohort in COHORTS.values() for a in cohort.ACTIVITIES}
MEASURES = {i.name: f"{i.label}, {i.unit}" for cohort in COHORTS.values() for i in cohort.OUTCOMES}


def term(key: str) -> str:
    """What a term is, by the name that files use."""
    return TERMS[key][0] if key in TERMS else plain(key)


def manner(key: str) -> str:
    """How money is earned by a term."""
    return TERMS[key][1] if key in TERMS else "item"


def field(key: str) -> str:
    """What a field of a term says."""
    return FIELDS.get(key) or plain(key)


def value(key: str) -> str:
    """What a choice means: a payer, weights, a measure, an activity."""
    return VALUES.get(key) or MEASURES.get(key) or ACTIVITIES.get(key) or key.replace("_", " ")


def plain(key: str) -> str:
    """A name as it is written in a file, as words."""
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]
