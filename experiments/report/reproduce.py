"""What makes the same results again, and how to see that they are the same."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import join
from typing import Any

from markupsafe import Markup

from ...agents.patients.calendar import WEEKS
from ..results.compared import Compared
from .parts import Said, Section, Table, Verbatim


def command(manifest: Mapping[str, Any], draws: int = 0, draw_seeds: int = 0, apart: bool = False) -> str:
    """The command that makes the report again, from its manifest; ``draw_seeds``: repeat runs at each draw."""
    recipe = manifest["recipe"]
    words = ["fundingflows", "report", *recipe["fundings"].values(), "--place", recipe["place"]]
    seeds = len(manifest["seed"])
    words += ["--years", f"{recipe['weeks'] / WEEKS:g}", "--seeds", str(seeds)]
    for name, given in (("--sample", recipe["sample"] != 1.0 and f"{recipe['sample']:g}"), ("--paths", recipe["paths"]),
                        ("--uncertainty", draws and str(draws)),
                        ("--draw-seeds", draws and draw_seeds not in (0, seeds) and str(draw_seeds))):  # fmt: skip
        words += [name, given] if given else []
    for link in recipe["hold"]:
        words += ["--hold", link]
    return join([*words, "--why"] if apart else words)


def section(compared: Compared) -> Section:
    """Command, digest, versions, and the text of files of one's own."""
    manifest = compared.manifest
    recipe = manifest["recipe"]
    said = Markup(
        "Every run is determined by its place, its way of paying, its seed and the version of the model. The command "
        "below makes the report again; in any environment with these versions it gives the same digest, and "
        "<code>fundingflows verify</code> with the folder of the results makes the runs again and compares theirs."
    )
    rows = [
        ["Digest of all runs", manifest["digest"]], ["Version of the model", manifest["model"]],
        ["Place", f"{compared.place} ({manifest['place']})"],
        *(["Scenario " + name, value] for name, value in manifest["scenario_hash"].items()),
        *([name, value] for name, value in manifest["versions"].items()),
    ]  # fmt: skip
    own = [
        part
        for name, file in recipe["fundings"].items()
        if file.endswith(".toml")
        for part in (Said(Markup("The file <code>{}</code>:").format(file)), Verbatim(_text(compared, name)))
    ]
    draws, each = (len(compared.drawn.draws), compared.drawn.seeds) if compared.drawn else (0, 0)
    table = Table("The manifest", ["What", "Value"], rows, words=(1,))
    return Section(
        "reproduce",
        "Make it again",
        [Said(said, "note"), Verbatim(command(manifest, draws, each, bool(compared.apart))), table, *own],
    )


def _text(compared: Compared, name: str) -> str:
    funding = compared.cases[name].funding
    return funding.text if funding else ""
