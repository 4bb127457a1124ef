"""Flags: what a reader should look at before believing or buying, each with the figure that raised it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...agents.habit import TINY
from ..results import compare as comparing
from ..results.compared import Compared
from ..results.levers import DECISIONS
from ..results.numbers import number, signed, valued
from ..results.room import NEAR
from .book import Book
from .parts import Points, Said, Section

INDUCED = {("hospital", "admission"), ("hospital", "overnight"), ("hospital", "follow_up"), ("hospital", "coding")}
BEHAVIOUR = 2.0  #: per cent by which a behaviour has to rise to be flagged
WORKLOAD = 3.0  #: per cent of GPs' contacts, or of families' hours
BEDS = 2.0  #: per cent of beds closed
LENT = 1.0  #: loans a year, per cent of what the kind of provider is paid
DEFICIT = 1.0  #: per cent of a year's public spending by which a commissioner ends worse
GAP = 1.0  #: per cent of the unmet requests of the most deprived fifth
COSTS = 1.0  #: per cent of social care's cost
KINDS = ("hospital", "social_care", "community")
Finder = Callable[[Book, Compared, str], Iterator[Markup]]


def section(book: Book, compared: Compared) -> Section:
    """The flags of each way of paying."""
    tables(book, compared)
    parts: list[Said | Points] = []
    for name in compared.others:
        raised = [words for find in FINDERS for words in find(book, compared, name)]
        said = Markup("{}: {}").format(compared.way(name), Markup("no flag") if not raised else Markup("look at this."))
        parts += [Said(said)] + ([Points(raised)] if raised else [])
    beyond = comparing.warnings(compared.results, compared.cases)
    if beyond:
        lead = Markup("Beyond the range of evidence: no published reform has changed pay this far, so that the result "
                      "rests on the shape of a response and not on what has been seen.")  # fmt: skip
        parts += [Said(lead), Points([Markup('<span data-from="moves">{}.</span>').format(text) for text in beyond])]
    note = Markup(
        "A flag compares with the first way of paying and names the figure that raised it. Practices choose "
        "their patients only where a funding file lets them, and other providers never, so that selection can neither "
        "appear elsewhere nor be ruled out; fundingflows incentives shows which types of patient a contract pays above "
        "or below their cost, and whom practices would turn away."
    )
    return Section("flags", "Flags", [Said(note, "note"), *parts])


def tables(book: Book, compared: Compared) -> None:
    """``behaviour`` by kind.lever/way: end, change from the first (%), share of room used, pay; ``warnings`` by way."""
    book.add("behaviour", _behaviour(compared))
    first = _facts(compared, compared.first)
    rows = {}
    for name in compared.others:
        facts = _facts(compared, name)
        rows[name] = {
            **facts, **{f"{key}_change": _change(facts[key], first[key]) for key in facts},
            **{f"{key}_more": facts[key] - first[key] for key in facts},
        }  # fmt: skip
    book.add("warnings", pd.DataFrame.from_dict(rows, orient="index"))


def _behaviour(compared: Compared) -> pd.DataFrame:
    rows = {}
    base = _moves(compared, compared.first)
    for name in compared.names:
        for (kind, lever), row in _moves(compared, name).items():
            down, up = (
                max(float(compared.parameters[f"behaviour.room_{way}_{lever}"].value), TINY) for way in ("down", "up")
            )
            room = max(
                (1.0 - row["lowest"]) / down if down > TINY else 0.0, (row["highest"] - 1.0) / up if up > TINY else 0.0
            )
            rows[f"{kind}.{lever}/{name}"] = {
                "end": row["end"], "change": _change(row["end"], base[kind, lever]["end"]), "room": 100.0 * room,
                "pay": row["pay"], "pay_before": base[kind, lever]["pay"],
            }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def _moves(compared: Compared, name: str) -> dict[tuple[str, str], dict[str, float]]:
    """Means over seeds of each behaviour's figures."""
    runs = [compared.by[name, seed].moves for seed in compared.seeds]
    out = {}
    for rows in zip(*runs, strict=True):
        keys = ("end", "lowest", "highest", "pay")
        out[rows[0]["kind"], rows[0]["lever"]] = {key: float(np.mean([row[key] for row in rows])) for key in keys}
    return out


