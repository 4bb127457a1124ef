"""The drawings of stocks, flows and loops, and the page that shows them, written to a folder."""

from __future__ import annotations

from pathlib import Path

from ...agents.stocks import SECTORS
from ...model.errors import InputError
from ...model.parameters import Parameters
from ..results.stock_tables import markdown
from .loop_diagrams import PANELS, loop_diagram
from .stock_diagrams import sector_diagram


def write(folder: Path, parameters: Parameters) -> list[Path]:
    """Write ``structure.md`` and, in the folder ``structure``, an SVG for each sector and for each part of the loops.

    Raises:
        InputError: where a file is in the folder's place.
    """
    drawings = folder / "structure"
    if any(path.exists() and not path.is_dir() for path in (folder, drawings)):
        raise InputError(f"--out {folder}: is a file; expected a folder")
    drawings.mkdir(parents=True, exist_ok=True)
    texts = {drawings / f"stocks-{sector}.svg": sector_diagram(sector) for sector in SECTORS}
    texts |= {drawings / f"loops-{panel}.svg": loop_diagram(panel) for panel in PANELS}
    texts[folder / "structure.md"] = markdown(parameters, {panel: title for panel, (title, _) in PANELS.items()})
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)
