"""Flags: what a reader should look at before believing or buying, each with the figure that raised it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from markupsafe import Markup

from ...agents.habit import TINY, Room
from ..results import compare as comparing
from ..results.compared import Compared
from ..results.intervals import paired
from ..results.levers import DECISIONS
from ..results.numbers import number, signed, valued
from ..results.room import NEAR
from . import against, joiners
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


class Flag(NamedTuple):
    """What a reader should look at: a name, what was seen, and the probability that the figure differs as it does.

    ``sure`` is of chance alone; not a number for a single seed.
    """

    name: str
    words: Markup
    sure: float = 1.0

    @property
    def held_back(self) -> bool:
        """Whether chance alone explains it: the figure's 95 % interval does not leave out zero."""
        return self.sure <= against.CERTAIN


Finder = Callable[[Book, Compared, str], Iterator[Flag]]


def section(book: Book, compared: Compared) -> Section:
    """The flags of each way of paying."""
    tables(book, compared)
    parts: list[Said | Points] = []
    for name in compared.others:
        found = [flag for find in FINDERS for flag in find(book, compared, name)]
        raised = [Markup("{}: {}.").format(flag.name, flag.words) for flag in found if not flag.held_back]
        said = Markup("{}: {}").format(
            compared.way(name), Markup("no flag.") if not raised else Markup("look at this.")
        )
        maybe = list(dict.fromkeys(flag.name.lower() for flag in found if flag.held_back))
        if maybe:
            said += Markup(" Not told from chance in {} repeat runs: {}.").format(
                book.quote("design", "run", "seeds", lambda x: number(x, 0)), ", ".join(maybe)
            )
        parts += [Said(said)] + ([Points(raised)] if raised else [])
    beyond = comparing.warnings(compared.results, compared.cases)
    if beyond:
        lead = Markup("Beyond the range of evidence: no published reform has changed pay this far, so that the result "
                      "rests on the shape of a response and not on what has been seen.")  # fmt: skip
        parts += [Said(lead), Points([Markup('<span data-from="moves">{}.</span>').format(text) for text in beyond])]
    note = Markup(
        "A flag compares with the first way of paying and names the figure that raised it. {} Practices choose "
        "their patients only where a funding file lets them, and other providers never, so that selection can neither "
        "appear elsewhere nor be ruled out; fundingflows incentives shows which types of patient a contract pays above "
        "or below their cost, and whom practices would turn away."
    ).format(
        "Its 95 % interval from chance leaves out zero." if len(compared.seeds) > 1
        else "With one run of each, chance cannot be told apart, and may have raised it."
    )  # fmt: skip
    return Section("flags", "Flags", [Said(note, "note"), *parts])


def tables(book: Book, compared: Compared) -> None:
    """``behaviour`` by kind.lever/way: end, change from the first (%), share of room used, pay; ``warnings`` by way.

    ``above``, and a figure's name with ``_above``: probability that the difference from the first is above zero, from
    chance alone. Of behaviour that is the change of its end.
    """
    book.add("behaviour", _behaviour(compared))
    first = _by_seed(compared, compared.first)
    rows = {}
    for name in compared.others:
        found = _by_seed(compared, name)
        more = {key: found[key] - first[key] for key in found}
        rows[name] = {
            **{key: float(values.mean()) for key, values in found.items()},
            **{f"{key}_change": _change(found[key].mean(), first[key].mean()) for key in found},
            **{f"{key}_more": float(values.mean()) for key, values in more.items()},
            **{f"{key}_above": paired(values).above for key, values in more.items()},
        }  # fmt: skip
    book.add("warnings", pd.DataFrame.from_dict(rows, orient="index"))


def _behaviour(compared: Compared) -> pd.DataFrame:
    rows = {}
    base = _moves(compared, compared.first)
    for name in compared.names:
        for (kind, lever), row in _moves(compared, name).items():
            end, before = row["end"], base[kind, lever]["end"]
            room, there = (_room_used(compared, lever, moves) for moves in (row, base[kind, lever]))
            rows[f"{kind}.{lever}/{name}"] = {
                "end": end.mean(), "change": _change(end.mean(), before.mean()), "above": paired(end - before).above,
                "room": room.mean(), "room_above": paired(room - there).above,
                "pay": row["pay"].mean(), "pay_before": base[kind, lever]["pay"].mean(),
            }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def _room_used(compared: Compared, lever: str, row: dict[str, np.ndarray]) -> np.ndarray:
    """Share (%) of a behaviour's room that it used, the wider of the two ways, (seeds,)."""
    room = Room.of(compared.parameters.behaviour, [lever])
    ends = np.stack([row["lowest"], row["highest"]])[..., None]
    used = np.where(room.of_side(ends - 1.0) > TINY, room.used(ends), 0.0)
    return 100.0 * used.max(axis=0)[:, 0]


