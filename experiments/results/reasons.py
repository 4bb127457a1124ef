"""Why two ways of paying differ, in sentences: one a part, led by what moves patients, work and money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from .numbers import amount, difference_unit, signed, signed_amount
from .parts import INTERACTION, PRICES, WHOLE, labels, parts

#: measures that sentences speak of, and how; what is only written down differently is none of them
SPOKEN = {
    "failed": "requests not met", "emergencies": "emergency admissions", "electives": "elective admissions",
    "ae": "A&E attendances", "waiting": "the waiting list", "delays": "delayed days in hospital",
    "home_visits": "visits at home", "gp_fte": "GPs in post", "acsc": "avoidable admissions", "deaths": "deaths",
    "qalys": "QALYs", "practice_income": "what general practice is paid", "hospital_income": "what hospitals are paid",
    "care_income": "what social care is paid", "community_income": "what community services are paid",
    "public": "public spending",
}  # fmt: skip
PICTURED = ("failed", "emergencies", "electives", "waiting", "public", "qalys")  #: measures of the picture
LEAST = 0.005  #: smallest change worth a sentence, as a share of the level under the first way of paying
MOST = 3  #: measures in a sentence
NOTHING_TOLD = f"no effect of {100.0 * LEAST:g} % or more that can be told from chance"


class Prose(NamedTuple):
    """How sentences are written: their kind of text, which escapes what it is given, and how a figure is quoted."""

    text: type[str] = str
    figure: Callable[[Mapping[str, Any], str], str] = lambda row, written: written  # the difference of a row
    nothing: str = NOTHING_TOLD


PLAIN = Prose()


def sentences(table: pd.DataFrame, prose: Prose = PLAIN) -> list[str]:
    """One sentence a part, the parts that change most first; those of which nothing can be told are named together.

    ``table``: as ``parts.table`` makes it.
    """
    whole = {row["measure"]: row for row in _rows(cast(pd.DataFrame, table[table["part"] == WHOLE]))}
    said, silent = [], []
    for name, does in _subjects().items():
        moves = moved(cast(pd.DataFrame, table[table["part"] == name]))
        if moves:
            phrases = [_phrase(row, whole[row["measure"]], prose) for row in moves]
            said.append((size(moves[0]), prose.text("{} {}.").format(does, joined(phrases, prose))))
        else:
            silent.append(labels()[name])
    lines = [text for _, text in sorted(said, key=lambda pair: -pair[0])]
    if silent:
        listed = joined([text if k == 0 else small(text) for k, text in enumerate(silent)], prose)
        lines.append(prose.text("{}: {}.").format(listed, prose.nothing))
    return lines + _together(table, prose)


def finding(table: pd.DataFrame, first: str, second: str) -> str:
    """A title that says the finding: the measures of the picture that differ most, and the part that explains most."""
    lines = findings(table) or ["Hardly anything differs"]
    return "\n".join([f"“{second}” compared with “{first}”", *lines])


def findings(table: pd.DataFrame, prose: Prose = PLAIN) -> list[str]:
    """The two measures of the picture that differ most, each with the part that explains most of it."""
    shown = [
        row
        for row in _rows(cast(pd.DataFrame, table[table["part"] == WHOLE]))
        if row["measure"] in PICTURED and size(row) >= LEAST
    ]
    lines = []
    for row in sorted(shown, key=size, reverse=True)[:2]:
        single = ~table["part"].isin((WHOLE, INTERACTION))
        own = cast(pd.DataFrame, table[(table["measure"] == row["measure"]) & single])
        direction = 1.0 if row["difference"] > 0.0 else -1.0
        top = own.iloc[int(np.argmax(own["difference"].to_numpy(float) * direction))]
        by, unit = signed_amount(row["difference"], row["unit"])
        lines.append(
            prose.text("{} {}{}, of which {} {}").format(
                row["label"], prose.figure(row, by), unit, small(str(top["part_label"])),
                prose.figure(top.to_dict(), signed(top["difference"])),
            )
        )  # fmt: skip
    return lines


def _subjects() -> dict[str, str]:
    """What does something, by part: the beginning of its sentence."""
    return {PRICES: "A change of prices that nobody reacts to", **{name: part.does for name, part in parts().items()}}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]


def size(row: Mapping[str, Any]) -> float:
    """A difference as a share of the level that it is a difference from."""
    return abs(row["difference"]) / max(abs(row["level"]), 1e-9)


def moved(own: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a part or link worth saying: large enough, and more than chance; the largest first."""
    rows = [row for row in _rows(own) if row["measure"] in SPOKEN and size(row) >= LEAST and _sure(row)]
    return sorted(rows, key=size, reverse=True)[:MOST]


def _sure(row: Mapping[str, Any]) -> bool:
    return not row["low"] <= 0.0 <= row["high"]


def _phrase(row: Mapping[str, Any], whole: Mapping[str, Any], prose: Prose) -> str:
    in_all = prose.figure(whole, signed(whole["difference"]))
    return prose.text("{} (whole difference {})").format(change(row, prose), in_all)


def change(row: Mapping[str, Any], prose: Prose = PLAIN) -> str:
    """What happens to a measure: lowers requests not met by 3 percentage points."""
    verb = "raises" if row["difference"] > 0.0 else "lowers"
    by, unit = amount(abs(row["difference"]), difference_unit(row["unit"]))
    return prose.text("{} {} by {}{}").format(verb, SPOKEN[row["measure"]], prose.figure(row, by), unit)


def _together(table: pd.DataFrame, prose: Prose) -> list[str]:
    """What parts do only together, where it is large."""
    rows = moved(cast(pd.DataFrame, table[table["part"] == INTERACTION]))
    said = prose.text("{}: {} comes about only where parts act together, and is divided among them.")
    return [said.format(row["label"], prose.figure(row, signed(row["difference"]))) for row in rows]


def joined(phrases: Sequence[str], prose: Prose = PLAIN) -> str:
    """A list in a sentence."""
    if len(phrases) == 1:
        return phrases[0]
    return prose.text("{} and {}").format(prose.text(", ").join(phrases[:-1]), phrases[-1])


def small(text: str) -> str:
    """Text as it stands within a sentence: A&E, GP and QALYs keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
