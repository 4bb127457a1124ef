"""Nobody assigns an attribute of a cohort from outside: the model tells a cohort what happened, and it answers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COHORTS = {"practices", "hospitals", "social_care", "commissioners", "treasury", "patients", "cohort", "care", "holder"}


def chain(target: ast.expr) -> list[str]:
    """Names along ``a.b[c].d``, without subscripts: a, b, d."""
    if isinstance(target, ast.Subscript | ast.Starred):
        return chain(target.value)
    if isinstance(target, ast.Attribute):
        return [*chain(target.value), target.attr]
    return [target.id] if isinstance(target, ast.Name) else []


def targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign | ast.Delete):
        found = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.NamedExpr):
        found = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr"):
        return [ast.Attribute(node.args[0], "?")]
    else:
        return []
    return [part for target in found for part in (target.elts if isinstance(target, ast.Tuple) else [target])]


def assignments(text: str) -> list[str]:
    """Assignments to an attribute of a cohort, also through a subscript or a further attribute."""
    return [
        f"line {node.lineno}: {'.'.join(names)}"  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(text))
        for names in map(chain, targets(node))
        if COHORTS & set(names[:-1])
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("self.practices.served = x", 1),
        ("self.practices.served += x", 1),
        ("model.hospitals.slots[0] = x", 1),
        ("model.hospitals.slots[k][:] *= x", 1),
        ("a, cohort.contract = x", 1),
        ("hospitals.people.state['care'][3] = 1", 1),
        ("setattr(model.treasury, name, 1)", 1),
        ("self.practices = Practices(self)", 0),
        ("care = model.social_care", 0),
        ("rows[cohort.kind] = cohort.facts()", 0),
        ("cohort.observe_week(events)", 0),
    ],
)
def test_the_reader_of_assignments_sees_what_it_should(text, found):
    assert len(assignments(text)) == found


@pytest.mark.parametrize("path", sorted((ROOT / "model").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_of_the_model_assigns_an_attribute_of_a_cohort(path):
    assert assignments(path.read_text()) == []
