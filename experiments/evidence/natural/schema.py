"""The JSON Schema of a natural experiment's file.

``python -m fundingflows.experiments.evidence.natural.schema`` stores it.

Its two arms are funding files without title, question and source, so that the schema of funding files holds for them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ....scenarios.schema import DIALECT, VERSION, funding
from .study import StudyFile

FILE = Path(__file__).with_name("natural-1.json")


def schema() -> dict[str, Any]:
    """The schema as data."""
    made, arm = StudyFile.model_json_schema(), funding()
    definitions = {**made.pop("$defs"), **arm["$defs"]}
    part = {k: v for k, v in arm["properties"].items() if k not in ("title", "question", "source")}
    definitions["Arm"] = {"type": "object", "additionalProperties": False, "properties": part}
    for name in ("control", "treatment"):
        made["properties"][name] = {"$ref": "#/$defs/Arm", "description": made["properties"][name]["description"]}
    made["properties"]["treatments"]["additionalProperties"] = {"$ref": "#/$defs/Arm"}
    head = {"$schema": DIALECT, "$id": f"fundingflows-natural-{VERSION}"}
    about = f"file of a natural experiment of fundingflows, version {VERSION}"
    return {**head, **made, "$defs": definitions, "title": "A natural experiment", "description": about}


def stored() -> str:
    """Its text."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(stored(), encoding="utf-8")
