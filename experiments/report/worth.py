"""Cost per QALY, net benefit, the chance of the largest one, and what knowing more would be worth."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ..evidence.margin.runs import present
from ..evidence.margin.table import price
from ..figures.charts import Series, lines
from ..results.compared import Compared
from ..results.intervals import paired, ratio
from ..results.numbers import number, pounds, signed, valued
from . import against
from .book import Book
from .parts import Pictures, Points, Said, Section, Table

VALUES = (10_000.0, 13_000.0, 20_000.0, 30_000.0, 50_000.0)  #: £ a QALY in the table of chances
CURVE = np.linspace(0.0, 60_000.0, 25)  #: £ a QALY along the curve
DRAWN = 4  #: ways of paying that the curve shows, those that have the largest net benefit most often
FEWEST = 10  #: repeat runs or draws from which shares of them say anything
NOTHING = 0.005  #: £m that are not worth a word
MILLION = 1e6


def sums(compared: Compared) -> tuple[np.ndarray, np.ndarray]:
    """£m of public spending and QALYs over all years, discounted, (ways of paying, seeds) each."""
    rate = float(compared.parameters["behaviour.discount_rate"].value)
    spent = [[present(years, rate) for years in compared.yearly("public", name)] for name in compared.names]
    yearly = cast(pd.Series, compared.all["people"].groupby(["funding", "seed", "year"])["qalys"].sum())
    people = cast(pd.DataFrame, yearly.unstack("year"))
    gained = [
        [present(people.loc[(name, seed)].to_numpy(), rate) for seed in compared.seeds] for name in compared.names
    ]
    return np.array(spent), np.array(gained)


def scenes(compared: Compared) -> tuple[np.ndarray, np.ndarray, str]:
    """Differences in £m and QALYs from the first, (ways of paying, draws or seeds), and which of the two they are.

    Draws have yearly means, which count as the same each year.
    """
    if compared.drawn is None:
        spent, gained = sums(compared)
        return spent - spent[0], gained - gained[0], "repeat runs"
    rate = float(compared.parameters["behaviour.discount_rate"].value)
    years = present([1.0] * compared.years, rate)
    registered = compared.case.place.registered
    nothing = np.zeros(len(compared.drawn.draws))
    spent, gained = (
        np.array([nothing, *(compared.drawn.effects[name, key] * times for name in compared.others)])
        for key, times in (("public", years), ("qalys", years * registered / 1000.0))
    )
    return spent, gained, "draws of what is not known"


def best(spent: np.ndarray, gained: np.ndarray, value: float) -> np.ndarray:
    """Share of scenes in which each way of paying has the largest net benefit at £ a QALY."""
    worth = gained * value / MILLION - spent
    return np.bincount(worth.argmax(axis=0), minlength=len(worth)) / worth.shape[1]


def information(spent: np.ndarray, gained: np.ndarray, value: float) -> float:
    """£m that knowing the scene before choosing would be worth: the expected value of perfect information."""
    worth = gained * value / MILLION - spent
    return float(worth.max(axis=0).mean() - worth.mean(axis=1).max())


def enough(spent: np.ndarray) -> bool:
    """Whether there are so many scenes that shares of them say anything."""
    return spent.shape[1] >= FEWEST


def tables(book: Book, compared: Compared) -> None:
    """``worth`` by way of paying; ``best`` by way of paying, a column a value of a QALY; ``information`` by value.

    ``gains`` by way of paying: per cent of scenes in which it has a net benefit.
    """
    value = float(compared.parameters["money.qaly_value"].value)
    spent, gained = sums(compared)
    rows = {}
    for k, name in enumerate(compared.names[1:], 1):
        cost, health = spent[k] - spent[0], gained[k] - gained[0]
        net = paired(health * value / MILLION - cost)
        per = ratio(MILLION * cost, health)
        rows[name] = {
            "spending": cost.mean(), "spending_low": paired(cost).low, "spending_high": paired(cost).high,
            "qalys": health.mean(), "qalys_low": paired(health).low, "qalys_high": paired(health).high,
            "price": per.value, "price_low": per.low, "price_high": per.high,
            "net": net.mean, "net_low": net.low, "net_high": net.high, "net_above": net.above,
        }  # fmt: skip
    book.add("worth", pd.DataFrame.from_dict(rows, orient="index"))
    spent, gained, _ = scenes(compared)
    gains = 100.0 * (gained * value / MILLION - spent > 0.0).mean(axis=1)
    book.add("gains", pd.DataFrame({"percent": gains}, index=compared.names))
    shares = {f"{v:.0f}": 100.0 * best(spent, gained, v) for v in VALUES}
    book.add("best", pd.DataFrame(shares, index=compared.names))
    knowing = {f"{v:.0f}": {"millions": information(spent, gained, v)} for v in VALUES}
    book.add("information", pd.DataFrame.from_dict(knowing, orient="index"))
    book.add("values", pd.DataFrame({"qaly": value}, index=["run"]))


def section(book: Book, compared: Compared) -> Section:
    """The tables, the curve and what they come to."""
    tables(book, compared)
    spent, gained, which = scenes(compared)
    note = Markup(
        "Public spending and QALYs over all years, discounted. Net benefit is QALYs gained at £{} each, less spending. "
        "{}"
    ).format(book.quote("values", "run", "qaly", lambda x: number(x, 0)), _counted(compared, which, enough(spent)))
    said = [_said(book, compared, name) for name in compared.others]
    parts: list[Said | Points | Table | Pictures] = [Said(note, "note"), Points(said), _table(book, compared)]
    if enough(spent):
        parts[1] = Points([*said, _knowing(book)])
        drawn = _curve(compared, spent, gained, which)
        parts += [
            _chances(book, compared, which), Pictures("The largest net benefit, by the value of a QALY", [drawn])
        ]  # fmt: skip
    return Section("worth", "Value for money", parts, _finding(book, compared))


def _counted(compared: Compared, which: str, shown: bool) -> Markup:
    """What the chances count, or what would show them."""
    what = Markup("The chance of the largest net benefit, and the value of information, {}.")
    if not shown:
        return what.format(Markup("need more draws or repeat runs: add <code>--uncertainty 24</code>"))
    if compared.drawn is not None:
        return what.format(f"count {which}, each with the same yearly mean over all years")
    only = Markup(
        "count {}, so that they say what chance does and not what is not known: add <code>--uncertainty</code>"
    )
    return what.format(only.format(which))


def _finding(book: Book, compared: Compared) -> Markup:
    """The way of paying with the largest net benefit, and how likely it is to have any."""
    if not compared.others:
        return Markup("")
    name = max(compared.others, key=lambda name: book.value("worth", name, "net"))
    if book.value("worth", name, "net") <= 0.0:
        return Markup("No way of paying brings a net benefit compared with “{}”.").format(compared.way(compared.first))
    above = book.value("worth", name, "net_above")
    likely = Markup(" (within chance)") if 1.0 - against.CERTAIN <= above <= against.CERTAIN else Markup("")
    if compared.drawn is not None:
        share = book.quote("gains", name, "percent", lambda x: number(x, 0))
        likely = Markup(", and has any in {} % of draws of what is not known").format(share)
    return Markup("“{}” brings the largest net benefit, {}{}.").format(
        compared.way(name), book.quote("worth", name, "net", lambda x: valued(x, "£m")), likely
    )


def _said(book: Book, compared: Compared, name: str) -> Markup:
    net, above = book.value("worth", name, "net"), book.value("worth", name, "net_above")
    likely = " (within chance)" if 1.0 - against.CERTAIN <= above <= against.CERTAIN else ""
    return Markup("{}: {} a net benefit of {}{}, from {} QALYs and {} of public spending.").format(
        compared.way(name), "brings" if net > 0.0 else "loses",
        book.quote("worth", name, "net", lambda x: valued(abs(x), "£m")), likely,
        book.quote("worth", name, "qalys", lambda x: signed(x, 0)),
        book.quote("worth", name, "spending", lambda x: ("+" if x > 0.0 else "") + valued(x, "£m")),
    )  # fmt: skip


def _knowing(book: Book) -> Markup:
    value = f"{book.value('values', 'run', 'qaly'):.0f}"
    if value not in book.tables["information"].index:
        value = f"{VALUES[2]:.0f}"
    if book.value("information", value, "millions") < NOTHING:
        return Markup("To know for certain before choosing would be worth next to nothing.")
    return Markup("To know for certain before choosing would be worth {} at most.").format(
        book.quote("information", value, "millions", lambda x: valued(x, "£m"))
    )


def _table(book: Book, compared: Compared) -> Table:
    rows = []
    for name in compared.others:
        row = {str(k): float(v) for k, v in book.tables["worth"].loc[name].items()}
        pence = {key: MILLION * row[key] for key in ("spending", "spending_low", "spending_high")}
        rows.append([
            compared.titles[name], _between(row, "spending", 2), _between(row, "qalys", 0), _price(row | pence),
            _between(row, "net", 2),
        ])  # fmt: skip
    head = ["Way of paying", "Public spending, £m", "QALYs", "£ per QALY gained", "Net benefit, £m"]
    return Table("Spending, health and net benefit, with 95 % intervals from chance", head, rows, words=(3,))


def _price(row: dict[str, float]) -> str:
    if row["spending"] < 0.0 and row["qalys"] < 0.0:
        return f"saves {price(row)} for each QALY lost"
    return price(row)


def _between(row: dict[str, float], key: str, digits: int) -> str:
    low, high = row[f"{key}_low"], row[f"{key}_high"]
    ends = "" if low != low else f" ({signed(low, digits)} to {signed(high, digits)})"
    return signed(row[key], digits) + ends


def _chances(book: Book, compared: Compared, which: str) -> Table:
    head = ["Way of paying", *(f"{pounds(v)} a QALY" for v in VALUES)]
    rows = [
        [compared.titles[name], *(f"{book.value('best', name, f'{v:.0f}'):.0f} %" for v in VALUES)]
        for name in compared.names
    ]
    knowing = [valued(book.value("information", f"{v:.0f}", "millions"), "£m") for v in VALUES]
    rows.append(["Value of perfect information", *knowing])
    return Table(f"Chance of the largest net benefit, share of {which}", head, rows)


def _curve(compared: Compared, spent: np.ndarray, gained: np.ndarray, which: str) -> str:
    shares = np.array([100.0 * best(spent, gained, v) for v in CURVE])  # (values, ways)
    most = np.argsort(-shares.sum(axis=0), kind="stable")[:DRAWN]
    series = [Series(compared.titles[compared.names[k]], shares[:, k]) for k in most if shares[:, k].any()]
    return lines(
        "How often each has the largest net benefit",
        f"% of {which}",
        CURVE / 1000.0,
        series,
        xlabel="£000 a QALY",
        size=(560, 300),
    )
