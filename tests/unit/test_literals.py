"""No number in agents/ and model/ without a name, a unit or a reason: what can be argued about is a parameter."""

import ast
from collections.abc import Iterator
from pathlib import Path

import fundingflows.model
import pytest

ROOT = Path(fundingflows.model.__file__).resolve().parents[1]
PLAIN = {0, 1, 2, 0.5, 100, 1000}  # nothing, all, twice, half, per cent, per thousand
TINY = 1e-5  # smaller numbers only keep a division or a logarithm finite
#: calls whose whole numbers are sizes, positions or ranks
SIZES = {
    "arange", "bincount", "empty", "eye", "full", "insert", "lru_cache", "maxlen", "minlength", "ones", "range",
    "reshape", "round", "sum", "take", "tile", "transpose", "zeros",
}  # fmt: skip
KERNELS = "agents/patients"  #: whole numbers there are bits, positions and sizes of arrays
#: what else stays in the code, by room and value, and why
EXEMPT: dict[str, dict[float, str]] = {
    "agents/patients": {
        65535.0: "control is kept in 16 bits",
        4294967295.0: "32 bits",
        4294967296.0: "32 bits",
        16777216.0: "24 bits",
        65536.0: "16 bits",
        9007199254740992.0: "53 bits",
        1.6: "HEADROOM: the majorant of thinning, a bound of the method",
        0.95: "the majorant of thinning stays below one",
        0.3: "bound of one event's share in the majorant",
        0.2: "bound of one event's share in the majorant",
        0.05: "chance of death at the last age of the table, in a week",
        7.0: "DAYS in a week",
    },
    "agents/habit.py": {1e-4: "LAST: share of the room that the search leaves at each end"},
    "agents/plans.py": {
        5: "nodes of the Gauss-Hermite quadrature",
        3.0: "variance of the logistic distribution",
        0.012: "NEAR: the search's window, in lever units",
        0.25: "WIDEST: the most that this window takes of a lever's range",
        0.02: "STEP: the difference that measures a slope, in lever units",
        13: "points of the search's grid",
        24.0: "the search's first window: half a cell of that grid",
        4.0: "the search's windows shrink to a quarter",
        0.9: "inside the search's window, not at its edge",
    },
    "agents/workforce.py": {0.05: "LEAST_FTE: keeps contacts per GP finite"},
    "agents/practice.py": {65535.0: "control is kept in 16 bits"},
    "agents/tables.py": {0.01: "PERCENT: one percentage point of a share"},
    "model/clock.py": {28: "a year that begins on 29 February"},
    "model/contracts": {
        4.0: "the root search widens its bracket fourfold",
        1e12: "£: a price beyond which the root search gives up",
        0.001: "step of a numerical derivative, as a share of the budget",
        10: "a week later than any run",
        9: "a week later than any run",
        0.30: "readmission: default of the term, a file can set another",
        0.25: "tournament: default of the term, a file can set another",
        0.2: "blended: default of the term, a file can set another",
    },
    "model/errors.py": {12: "names that a message lists", 0.72: "CLOSE: likeness of spellings"},
    "model/initial": {
        1e6: "millions of people in a message",
        65535: "control is kept in 16 bits",
        400.0: "calibration: events at which a practice's own count weighs as much as the place's",
        0.2: "calibration: bounds of a correction",
        0.3: "calibration: bounds of a correction",
        0.4: "calibration: bounds of a correction",
        0.7: "calibration: part of the way a round goes, and where it begins",
        0.9: "calibration: bounds of a correction",
        1.1: "calibration: bounds of a correction",
        1.4: "calibration: bounds of a correction",
        3: "calibration: bounds of a correction",
        5: "calibration: bounds of a correction; pickle protocol",
        10.0: "calibration: room so that nobody is turned away while burning in",
        3.5: "days, half a week, of the week in which care begins",
        7: "days in a week; kinds of care",
        0.03: "calibration: share of empty rows for newcomers",
    },
    "model/money": {31: "bits of a whole number"},
    "model/parameters.py": {4: "five-year age bands"},
    "model/people": {
        5: "years, of five-year age bands; quintiles; counts of conditions", 17: "the last five-year age band",
        15: "age bands", 45: "age bands", 65: "age bands", 75: "age bands", 85: "age bands", 105: "the last age",
        106: "ages 0 to 105", 16: "bits", 3: "number of a draw", 4: "number of a draw; quintiles; quarters",
        7: "number of a draw; three bits; days in a week", 64: "spare rows",
        25.0: "years between 45 and 70",
        30.0: "weight of smoothness against fit of the age curve, numerical",
        20000: "steps of the least-squares solver, at most",
        0.9: "bound of a chance",
        0.2: "bound of a chance a year",
        10: "bracket of a root search, in log odds",
        0.7: "FIRST_GUESS: calibration corrects it",
        0.05: "the costliest 5 %: what the measure is",
        1e6: "QALYs are kept in millionths",
        90000: "a week that never comes, for a draw of its own",
        0.06: "SPARE: share of empty rows for newcomers",
        0.25: "four kinds of care, alike",
    },
    "model/place": {
        1e-4: "LEAST: a smaller share makes no edge of the drawn network",
        1e-2: "LEAST_OF_MANY: the same where hospitals are many",
        5: "neighbours, or rounds",
        0.1: "weeks: keeps a ratio of waits finite",
        20: "hospitals that are many",
        90: "degrees of latitude", 180: "degrees of longitude",
        120.0: "REACH_KM: a check of places' coordinates",
        1.2: "a check of a place's share of residents",
        6371.0: "km, radius of the Earth",
    },
    "model/record.py": {10: "rows at a time", 65535.0: "control is kept in 16 bits"},
    "model/scenario.py": {3: "parts of a path"},
    "model/system.py": {
        5: "years of a run, unless told otherwise; columns of a trace",

    },
}  # fmt: skip