def _facts(compared: Compared, name: str) -> dict[str, float]:
    """Figures that flags compare, means over seeds: of the last year, loans a year over all years."""
    frames = {key: cast(pd.DataFrame, frame[frame["funding"] == name]) for key, frame in compared.all.items()}
    organisations, ledger = frames["organisations"], frames["ledger"]
    last = cast(pd.DataFrame, organisations[organisations["year"] == compared.years])
    runs = len(compared.seeds)
    practices = cast(pd.DataFrame, last[last["kind"] == "practice"])
    loans = cast(pd.Series, cast(pd.DataFrame, ledger[ledger["purpose"] == "loan"]).groupby("payee")["pence"].sum())
    kinds = dict(zip(last["organisation"], last["kind"], strict=True))
    a_year = 1e8 * runs * compared.years  # pence of all runs in £m of one run and year
    lent: dict[str, float] = {}
    for payee, pence in loans.items():
        kind = str(kinds.get(payee, payee))
        lent[kind] = lent.get(kind, 0.0) + float(pence) / a_year
    cover = float(ledger["pence"].to_numpy(float)[(ledger["purpose"] == "central cover").to_numpy()].sum()) / a_year
    facts = {
        "closed": float((practices["list"].to_numpy(float) <= 0).sum()) / runs,
        "beds": float(np.nansum(last["beds"].to_numpy(float))) / runs,
        "contacts": float(compared.yearly("contacts", name)[:, -1].mean()),
        "family": float(compared.yearly("family_care", name)[:, -1].mean()),
        "hospital_cost": _sum(last, "hospital", "cost", runs),
        "care_cost": _sum(last, "social_care", "cost", runs),
        "cover": cover,
        "balance": float(compared.yearly("balance", name)[:, -1].mean()),
        "public": float(compared.yearly("public", name)[:, -1].mean()),
        "turned_away": float(practices["turned_away"].to_numpy(float).sum()) / runs,
    }  # fmt: skip
    for kind in KINDS:
        facts[f"lent_{kind}"] = lent.get(kind, 0.0)
        facts[f"income_{kind}"] = _sum(last, kind, "income", runs)
    return facts


def _sum(frame: pd.DataFrame, kind: str, column: str, runs: int) -> float:
    return float(frame[column].to_numpy(float)[(frame["kind"] == kind).to_numpy()].sum()) / 1e6 / runs


def _change(now: float, before: float) -> float:
    return 100.0 * (now - before) / abs(before) if before else 0.0


def _share(value: float) -> str:
    return number(abs(value), 1)


