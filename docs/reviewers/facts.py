"""What the pages for reviewers say of the model, read from its code and data: nothing here is written twice."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

from fundingflows.agents.cohorts import COHORTS
from fundingflows.agents.links import LINKS
from fundingflows.agents.patients import people
from fundingflows.experiments.results.measures import MEASURES
from fundingflows.experiments.results.numbers import significant
from fundingflows.model.contracts.terms import terms
from fundingflows.model.stocks import FLOWS, STOCKS
from fundingflows.model.system import HealthEconomy
from fundingflows.scenarios import fundings, load_baseline, places
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
PAGES = tuple(sorted(path.name.removesuffix(".jinja") for path in HERE.glob("*.jinja")))
BASELINE = "2015_16"
#: columns of people whose comment in the code is of another kind
PLAIN = {
    "state": "the columns that are seldom asked for, below",
    "care": "care received: none, at home, in a care home by payer, waiting, refused",
}


def render(page: str) -> str:
    """A page of Markdown from its template."""
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["cell"] = cell
    return environment.get_template(f"{page}.jinja").render(facts())


def facts() -> dict[str, Any]:
    """All that the templates may name."""
    parameters = load_baseline(BASELINE).parameters
    groups: dict[str, list[Any]] = {}
    for path, parameter in parameters.items():
        groups.setdefault(path.split(".")[0], []).append(parameter)
    return {
        "columns": columns(),
        "cohorts": list(COHORTS.values()),
        "week": textwrap.dedent(inspect.getsource(HealthEconomy.step)).rstrip(),
        "phases": phases(),
        "stocks": list(STOCKS.values()),
        "flows": list(FLOWS.values()),
        "links": list(LINKS.values()),
        "terms": {name: first_line(term) for name, term in sorted(terms().items())},
        "groups": groups,
        "grades": Counter(parameter.status for parameter in parameters.values()),
        "measures": MEASURES,
        "fundings": fundings(),
        "places": places(),
        "value": value,
        "bounds": bounds,
    }


def columns() -> dict[str, str]:
    """Each column of a person, and the comment beside it in the code."""
    found: dict[str, str] = {}
    source = inspect.getsource(people)
    for name in (*people.People._fields, *people.STATE.names):
        said = re.search(rf'^    {name}(?:: np\.ndarray|="\w+",)  # (.+)$', source, re.MULTILINE)
        found[name] = PLAIN.get(name) or (said[1] if said else "")
    return found


def phases() -> dict[str, str]:
    """The methods that a week, a quarter and a year are made of, in the order in which the code calls them."""
    called: dict[str, str] = {}
    for method in (HealthEconomy.step, HealthEconomy._quarter, HealthEconomy._year):
        for name in re.findall(r"self\.(_\w+)\(", inspect.getsource(method)):
            called.setdefault(name, first_line(getattr(HealthEconomy, name)))
    return called


def first_line(thing: Any) -> str:
    """The first sentence or line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n")[0]


def value(parameter: Any) -> str:
    """A number as people write it; a table by its size."""
    if isinstance(parameter.value, int | float) and not isinstance(parameter.value, bool):
        return significant(float(parameter.value), 4)
    return f"table of {len(parameter.value)}" if hasattr(parameter.value, "__len__") else str(parameter.value)


def bounds(parameter: Any) -> str:
    """The plausible range, where there is one."""
    if not parameter.range:
        return ""
    return " to ".join(significant(float(end), 4) for end in parameter.range)


def cell(text: Any) -> str:
    """Text that fits into a cell of a table."""
    return " ".join(str(text).replace("|", "\\|").split())
