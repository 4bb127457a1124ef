"""The drawings of stocks, flows and loops, and the page that shows them, written to a folder."""

from __future__ import annotations

from pathlib import Path

from ...agents.stocks import SECTORS
from ...model.errors import InputError
from ...model.parameters import Parameters
from ..results.output import write_text
from ..results.stock_tables import markdown
from .loop_diagrams import PANELS, loop_diagram
from .stock_diagrams import sector_diagram

HEAD = 30  #: characters by which a file that was written here is known; an SVG's size comes later


def write(folder: Path, parameters: Parameters) -> list[Path]:
    """Write ``structure.md`` and, in the folder ``structure``, an SVG for each sector and for each part of the loops.

    Raises:
        InputError: where a file is in the folder's place, or a file of somebody else would be replaced.
    """
    drawings = folder / "structure"
    texts = {drawings / f"stocks-{sector}.svg": sector_diagram(sector) for sector in SECTORS}
    texts |= {drawings / f"loops-{panel}.svg": loop_diagram(panel) for panel in PANELS}
    texts[folder / "structure.md"] = markdown(parameters, {panel: title for panel, (title, _) in PANELS.items()})
    _check(folder, texts)
    drawings.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


def _check(folder: Path, texts: dict[Path, str]) -> None:
    """Nothing but files that were written here before is replaced; they begin with the same line."""
    try:
        for path in (folder / "structure", *(folder / "structure").parents):
            if path.exists() and not path.is_dir():
                raise InputError(f"--out {folder}: {path} is a file; expected a folder")
        for path, text in texts.items():
            if path.is_symlink() or (path.exists() and not _begins(path, text.split("\n", 1)[0])):
                raise InputError(f"--out {folder}: {path} is something of yours; choose another folder")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InputError(f"--out {folder}: cannot be used: {str(why).lower()}") from None


def _begins(path: Path, line: str) -> bool:
    return path.is_file() and path.read_bytes().startswith(line[:HEAD].encode())