def _induced(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    for kind, lever in sorted(INDUCED):
        row = f"{kind}.{lever}/{name}"
        if book.value("behaviour", row, "change") < BEHAVIOUR:
            continue
        if book.value("behaviour", row, "pay") > book.value("behaviour", row, "pay_before"):
            owners, decision = DECISIONS[kind, lever]
            how = "Income without more care" if decision.on_paper else "Demand induced"
            yield Markup("{}: {} {}, up {} %, paid more for than before.").format(
                how, owners, decision.label, book.quote("behaviour", row, "change", _share)
            )


def _shifted(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    value = lambda key: book.value("warnings", name, key)  # noqa: E731
    if value("contacts_change") >= WORKLOAD:
        yield Markup("Work for GPs: contacts per FTE-week rise by {} % in the last year.").format(
            book.quote("warnings", name, "contacts_change", _share)
        )
    if value("care_cost_change") >= COSTS and value("hospital_cost_more") < 0.0:
        yield Markup("Cost shifted to social care: it costs {} more a year at the end, hospitals {} less.").format(
            book.quote("warnings", name, "care_cost_more", _millions),
            book.quote("warnings", name, "hospital_cost_more", _millions),
        )
    if value("family_change") >= WORKLOAD:
        yield Markup("Care shifted to families: their hours rise by {} % in the last year.").format(
            book.quote("warnings", name, "family_change", _share)
        )


def _millions(value: float) -> str:
    return valued(abs(value), "£m")


def _ruin(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    value = lambda key: book.value("warnings", name, key)  # noqa: E731
    for kind, words in zip(KINDS, ("hospitals", "social care", "community services"), strict=True):
        least = LENT / 100.0 * value(f"income_{kind}")
        if value(f"lent_{kind}_more") > least > 0.0:
            yield Markup("Insolvency: loans to {} come to {} a year, {} more than under the first.").format(
                words, *(book.quote("warnings", name, f"lent_{kind}{end}", _millions) for end in ("", "_more"))
            )
    if value("balance") < 0.0 and value("balance_more") < -DEFICIT / 100.0 * value("public"):
        yield Markup("Deficit: the commissioner ends {} in the red, {} further than under the first.").format(
            *(book.quote("warnings", name, f"balance{end}", _millions) for end in ("", "_more"))
        )
    if value("cover_more") > 0.0:
        yield Markup("Insolvency: the commissioner’s deficit needs {} a year of central cover.").format(
            book.quote("warnings", name, "cover", _millions)
        )
    if value("closed_more") > 0.0:
        yield Markup("Closures: {} practices have closed by the end, {} more than under the first.").format(
            *(book.quote("warnings", name, key, lambda x: number(x, 1)) for key in ("closed", "closed_more"))
        )
    if value("beds_change") <= -BEDS:
        yield Markup("Closures: {} % fewer hospital beds are open at the end.").format(
            book.quote("warnings", name, "beds_change", _share)
        )


def _selected(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    if book.value("warnings", name, "turned_away") > 0.0:
        yield Markup(
            "Selection: in the last year practices turned away {} people who asked to join and by whom they would lose."
        ).format(book.quote("warnings", name, "turned_away", lambda x: number(x, 0)))


def _at_end(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    full: list[tuple[Any, Markup]] = []
    for row in book.tables["behaviour"].index:
        lever, _, way = str(row).partition("/")
        used, there = (book.value("behaviour", f"{lever}/{w}", "room") for w in (way, compared.first))
        if way == name and used >= 100.0 * (1.0 - NEAR) > there:  # what is so under the first is not this one's doing
            owners, decision = DECISIONS[tuple(lever.split("."))]  # type: ignore[index]
            quoted = book.quote("behaviour", str(row), "room", lambda x: number(x, 0))
            full.append((-used, Markup("{} {} ({} % of its room)").format(owners, decision.label, quoted)))
    if full:
        named: Sequence[Markup] = [words for _, words in sorted(full, key=lambda pair: pair[0])]
        yield Markup("At the end of its room, so that pay can hardly move it further: {}.").format(
            Markup(", ").join(named)
        )


def _gap(book: Book, compared: Compared, name: str) -> Iterator[Markup]:
    rows = compared.table.set_index(["measure", "funding"])
    poor, rich = (float(rows.at[(key, name), "difference"]) for key in ("unmet_poorest", "unmet_richest"))  # type: ignore[arg-type]
    if poor > max(rich, GAP / 100.0 * float(rows.at[("unmet_poorest", compared.first), "level"])):  # type: ignore[arg-type]
        yield Markup("Gap: unmet requests of the most deprived fifth rise by {} per 1,000, of the least by {}.").format(
            book.quote("differences", f"unmet_poorest/{name}", "difference", lambda x: signed(x, 1)),
            book.quote("differences", f"unmet_richest/{name}", "difference", lambda x: signed(x, 1)),
        )


FINDERS: tuple[Finder, ...] = (_ruin, _induced, _shifted, _gap, _selected, _at_end)
