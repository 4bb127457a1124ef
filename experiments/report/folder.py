"""The folder of a finished comparison: its runs, tables, picture, report and manifest, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..figures import plots
from ..results import output
from ..results.compared import Compared
from ..results.numbers import signed
from . import make


def write(
    compared: Compared, folder: Path, report: make.Report | None = None, more: Callable[[Path], None] = lambda _: None
) -> None:
    """Replace the folder with that of a finished comparison; ``more`` adds files of the caller's.

    Raises:
        InputError: when the folder holds something else.
    """
    with output.writing(folder) as temporary:
        output.keep_runs(folder, temporary)
        output.write_tables(temporary, {"comparison": compared.table, **compared.all})
        if compared.others:
            plots.comparison(
                compared.table, compared.names, compared.titles, finding(compared), temporary / "comparison"
            )
        if report:
            make.write(report, temporary)
        more(temporary)
        output.write_manifest(temporary, dict(compared.manifest))


def finding(compared: Compared) -> str:
    """A title that says the finding: where hospital work and general practice's access move most."""
    rows = compared.table.set_index(["measure", "funding"])

    def share(key: str, name: str) -> str:
        moved, level = rows["difference"].loc[(key, name)], rows["level"].loc[(key, compared.first)]
        return f"{signed(100.0 * float(moved) / max(abs(float(level)), 1e-9), 0)} %"

    return "\n".join(
        f"{compared.titles[name]}: requests not met {share('failed', name)}, "
        f"emergencies {share('emergencies', name)}, electives {share('electives', name)}"
        for name in compared.others
    )