def _moves(compared: Compared, name: str) -> dict[tuple[str, str], dict[str, np.ndarray]]:
    """Each behaviour's figures, (seeds,) each."""
    runs = [compared.by[name, seed].moves for seed in compared.seeds]
    keys = ("end", "lowest", "highest", "pay")
    return {
        (rows[0]["kind"], rows[0]["lever"]): {key: np.array([float(row[key]) for row in rows]) for key in keys}
        for rows in zip(*runs, strict=True)
    }


def _by_seed(compared: Compared, name: str) -> dict[str, np.ndarray]:
    """The facts of each run of a way of paying, (seeds,) each."""
    own = {key: cast(pd.DataFrame, frame[frame["funding"] == name]) for key, frame in compared.all.items()}
    runs = []
    for row, seed in enumerate(compared.seeds):
        tables = {key: cast(pd.DataFrame, frame[frame["seed"] == seed]) for key, frame in own.items()}
        last = {key: compared.yearly(key, name)[row, -1] for key in ("contacts", "family_care", "balance", "public")}
        means = compared.by[name, seed].measures
        runs.append(_facts(tables, last, compared.years) | {"gap": means["unmet_poorest"] - means["unmet_richest"]})
    return {key: np.array([facts[key] for facts in runs]) for key in runs[0]}


def _facts(tables: dict[str, pd.DataFrame], measured: dict[str, float], years: int) -> dict[str, float]:
    """Figures of a run that flags compare: of the last year, loans a year over all years.

    ``measured``: measures of the last year.
    """
    organisations, ledger = tables["organisations"], tables["ledger"]
    last = cast(pd.DataFrame, organisations[organisations["year"] == years])
    practices = cast(pd.DataFrame, last[last["kind"] == "practice"])
    loans = cast(pd.Series, cast(pd.DataFrame, ledger[ledger["purpose"] == "loan"]).groupby("payee")["pence"].sum())
    kinds = dict(zip(last["organisation"], last["kind"], strict=True))
    a_year = 1e8 * years  # pence of the run in £m of a year
    lent: dict[str, float] = {}
    for payee, pence in loans.items():
        kind = str(kinds.get(payee, payee))
        lent[kind] = lent.get(kind, 0.0) + float(pence) / a_year
    cover = float(ledger["pence"].to_numpy(float)[(ledger["purpose"] == "central cover").to_numpy()].sum()) / a_year
    facts = {
        "closed": float((practices["list"].to_numpy(float) <= 0).sum()),
        "beds": float(np.nansum(last["beds"].to_numpy(float))),
        "contacts": measured["contacts"],
        "family": measured["family_care"],
        "hospital_cost": _sum(last, "hospital", "cost"),
        "care_cost": _sum(last, "social_care", "cost"),
        "cover": cover,
        "balance": measured["balance"],
        "public": measured["public"],
        "turned_away": float(practices["turned_away"].to_numpy(float).sum()),
    }  # fmt: skip
    for kind in KINDS:
        facts[f"lent_{kind}"] = lent.get(kind, 0.0)
        facts[f"income_{kind}"] = _sum(last, kind, "income")
    return facts


def _sum(frame: pd.DataFrame, kind: str, column: str) -> float:
    return float(frame[column].to_numpy(float)[(frame["kind"] == kind).to_numpy()].sum()) / 1e6


def _change(now: float, before: float) -> float:
    return 100.0 * (now - before) / abs(before) if before else 0.0


def _share(value: float) -> str:
    return number(abs(value), 1)


def _sure(book: Book, name: str, key: str, up: bool = True) -> float:
    """Probability that a fact differs from the first's in this direction, chance alone."""
    above = book.value("warnings", name, f"{key}_above")
    return above if up else 1.0 - above