def _named(tree: ast.Module, lines: list[str]) -> set[int]:
    """Lines of constants in capitals, of a module or a class, with a comment beside or above them."""
    named: set[int] = set()
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        targets = node.targets if isinstance(node, ast.Assign) else []
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        if names and all(n.isupper() for n in names):
            first, last = node.lineno, node.end_lineno or node.lineno
            if "#" in lines[last - 1] or lines[first - 2].strip().startswith("#"):
                named |= set(range(first, last + 1))
    return named


def _sizes(tree: ast.Module) -> set[ast.AST]:
    """Nodes that are positions in an array, or arguments of calls that take sizes."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.Subscript):
            inside = [node.slice]
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            inside = [k.value for k in node.keywords if k.arg in SIZES]
            if name in SIZES:
                inside += [*node.args, *(k.value for k in node.keywords)]
        for part in inside:
            found |= set(ast.walk(part))
    return found


def _room(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return str(relative if len(relative.parts) == 2 else Path(*relative.parts[:2]))


def _loose(text: str, room: str) -> Iterator[tuple[float, int]]:
    """Value and line of every number that is not plain, tiny, a size or a named whole number."""
    tree = ast.parse(text)
    sizes, named = _sizes(tree), _named(tree, text.splitlines())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
            continue
        value, whole = node.value, isinstance(node.value, int)
        if value in PLAIN or abs(value) < TINY:
            continue
        if not (whole and (node in sizes or node.lineno in named or room == KERNELS)):
            yield value, node.lineno


def _numbers() -> Iterator[tuple[str, float, str]]:
    """Room, value and place of such numbers in the whole code."""
    for path in sorted([*(ROOT / "agents").rglob("*.py"), *(ROOT / "model").rglob("*.py")]):
        room = _room(path)
        for value, line in _loose(path.read_text(encoding="utf-8"), room):
            yield room, value, f"{path.relative_to(ROOT)}:{line}: {value}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("share = 0.3 * beds", [0.3]),
        ("rule = np.clip(rule, 0.5, 1.25)", [1.25]),
        ("nearest = order[:, :3]; held = np.zeros((n, 4))", []),
        ("hospitals = min(3, n)", [3]),
        ("MOST = 16  #: answers that are kept", []),
        ("MOST = 16", [16]),
        ("LIMIT = 0.3  #: of beds", [0.3]),
    ],
)
def test_the_walk_finds_what_hides(text: str, found: list[float]):
    assert [value for value, _ in _loose(text, "agents/hospital.py")] == found


def test_every_number_in_the_code_is_plain_a_size_or_has_a_reason():
    loose = [where for room, value, where in _numbers() if value not in EXEMPT.get(room, {})]
    assert not loose, "give it a name and a unit, or make it a parameter:\n" + "\n".join(loose)


def test_no_exemption_outlives_its_number():
    used = {(room, value) for room, value, _ in _numbers()}
    stale = [f"{room}: {value}" for room, values in EXEMPT.items() for value in values if (room, value) not in used]
    assert not stale
