"""Imports run one way and never in a circle; the drawing of them in docs/ is up to date."""

from __future__ import annotations

import ast
import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def drawing():
    spec = importlib.util.spec_from_file_location("draw_imports", ROOT / "docs" / "draw_imports.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def edges(drawing):
    return drawing.graph()


def test_every_kind_of_import_is_seen(drawing, tmp_path):
    known = {name: Path() for name in ("model.a", "model.b", "model.c", "model.d", "model.e.f", "agents.g", "model.e")}
    text = (
        "from .b import thing\nfrom . import c\nfrom ..agents.g import other\nfrom .e import f\n"
        "if TYPE_CHECKING:\n    from fundingflows.model import d\n"
        "def late():\n    import fundingflows.model.e.f\n"
    )
    file = tmp_path / "a.py"
    file.write_text(text)
    found = drawing.imports("model.a", file, known)
    assert found == {"model.b", "model.c", "agents.g", "model.e.f", "model.d"}


def test_a_circle_is_seen(drawing):
    assert drawing.circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_layers_import_one_way(drawing, edges):
    level = {layer: k for k, layer in enumerate(drawing.LAYERS)}
    upward = [
        (name, other)
        for name, others in edges.items()
        for other in others
        if level[other.split(".")[0]] < level[name.split(".")[0]]
    ]
    assert upward == []


def test_no_files_import_each_other_in_a_circle(drawing, edges):
    """Not in functions either, nor for types only: a file can be read before those that use it."""
    found = drawing.circles(edges)
    assert found == [], "move what both need into a file of its own, or type it by a protocol such as model/economy.py"


BY_NAME = {
    "model.contracts.terms",  # finds the files of its own package
    "experiments.runs.worker",  # a worker's function, sent by name
    "experiments.runs.dask",  # other people's package, which need not be installed
}


def test_modules_are_looked_up_by_name_only_where_they_must_be(drawing):
    found = [
        name
        for name, path in drawing.modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in ("import_module", "__import__")
    ]
    assert set(found) <= BY_NAME


def test_the_drawing_shows_the_rooms_and_arrows_of_the_code(drawing):
    def arrows(rooms):
        return {name: sorted(room["imports"]) for name, room in rooms.items()}

    drawn = json.loads((ROOT / "docs" / "imports.json").read_text(encoding="utf-8"))
    assert arrows(drawn) == arrows(drawing.rooms()), "run python docs/draw_imports.py"
    picture = (ROOT / "docs" / "imports.svg").read_text(encoding="utf-8")
    assert all(f"<!-- {name.split('/')[1]} -->" in picture for name in drawn if "/" in name)
