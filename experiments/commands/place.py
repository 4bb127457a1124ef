"""``fundingflows place make``: a place of one's own from published files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .inputs import whole

if TYPE_CHECKING:
    from ...scenarios.published.make import Made

app = typer.Typer(help="Make a place of your own from published files.", no_args_is_help=True, rich_markup_mode=None)
LARGEST = 100_000  #: people of a practice below which it may be left out


@app.command()
def make(
    files: Annotated[
        list[Path], typer.Argument(help="Published files, CSV or zip, in any order; each is known by its columns.")
    ],
    icb: Annotated[
        str, typer.Option(help="An integrated care board or sub-board, by code or name.", show_default="all practices")
    ] = "",
    pcn: Annotated[
        str, typer.Option(help="Primary care networks, by code or name, with ';' between.", show_default="all")
    ] = "",
    practices: Annotated[
        str,
        typer.Option(
            help="Practices by code, with ',' between, or a file of codes (.txt, .csv) or of saved places (.json).",
            show_default="all",
        ),
    ] = "",
    group: Annotated[
        str, typer.Option(help="One place of the saved ones.", show_default="all; each is a group of practices")
    ] = "",
    baseline: Annotated[
        str | None,
        typer.Option(
            help="Baseline year whose rates and prices hold, by name.", show_default="that of the default place"
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="The place's title.", show_default="the board's name")] = "",
    smallest: Annotated[int, typer.Option(help="Practices with fewer people are left out.")] = 500,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the place and its data page.", show_default="results/place-NAME")
    ] = None,
) -> None:
    """Make a place from published files, such as the practice-level workforce file, with a page that says how."""
    from ...scenarios import baseline_of, default_place
    from ...scenarios.published.lists import absolute
    from ..results import data_page, output
    from ..runs.recipe import digest_of, manifest

    whole(smallest, "--smallest", 1, LARGEST)
    baseline = baseline or baseline_of(default_place()).id
    if out:
        output.check(out)
    recipe: dict[str, Any] = {
        "files": [str(file.absolute()) for file in files], "icb": icb, "pcn": pcn, "practices": absolute(practices),
        "group": group, "baseline": baseline, "title": title, "smallest": smallest,
    }  # fmt: skip
    made = made_of(recipe)
    recipe |= {"files": {file: digest_of(Path(file)) for file in recipe["files"]}, "baseline": made.tables["baseline"]}
    folder = out or Path("results") / f"place-{made.id}"
    with output.writing(folder) as temporary:
        path = made.write(temporary)
        data_page.write(made, temporary / "data.html", str(folder / path.name))
        output.write_manifest(temporary, manifest("place make", recipe, place=made.id))
    account = made.account
    print(f"{made.tables['title']}: {made.tables['description'].split(', made')[0]}.")
    print(f"{len(account.dropped)} practices, rows or cells left out; {len(account.filled)} figures filled in.")
    print(f"It stands in the rates and prices of the baseline {baseline}.")
    print(f"Written to {folder}/: {path.name}, {made.practices_file}, data.html (read this first)")
    print(f"Next: fundingflows compare --place {folder / path.name}")


def made_of(recipe: dict[str, Any]) -> Made:
    """The place that a manifest describes.

    Raises:
        InputError: for a file or a choice that cannot be used.
    """
    from ...model.errors import InputError
    from ...scenarios.published.choose import Wanted
    from ...scenarios.published.lists import practices
    from ...scenarios.published.make import make as make_place

    codes = practices(recipe["practices"], recipe["group"])
    networks = [part.strip() for part in recipe["pcn"].split(";") if part.strip()]
    wanted = Wanted(recipe["icb"].strip(), networks, list(codes), codes)
    files = [Path(file) for file in recipe["files"]]
    for file in files:
        if files.count(file) > 1:
            raise InputError(f"{file.name}: is given twice")
    return make_place(files, wanted, recipe["baseline"], recipe["title"].strip(), recipe["smallest"])
