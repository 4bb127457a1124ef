"""Why two ways of paying differ, in sentences: one a part, led by what moves patients, work and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from .numbers import difference_unit, signed, signed_valued, valued
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


def sentences(table: pd.DataFrame) -> list[str]:
    """One sentence a part, the parts that change most first; those of which nothing can be told are named together.

    ``table``: as ``parts.table`` makes it.
    """
    whole = table[table["part"] == WHOLE].set_index("measure")["difference"].to_dict()
    said, silent = [], []
    for name, does in _subjects().items():
        moves = moved(cast(pd.DataFrame, table[table["part"] == name]))
        if moves:
            said.append((size(moves[0]), f"{does} {joined([_phrase(row, whole) for row in moves])}."))
        else:
            silent.append(labels()[name])
    lines = [text for _, text in sorted(said, key=lambda pair: -pair[0])]
    if silent:
        listed = joined([text if k == 0 else _small(text) for k, text in enumerate(silent)])
        lines.append(f"{listed}: {NOTHING_TOLD}.")
    return lines + _together(table)


def finding(table: pd.DataFrame, first: str, second: str) -> str:
    """A title that says the finding: the measures of the picture that differ most, and the part that explains most."""
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
        lines.append(
            f"{row['label']} {signed_valued(row['difference'], row['unit'])}, of which "
            f"{_small(str(top['part_label']))} "
            f"{signed(top['difference'])}"
        )
    return "\n".join([f"“{second}” compared with “{first}”", *(lines or ["Hardly anything differs"])])


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


def _phrase(row: Mapping[str, Any], whole: Mapping[str, float]) -> str:
    return f"{change(row)} (whole difference {signed(whole[row['measure']])})"


def change(row: Mapping[str, Any]) -> str:
    """What happens to a measure: lowers requests not met by 3 percentage points."""
    verb = "raises" if row["difference"] > 0.0 else "lowers"
    by = valued(abs(row["difference"]), difference_unit(row["unit"]))
    return f"{verb} {SPOKEN[row['measure']]} by {by}"


def _together(table: pd.DataFrame) -> list[str]:
    """What parts do only together, where it is large."""
    rows = moved(cast(pd.DataFrame, table[table["part"] == INTERACTION]))
    return [
        f"{row['label']}: {signed(row['difference'])} comes about only where parts act together, and is divided among "
        "them."
        for row in rows
    ]


def joined(phrases: list[str]) -> str:
    """A list in a sentence."""
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _small(text: str) -> str:
    """Text as it stands within a sentence: A&E, GP and QALYs keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
