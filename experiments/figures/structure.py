"""The drawings of stocks, flows and loops, and the page that shows them, written to a folder."""

from __future__ import annotations

from pathlib import Path

from ...agents.stocks import SECTORS
from ...model.errors import InputError
from ...model.parameters import Parameters
from ..results.output import write_text
from ..results.stock_tables import INTRODUCTION, markdown
from .loop_diagrams import PANELS, loop_diagram
from .stock_diagrams import sector_diagram

BEGINS = {".svg": '<svg xmlns="http://www.w3.org/', ".md": INTRODUCTION.split("\n", 1)[0]}  #: known by it as ours


def write(folder: Path, parameters: Parameters) -> list[Path]:
    """Write ``structure.md`` and, in the folder ``structure``, an SVG for each sector and for each part of the loops.

    Raises:
        InputError: where a file is in the folder's place, or a file of somebody else would be replaced.
    """
    check(folder)
    drawings = folder / "structure"
    texts = {drawings / f"stocks-{sector}.svg": sector_diagram(sector) for sector in SECTORS}
    texts |= {drawings / f"loops-{panel}.svg": loop_diagram(panel) for panel in PANELS}
    texts[folder / "structure.md"] = markdown(parameters, {panel: title for panel, (title, _) in PANELS.items()})
    drawings.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


def check(folder: Path) -> None:
    """Nothing but files that were written here before is replaced.

    Raises:
        InputError: where a file is in the folder's place, or a file of somebody else would be replaced.
    """
    drawings = folder / "structure"
    names = [*(f"stocks-{sector}" for sector in SECTORS), *(f"loops-{panel}" for panel in PANELS)]
    try:
        for path in (drawings, *drawings.parents):
            if path.exists() and not path.is_dir():
                raise InputError(f"--out {folder}: {path} is a file; expected a folder")
        for path in (*(drawings / f"{name}.svg" for name in names), folder / "structure.md"):
            if path.is_symlink() or (path.exists() and not _ours(path)):
                raise InputError(f"--out {folder}: {path} is something of yours; choose another folder")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InputError(f"--out {folder}: cannot be used: {str(why).lower()}") from None


def _ours(path: Path) -> bool:
    return path.is_file() and path.read_bytes().startswith(BEGINS[path.suffix].encode())
