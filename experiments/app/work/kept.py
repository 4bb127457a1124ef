"""Answers on disk: one folder each under the digest of everything that it depends on, and the files that leave it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pandas as pd
from platformdirs import user_data_path

from ...report import evidence, make
from ...report import folder as writing
from ...results.compared import Compared
from ...results.output import MARK, RUNS
from . import question as asking
from .question import Question

KEY = re.compile(r"[0-9a-f]{32}")
BUNDLE = "bundle.zip"
TABLE, BOOK, DRAWN = "comparison.csv", "comparison.xlsx", "uncertainty.csv"
ADDRESS = "address.txt"
LEADING = "leading.csv"  #: the numbers that the answer hangs on, where assumptions were drawn
FILES = {
    make.HTML: "text/html", TABLE: "text/csv", make.FIGURES: "text/csv", DRAWN: "text/csv",
    "comparison.png": "image/png", "comparison.svg": "image/svg+xml", BUNDLE: "application/zip",
    BOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
FUNDINGS = "fundings"  #: folder of the funding files in that of an answer
MOST = 100  #: answers that are kept; the oldest goes first


def home() -> Path:
    """The folder of all answers."""
    return user_data_path("fundingflows") / "answers"


def folder_of(key: str) -> Path:
    """The folder of an answer."""
    return home() / key


def complete(key: str) -> bool:
    """Whether an answer with all its files is there."""
    return (folder_of(key) / MARK).is_file()


@dataclass(frozen=True)
class Earlier:
    """An answer that is kept: its address, title and time, s since 1970."""

    key: str
    address: str
    title: str
    when: float


def earlier(most: int = 12) -> list[Earlier]:
    """The answers that are kept, the latest first."""
    found = []
    for path in home().glob(f"*/{ADDRESS}"):
        if KEY.fullmatch(path.parent.name) and complete(path.parent.name):
            address, _, title = path.read_text(encoding="utf-8").strip().partition("\n")
            found.append(Earlier(path.parent.name, address, title, path.stat().st_mtime))
    return sorted(found, key=lambda one: -one.when)[:most]


def leading() -> tuple[Earlier, pd.DataFrame] | None:
    """The latest answer that drew its assumptions, and the ten that it hangs on most; nothing where there is none."""
    for one in earlier(MOST):
        path = folder_of(one.key) / LEADING
        if path.is_file():
            return one, pd.read_csv(path, dtype=str)
    return None


def keep(question: Question, key: str, compared: Compared, report: make.Report) -> None:
    """Write everything of an answer: report, tables, picture, funding files and manifest, all or nothing."""

    def more(folder: Path) -> None:
        (folder / FUNDINGS).mkdir()
        for name, text in asking.files(question).items():
            (folder / FUNDINGS / f"{name}.toml").write_text(text, encoding="utf-8")
        compared.table.to_csv(folder / TABLE, index=False)
        _book(compared.table, folder / BOOK)
        words = ""
        if compared.drawn is not None:
            compared.drawn.table.to_csv(folder / DRAWN, index=False)
            words = f", with {question.draws} draws of what is not known"
        said = f"{question.address()}\n{report.title.striptags()}{words}\n"
        (folder / ADDRESS).write_text(said, encoding="utf-8")
        write_leading(compared, folder)

    writing.write(compared, folder_of(key), report, more)
    prune()


def write_leading(compared: Compared, folder: Path) -> None:
    """The ten numbers that an answer hangs on, as its report has them; nothing where assumptions were not drawn."""
    if compared.drawn is not None:
        ten = evidence.ten(compared, evidence.strongest(compared))
        pd.DataFrame(list(ten.rows), columns=list(ten.head)).to_csv(folder / LEADING, index=False)


def _book(table: pd.DataFrame, path: Path) -> None:
    """The table as a workbook with readable columns; nothing where the package for it is missing."""
    try:
        writer = pd.ExcelWriter(path, engine="xlsxwriter")
    except ImportError:
        return
    with writer:
        table.to_excel(writer, sheet_name="comparison", index=False, freeze_panes=(1, 0))
        sheet = writer.sheets["comparison"]
        for k, column in enumerate(table.columns):
            width = max([len(str(column)), *(len(str(v)) for v in table[column] if isinstance(v, str))])
            sheet.set_column(k, k, min(width + 2, 48))


def paths(question: Question) -> dict[str, str]:
    """How the manifest refers to each way of paying: a built-in one by name, another by its copy in the folder."""
    own = asking.saved(question)
    return {name: f"{FUNDINGS}/{name}.toml" if name in own else name for name in question.ways}


def prune(most: int = MOST) -> None:
    """Remove the oldest answers beyond so many, and runs of answers and comparisons that were left unfinished."""
    every = sorted((path for path in home().glob("*") if KEY.fullmatch(path.name)), key=_touched)
    for path in every[: max(len(every) - most, 0)]:
        shutil.rmtree(path, ignore_errors=True)


def _touched(folder: Path) -> float:
    """When an answer was made, or else the latest run of one, s since 1970; 0 for a folder that has just gone."""
    path = next((path for path in (folder / MARK, folder / RUNS, folder) if path.exists()), None)
    return path.stat().st_mtime if path else 0.0


def content(key: str, name: str) -> tuple[bytes, str, str] | None:
    """A file that may leave an answer: its bytes, type and a name to save it by; nothing where there is none."""
    if not KEY.fullmatch(key) or name not in FILES or not complete(key):
        return None
    folder = folder_of(key)
    called = f"fundingflows-{key[:8]}-{name}"
    if name == BUNDLE:
        return bundle(folder), FILES[name], called
    path = folder / name
    return (path.read_bytes(), FILES[name], called) if path.is_file() else None


def bundle(folder: Path) -> bytes:
    """A folder as a zip file: all but its single runs, which ``fundingflows verify`` makes again."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for path in _files(folder):
            archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def _files(folder: Path) -> Sequence[Path]:
    inside = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return [path for path in inside if path.relative_to(folder).parts[0] != RUNS]
