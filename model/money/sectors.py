"""Money as stocks: what each kind of account holds, and what one kind pays another."""

from __future__ import annotations

from ...agents.stocks import Flow, Stock
from ..economy import Economy

OUTSIDE = "outside"  #: where money enters and leaves: Treasury, taxpayers, clients, staff and suppliers
HELD = {
    "commissioners": "commissioners",
    "nhs_england": "NHS England",
    "councils": "councils",
    "pools": "pooled budgets",
    "practices": "practices",
    "hospitals": "hospitals",
    "social_care": "social care",
    "community": "community services",
    "other_services": "services outside the model",
}  #: kinds of account, and what they are called
OF_KIND = {
    "practice": "practices", "hospital": "hospitals", "social_care": "social_care", "community": "community"
}  #: the kind of account of each kind of provider  # fmt: skip
#: what is said of money that one kind pays another; what comes back is taken off
PAID = {
    ("outside", "commissioners"): "allocations and cover, less returns",
    ("outside", "nhs_england"): "allocations, less surplus returned",
    ("outside", "councils"): "grant and tax, less other services",
    ("outside", "social_care"): "clients' payments and loans, less running cost",
    ("commissioners", "councils"): "better care fund",
    ("commissioners", "nhs_england"): "responsibilities handed over",
    **{(payer, payee): "contracts"
       for payer in ("commissioners", "nhs_england", "councils", "pools")
       for payee in ("practices", "hospitals", "social_care", "community")},
    **{(payer, "pools"): "pooled budgets" for payer in ("commissioners", "nhs_england", "councils")},
    ("commissioners", "other_services"): "blocks",
    ("other_services", "social_care"): "NHS-funded places",
    ("commissioners", "community"): "contracts and savings spent",
    ("practices", "outside"): "expenses and drawings",
    ("hospitals", "outside"): "running cost and interest, less loans",
    ("community", "outside"): "running cost, less loans",
    ("other_services", "outside"): "running cost",
}  # fmt: skip

#: what links call some of these payments
WORDS = {("councils", "social_care"): ("pay of social care",), ("hospitals", "outside"): ("interest",)}


def _name(payer: str, payee: str) -> str:
    return f"{payer}_to_{payee}"


PENCE = "pence"
SECTORS = (OUTSIDE, *HELD)  #: kinds of account, in the order of what ledgers count
PAYMENTS = tuple(_name(payer, payee) for payer in SECTORS for payee in SECTORS)  #: in the order of ``Ledger.moved``

STOCKS: tuple[Stock, ...] = tuple(
    Stock(f"held_{sector}", f"money of {label}", PENCE, "money", f"Money of {label}", whole=True)
    for sector, label in HELD.items()
)


def _stock(sector: str) -> str:
    return "" if sector == OUTSIDE else f"held_{sector}"


FLOWS: tuple[Flow, ...] = tuple(
    Flow(
        _name(payer, payee), f"{label}", _stock(payer), _stock(payee), both_ways=True,
        counts=(_name(payer, payee), f"-{_name(payee, payer)}"), words=WORDS.get((payer, payee), ()),
        law="contracts and rules, every four weeks",
    )
    for (payer, payee), label in PAID.items()
)  # fmt: skip


def sectors(model: Economy) -> dict[str, int]:
    """Of each account that is not outside, the number of its kind in ``SECTORS``."""
    number = {sector: k for k, sector in enumerate(SECTORS)}
    sites = model.place.file.councils
    councils = ["council"] if len(sites) == 1 else [f"council {site.id}" for site in sites]
    named = {
        "commissioners": model.commissioners.names, "nhs_england": ["nhs_england"], "councils": councils,
        "pools": [pool.name for pool in (model.case.funding.pools if model.case.funding else ())],
        "other_services": ["mental_health", "pharmacies", "continuing_care", "other_nhs"],
    }  # fmt: skip
    named |= {OF_KIND[cohort.kind]: cohort.names for cohort in model.cohorts}
    return {name: number[sector] for sector, names in named.items() for name in names}
