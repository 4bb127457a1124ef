"""The JSON Schema of funding and place files, made from the code that reads them.

``python -m fundingflows.scenarios.schema`` writes the stored copies; a test says when they are out of date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from ..model.contracts.fields import ByActivity, Number, OfIndicator, TermField, term_fields
from ..model.contracts.terms import terms
from ..model.place.place import PlaceFile
from ..model.scenario import KINDS
from .changes import ChangeFile, PoolFile, vocabulary
from .funding_files import FundingFile
from .synthetic import Shape

VERSION = 1  #: of funding files; raised when a file that was valid may no longer be
PLACE_VERSION = 2  #: the same of place files; 2: a place names its baseline
FOLDER = Path(__file__).parent / "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NEUTRAL = {
    "type": "object",
    "required": ["neutral_with"],
    "additionalProperties": False,
    "properties": {
        "neutral_with": {"type": "string"},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "times": {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
    },
}  #: a price that the model solves for


def _term(name: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """One term, as contracts of these kinds of provider may write it."""
    made = terms()[name]
    schema = TypeAdapter(made).json_schema()
    fields: dict[str, Any] = {"term": {"const": name}}
    for key, field in term_fields(made).items():
        value = _inlined(schema["properties"][key])
        fields[key] = {k: v for k, v in _ruled(value, field, kinds).items() if k not in ("title", "default")}
    required = ["term", *(key for key, field in term_fields(made).items() if isinstance(field.rule, OfIndicator))]
    about = (made.__doc__ or "").strip().split("\n")[0]
    return {
        "type": "object", "description": about, "properties": fields, "required": required,
        "additionalProperties": False,
    }  # fmt: skip


def _ruled(value: dict[str, Any], field: TermField, kinds: tuple[str, ...]) -> dict[str, Any]:
    """A field's schema with its rule and its help."""
    if isinstance(field.rule, ByActivity):
        names = sorted({a for kind in kinds for a in vocabulary(kind)[0]})
        value |= {"propertyNames": {"enum": names}, "additionalProperties": {"type": "number", "minimum": 0}}
    elif isinstance(field.rule, OfIndicator):
        value = {"enum": sorted({i for kind in kinds for i in vocabulary(kind)[1]})}
    elif isinstance(field.rule, Number):
        bounds = {"minimum": field.rule.least, "maximum": field.rule.most}
        value = _bounded(value, {k: int(v) if v == int(v) else v for k, v in bounds.items() if v is not None})
    return value | ({"description": field.help} if field.help else {})


def _inlined(value: dict[str, Any]) -> dict[str, Any]:
    """The schema with references to a neutral price replaced by its definition."""
    if "anyOf" in value:
        return {**value, "anyOf": [NEUTRAL if "$ref" in part else part for part in value["anyOf"]]}
    return dict(value)


def _bounded(value: dict[str, Any], bounds: dict[str, float]) -> dict[str, Any]:
    """The schema with bounds on each number in it."""
    if value.get("type") == "number":
        return {**value, **bounds}
    if "anyOf" in value:
        return {**value, "anyOf": [_bounded(part, bounds) for part in value["anyOf"]]}
    return value


def _terms(kinds: tuple[str, ...]) -> dict[str, Any]:
    """A list of any terms that these kinds of provider may hold."""
    allowed = [n for n, t in sorted(terms().items()) if set(kinds) & set(getattr(t, "kinds", KINDS))]
    return {"type": "array", "items": {"oneOf": [_term(name, kinds) for name in allowed]}}


def funding() -> dict[str, Any]:
    """The schema of a funding file."""
    schema = FundingFile.model_json_schema()
    definitions = {f"{kind}_terms": _terms((kind,)) for kind in KINDS} | {"terms": _terms(KINDS)}
    properties = schema["properties"]
    properties["contracts"] = {
        "type": "object", "additionalProperties": False, "description": "one contract for each kind of provider",
        "properties": {kind: {"$ref": f"#/$defs/{kind}_terms", "minItems": 1} for kind in KINDS},
    }  # fmt: skip
    change = {"contract": {"$ref": "#/$defs/terms", "minItems": 1}, "add_terms": {"$ref": "#/$defs/terms"}}
    for model, name in ((ChangeFile, "ChangeFile"), (PoolFile, "PoolFile")):
        own = model.model_json_schema()
        definitions |= own.pop("$defs", {})
        definitions[name] = own
    definitions["ChangeFile"]["properties"] |= change
    return _head("funding", VERSION, "A way of paying", {**schema, "$defs": definitions})


def place() -> dict[str, Any]:
    """The schema of a place file."""
    schema = PlaceFile.model_json_schema()
    schema["required"].remove("starts")  # the baseline's, unless the place says otherwise
    shape = Shape.model_json_schema()
    drawn = {"practices", "lots", "hospitals", "councils", "commissioners"}
    written = {k: v for k, v in schema["properties"].items() if k not in drawn}
    synthetic = {
        "type": "object", "additionalProperties": False, "title": "Synthetic place",
        "description": "practices, hospitals and councils are drawn from a table of areas",
        "properties": written | {"areas": {"type": "string"}, "synthetic": shape},
        "required": [k for k in schema["required"] if k not in drawn] + ["areas", "synthetic"],
    }  # fmt: skip
    defs = schema.pop("$defs")
    return _head("place", PLACE_VERSION, "A place", {"$defs": defs, "oneOf": [schema, synthetic]})


def _head(name: str, version: int, title: str, schema: dict[str, Any]) -> dict[str, Any]:
    about = f"{name} file of fundingflows, version {version}"
    return {"$schema": DIALECT, "$id": f"fundingflows-{name}-{version}", **schema, "title": title, "description": about}


def stored() -> dict[str, str]:
    """Text of every stored schema by file name."""
    made = {f"funding-{VERSION}.json": funding(), f"place-{PLACE_VERSION}.json": place()}
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in made.items()}


if __name__ == "__main__":
    for file, text in stored().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
