"""Writes ``docs/extremes.md`` from ``tests/extremes/table.toml``: what was expected, and what the model does.

uv run python docs/extremes.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "extremes"))

from step import LEAST, MATERIAL, MISSING, READ, TABLE, Found, found, holds, label  # noqa: E402


def expectation(row: dict[str, Any]) -> str:
    """The direction and, where one is stated, the size."""
    text = {"same": "about the same"}.get(row["expect"], row["expect"])
    if "between" in row:
        low, high = row["between"]
        text += f", {low:g} to {high:g}" + (" %" if row.get("percent") else "")
    return text + (f" (before the first run we thought: {row['first_thought']})" if "first_thought" in row else "")


def measured(seen: Found) -> str:
    """From what to what, and by how much."""
    change = f"{100.0 * seen.difference / abs(seen.reference):+.1f} %" if seen.reference else "–"
    noise = f" ± {seen.noise:.2g}" if seen.noise else ""
    return f"{seen.reference:.4g} → {seen.reference + seen.difference:.4g} ({seen.difference:+.3g}{noise}, {change})"


def section(case: dict[str, Any]) -> list[str]:
    """One case: what is done, and a row for each expectation."""
    where = "a tenth of Somerset" if case.get("place") == "somerset" else "Anytown"
    seeds = case.get("seeds", 1)
    held = ", all other behaviour frozen" if case.get("frozen") else ""
    held += ", commissioners pay as usual whatever they owe" if case.get("payers") == "held" else ""
    runs = f"{where}, {case.get('years', 5)} years{held}, {seeds} {'seed' if seeds == 1 else 'seeds'}"
    lines = [f"### {case['name']}", "", f"{case['change']} *{runs}.*", ""]
    lines += ["| Measure | Expected | Because | Found | |", "|---|---|---|---|---|"]
    for row in case["expect"]:
        seen, year = found(case, row), f", {row['year']} year" if "year" in row else ""
        verdict = "pass" if holds(row, seen) else f"**fails**: {MISSING.get(label(case, row), 'not explained')}"
        because = f"{row['why']} ({row['evidence']})"
        lines.append(
            f"| {READ[row['measure']][0]}{year} | {expectation(row)} | {because} | {measured(seen)} | {verdict} |"
        )
    return [*lines, ""]


def page() -> str:
    """The whole page."""
    rows = [(case, row) for case in TABLE["cases"] for row in case["expect"]]
    passed = sum(holds(row, found(case, row)) for case, row in rows)
    least = f"deaths: {LEAST['deaths']:g} and QALYs: {LEAST['qalys']:g} per 1,000"
    intro = f"""# Extreme conditions and step responses

Something is pulled hard, and everything else is left alone: does what follows make sense?
{len(TABLE["cases"])} tests with {len(rows)} expectations are written in `tests/extremes/table.toml`, each with a
direction, a size where evidence knows one, and a reason. **{passed} of {len(rows)} are met.** A row that fails names
what the model lacks, and `uv run pytest -m long tests/extremes` complains when such a row passes unnoticed.

Each case is compared with the status quo on the same seeds, over all years unless a row says first or last. A
difference below {100.0 * MATERIAL:g} % of the reference counts as none ({least}), and so does one that
chance alone may bring (±: twice the standard error over seeds). Letters and numbers are rows of the evidence:
B benefit of care, W care withheld, P prevention, G practices, H hospitals, S social care, D deficits, T series of
England; R is arithmetic, or asked for by a referee.

`uv run python docs/extremes.py` writes this page.
"""
    return "\n".join([intro, *(line for case in TABLE["cases"] for line in section(case))]).rstrip() + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "extremes.md").write_text(page(), encoding="utf-8")
