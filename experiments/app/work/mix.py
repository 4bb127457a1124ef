"""How a kind of provider is paid, as shares of its money in the first year; a share is moved and the rest gives way.

Shares are written as neutral prices, so that the model solves for the amounts and the kind is paid as much in all as
before. Only parts that its chief payer pays are moved, so that no share moves money from one payer to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..drawings.heat import day
from . import draft, words

LEAST = 0.0005  #: a smaller share is nothing
TEMPLATES = {"head": "capitated", "item": "activity_based", "results": "outcome_based"}  #: files whose terms are added
Raw = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A term of a contract in the first year: its name, how money is earned by it, who pays, and £ a year."""

    name: str
    manner: str
    payer: str
    pounds: float
    moves: bool  # whether its amount can be set by a share


def parts(raw: Raw, kind: str, paid: Mapping[str, tuple[str, float]]) -> list[Part]:
    """The parts of a kind's contract. ``paid``: payer and £ a year by name of the term."""
    out = []
    for term in draft.written(raw, kind):
        name, key = str(term.get("name", term.get("term"))), str(term.get("term"))
        payer, pounds = paid.get(name, ("", 0.0))
        out.append(Part(name, words.manner(key), payer, pounds, bool(draft.amount_of(key))))
    return out


def chief(found: list[Part]) -> str:
    """Who pays most of it."""
    sums: dict[str, float] = {}
    for part in found:
        sums[part.payer] = sums.get(part.payer, 0.0) + part.pounds
    return max(sums, key=lambda payer: sums[payer], default="")


def movable(found: list[Part]) -> list[Part]:
    """The parts that sliders move: those of the chief payer whose amount can be a share."""
    payer = chief(found)
    return [part for part in found if part.moves and part.payer == payer]


def shares(found: list[Part]) -> dict[str, float]:
    """Share of the kind's money by manner, of the parts that can be moved."""
    total = sum(part.pounds for part in found)
    out = dict.fromkeys(words.MANNERS, 0.0)
    for part in movable(found):
        out[part.manner] += part.pounds / total if total else 0.0
    return out


def moved(raw: Raw, kind: str, found: list[Part], manner: str, share: float, goal: tuple[str, float]) -> Raw:
    """A copy in which a manner brings this share of a kind's money; other movable parts give way in proportion.

    ``goal``: the funding file whose money is the measure, and what it pays the kind, £ a year.
    """
    total, able = sum(part.pounds for part in found), movable(found)
    if not total or not able:
        return raw
    whole = sum(part.pounds for part in able) / total
    share = min(max(share, 0.0), whole)
    old = {part.name: part.pounds / total for part in able}
    inside = {part.name: old[part.name] for part in able if part.manner == manner}
    others = {name: part for name, part in old.items() if name not in inside}
    if not others:
        return raw  # the only manner has all there is to share
    out = draft.with_written(raw, kind)
    if not sum(inside.values()) and share > LEAST:
        inside = _add(out["contracts"][kind], kind, manner, chief(found))
    wanted = _scaled(inside, share) | _scaled(others, whole - share)
    return _written(out, kind, wanted, goal[0], total / goal[1] if goal[1] else 1.0)


def totalled(raw: Raw, kind: str, found: list[Part], times: float, goal: tuple[str, float]) -> Raw:
    """A copy in which a kind is paid so many times what the reference pays it; movable parts keep their proportions.

    ``goal``: as in ``moved``. What cannot be moved is paid in any case, so that the total never falls below it.
    """
    able = {part.name: part.pounds for part in movable(found)}
    if not sum(able.values()) or not goal[1]:
        return raw
    fixed = sum(part.pounds for part in found) - sum(able.values())
    total = max(times * goal[1], fixed / (1.0 - 10.0 * LEAST))
    wanted = _scaled(able, 1.0 - fixed / total)
    return _written(draft.with_written(raw, kind), kind, wanted, goal[0], total / goal[1])


def left_out(raw: Raw, kind: str, found: list[Part]) -> list[str]:
    """What sliders leave as it is: parts that they cannot move, pools that the kind belongs to, and dated changes."""
    total, able = sum(part.pounds for part in found), movable(found)
    rest = [part for part in found if part not in able and part.pounds]
    out = []
    if rest and total:
        names = ", ".join(words.plain(part.name).lower() for part in rest)
        share = 100.0 * sum(part.pounds for part in rest) / total
        out.append(f"fees and sums that are fixed by their file or paid by somebody else ({names}; {share:.0f} %)")
    pools = [words.value(str(pool.get("name"))) for pool in raw.get("pools", ()) if kind in pool.get("members", {})]
    if pools:
        out.append(f"gains and losses of {' and '.join(pools)}")
    dated = {x.get("when") for x in raw.get("changes", ()) if x.get("who", {}).get("kind") == kind}
    days = [day(when) for when in sorted(when for when in dated if isinstance(when, date))]
    if days:
        out.append(f"what changes from {' and '.join(days)}")
    return out


def _scaled(values: Mapping[str, float], to: float) -> dict[str, float]:
    whole = sum(values.values())
    return {name: to * value / whole if whole else 0.0 for name, value in values.items()}


def _add(contract: list[Raw], kind: str, manner: str, payer: str) -> dict[str, float]:
    """Add the terms of a shipped file that pay by a manner; returns their names with their weights."""
    found: list[Raw] = [{"term": "block", "name": "fixed_sum"}] if manner == "fixed" else []
    if manner in TEMPLATES:
        shipped = draft.written(draft.of(TEMPLATES[manner]), kind)
        found = [t for t in shipped if words.manner(str(t["term"])) == manner and draft.amount_of(str(t["term"]))]
    out = {}
    for term in found:
        taken = {str(t.get("name", t.get("term"))) for t in contract}
        name = str(term.get("name", term["term"]))
        name = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 99))) if n not in taken)
        amount = term.get(draft.amount_of(str(term["term"])))
        out[name] = float(amount.get("share", 1.0)) if isinstance(amount, dict) else 1.0
        contract.append(deepcopy(term) | {"name": name, "payer": payer})
    return out


def _written(raw: Raw, kind: str, wanted: Mapping[str, float], reference: str, times: float) -> Raw:
    """Write shares into a contract: the largest takes what is left, so that they add up exactly."""
    out = deepcopy(raw)
    kept = {name: share for name, share in wanted.items() if share >= LEAST}
    largest = max(kept, key=lambda name: kept[name])
    contract = []
    for term in out["contracts"][kind]:
        name, key = str(term.get("name", term["term"])), str(term["term"])
        if name in wanted and name not in kept:
            continue
        if name in kept:
            amount: Raw = {"neutral_with": reference}
            amount |= {} if name == largest else {"share": round(kept[name], 4)}
            amount |= {} if abs(times - 1.0) < LEAST else {"times": round(times, 4)}
            term[draft.amount_of(key)] = amount
            if key == "block":
                term.pop("amount", None)
        contract.append(term)
    out["contracts"][kind] = contract
    return out