def _induced(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    for kind, lever in sorted(INDUCED):
        row = f"{kind}.{lever}/{name}"
        if book.value("behaviour", row, "change") < BEHAVIOUR:
            continue
        if book.value("behaviour", row, "pay") > book.value("behaviour", row, "pay_before"):
            owners, decision = DECISIONS[kind, lever]
            how = "Income without more care" if decision.on_paper else "Demand induced"
            words = Markup("{} {}, up {} %, paid more for than before").format(
                owners, decision.label, book.quote("behaviour", row, "change", _share)
            )
            yield Flag(how, words, book.value("behaviour", row, "above"))


def _shifted(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    value = lambda key: book.value("warnings", name, key)  # noqa: E731
    quote = lambda key, write=_share: book.quote("warnings", name, key, write)  # noqa: E731
    if value("contacts_change") >= WORKLOAD:
        words = Markup("contacts per FTE-week rise by {} % in the last year").format(quote("contacts_change"))
        yield Flag("Work for GPs", words, _sure(book, name, "contacts"))
    if value("care_cost_change") >= COSTS and value("hospital_cost_more") < 0.0:
        words = Markup("it costs {} more a year at the end, hospitals {} less").format(
            *(quote(key, _millions) for key in ("care_cost_more", "hospital_cost_more"))
        )
        sure = (_sure(book, name, "care_cost"), _sure(book, name, "hospital_cost", up=False))
        yield Flag("Cost shifted to social care", words, float(np.min(sure)))
    if value("family_change") >= WORKLOAD:
        words = Markup("their hours rise by {} % in the last year").format(quote("family_change"))
        yield Flag("Care shifted to families", words, _sure(book, name, "family"))


def _millions(value: float) -> str:
    return valued(abs(value), "£m")


def _ruin(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    value = lambda key: book.value("warnings", name, key)  # noqa: E731
    quote = lambda key, write=_millions: book.quote("warnings", name, key, write)  # noqa: E731
    for kind, words in zip(KINDS, ("hospitals", "social care", "community services"), strict=True):
        least = LENT / 100.0 * value(f"income_{kind}")
        if value(f"lent_{kind}_more") > least > 0.0:
            said = Markup("loans to {} come to {} a year, {} more than under the first").format(
                words, *(quote(f"lent_{kind}{end}") for end in ("", "_more"))
            )
            yield Flag("Insolvency", said, _sure(book, name, f"lent_{kind}"))
    if value("balance") < 0.0 and value("balance_more") < -DEFICIT / 100.0 * value("public"):
        said = Markup("the commissioner ends {} in the red, {} further than under the first").format(
            *(quote(f"balance{end}") for end in ("", "_more"))
        )
        yield Flag("Deficit", said, _sure(book, name, "balance", up=False))
    if value("cover_more") > 0.0:
        said = Markup("the commissioner’s deficit needs {} a year of central cover").format(quote("cover"))
        yield Flag("Insolvency", said, _sure(book, name, "cover"))
    if value("closed_more") > 0.0:
        said = Markup("{} practices have closed by the end, {} more than under the first").format(
            *(quote(key, lambda x: number(x, 1)) for key in ("closed", "closed_more"))
        )
        yield Flag("Closures of practices", said, _sure(book, name, "closed"))
    if value("beds_change") <= -BEDS:
        said = Markup("{} % fewer hospital beds are open at the end").format(quote("beds_change", _share))
        yield Flag("Closures of beds", said, _sure(book, name, "beds", up=False))


def _selected(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    if name not in compared.joiners:
        return
    words = joiners.share_turned_away(book, name)
    if compared.first not in compared.joiners:  # nobody can be turned away there: there is no chance in it
        yield Flag("Patients selected", words)
    elif book.value("warnings", name, "turned_away_more") > 0.0:
        yield Flag("Patients selected", words, _sure(book, name, "turned_away"))


def _at_end(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    full: list[tuple[Any, Markup]] = []
    for row in book.tables["behaviour"].index:
        lever, _, way = str(row).partition("/")
        used, there = (book.value("behaviour", f"{lever}/{w}", "room") for w in (way, compared.first))
        if way != name or book.value("behaviour", str(row), "room_above") <= against.CERTAIN:
            continue
        if used >= 100.0 * (1.0 - NEAR) > there:  # what is so under the first is not this one's doing
            owners, decision = DECISIONS[tuple(lever.split("."))]  # type: ignore[index]
            quoted = book.quote("behaviour", str(row), "room", lambda x: number(x, 0))
            full.append((-used, Markup("{} {} ({} % of its room)").format(owners, decision.label, quoted)))
    if full:
        named: Sequence[Markup] = [words for _, words in sorted(full, key=lambda pair: pair[0])]
        yield Flag("At the end of its room, so that pay can hardly move it further", Markup(", ").join(named))


def _gap(book: Book, compared: Compared, name: str) -> Iterator[Flag]:
    rows = compared.table.set_index(["measure", "funding"])
    poor, rich = (float(rows.at[(key, name), "difference"]) for key in ("unmet_poorest", "unmet_richest"))  # type: ignore[arg-type]
    if poor > max(rich, GAP / 100.0 * float(rows.at[("unmet_poorest", compared.first), "level"])):  # type: ignore[arg-type]
        words = Markup("unmet requests of the most deprived fifth rise by {} per 1,000, of the least by {}").format(
            book.quote("differences", f"unmet_poorest/{name}", "difference", lambda x: signed(x, 1)),
            book.quote("differences", f"unmet_richest/{name}", "difference", lambda x: signed(x, 1)),
        )
        rises = float(rows.at[("unmet_poorest", name), "probability_higher"])  # type: ignore[arg-type]
        yield Flag("Gap between rich and poor", words, float(np.min((rises, _sure(book, name, "gap")))))


FINDERS: tuple[Finder, ...] = (_ruin, _induced, _shifted, _gap, _selected, _at_end)
