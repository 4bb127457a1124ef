"""Invented files in published layouts: small, of no real practice, with one trap or another."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

BANDS = ("0TO4", "5TO14", "15TO44", "45TO64", "65TO74", "75TO84", "85PLUS")
AGES = [f"{sex}_PATIENTS_{band}" for sex in ("MALE", "FEMALE") for band in BANDS]
MEN = (100, 200, 700, 500, 200, 100, 40)
WOMEN = (100, 200, 700, 500, 210, 120, 70)
NETWORKS = (("U90001", "NORTH PCN"), ("U90002", "SOUTH PCN"))
TOOL = "CCG,Former CCG,PCN_Code,PCN_Name,LOC,LOCname,ICB,ICBname,Rcode,Region,LAD,LTLA,LA,UTLA,Patients,Population"
OLD_TOOL = (
    "CCG21,Former CCG,PCN_Code,PCN_Name,LOC22,LOC22name,ICS22,ICS22name,R22,Region22,LAD21,LTLA21,LA21,UTLA21,Patients,"
    "pop 2022/23"
)
PEOPLE = sum(MEN) + sum(WOMEN)


def write(
    path: Path, rows: Iterable[Sequence[object]], encoding: str = "utf-8", end: str = "\n", quoted: bool = False
) -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def workforce(
    n: int = 6, board: tuple[str, str] = ("QXX", "NHS Nowhere ICB"), **changes: dict[int, object]
) -> list[list[object]]:
    """Rows of the detailed workforce file, header first; ``changes``: values of a column by practice."""
    header = [
        "PRAC_CODE", "PRAC_NAME", "PCN_CODE", "PCN_NAME", "SUB_ICB_CODE", "SUB_ICB_NAME", "ICB_CODE", "ICB_NAME",
        "REGION_CODE", "TOTAL_PATIENTS", "TOTAL_MALE", "TOTAL_FEMALE", *AGES, "GP_SOURCE", "NURSE_SOURCE",
        "TOTAL_GP_HC", "TOTAL_GP_FTE", "TOTAL_GP_EXTG_FTE", "TOTAL_GP_EXTGL_FTE", "TOTAL_NURSES_FTE", "TOTAL_DPC_FTE",
        "TOTAL_ADMIN_FTE",
    ]  # fmt: skip
    rows: list[list[object]] = [header]
    for k in range(n):
        row = [
            f"X9800{k + 1}", f"PRACTICE {k + 1}, NOWHERE", *NETWORKS[k % 2], "99X", "NHS Nowhere ICB - 99X", *board,
            "Y99", PEOPLE, sum(MEN), sum(WOMEN), *MEN, *WOMEN, "Fully provided", "Fully provided", 3, 2.5, 2.2, 2.0,
            1.0, 0.5, 4.0,
        ]  # fmt: skip
        for column, values in changes.items():
            if k in values:
                row[header.index(column)] = values[k]
        rows.append(row)
    return rows


def tool(tmp_path: Path, era: str = "2025/26", encoding: str = "utf-8-sig") -> Path:
    """The allocation tool's table of four practices, two of them in a council of their own, two in a district."""
    new = era == "2025/26"
    names = TOOL if new else OLD_TOOL
    more = ["G&A WP", "CS WP", "MH WP", "Mat WP", "Health Ineq WP", "Prescr WP", "Final WP"]
    more += ["Primary Medical Care WP", "Final PMC WP"] if new else []
    start = ["Practice_Code", "GP_Practice_Name", "Practice_Postcode", "Latitude", "Longitude"]
    rows: list[list[object]] = [[*start, *names.split(","), *more]]
    for k in range(4):
        lad = ("E06000099", "Northton") if k < 2 else ("E07000099", "Midding")
        board = ["", "", "QXX", "NHS Nowhere ICB", "Y99", "Z"]
        before, after = (["", "", "", ""], ["", "", ""]) if new else (["", "", "U1", "ONE PCN"], ["E10", "Shire", 100])
        numbers = [9_999.6 + k, *(9_000,) * 7, *((10_500, 10_400) if new else ())]
        rows.append(
            [f"X9800{k + 1}", f"P {k}", f"ZZ{k} 1AA", 52 + k / 10, -1.5, *before, *board, *lad, *after, *numbers]
        )
    return write(tmp_path / "2025_2026.csv", rows, encoding)
