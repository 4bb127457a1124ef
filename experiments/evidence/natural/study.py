"""The file of a natural experiment: the published effect, the reform and how they are compared."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ....model.errors import InputError, nearest, unknown
from ....model.parameters import Parameters
from ....model.reading import toml
from ....scenarios import baseline_of
from ...results.words import plain
from .outcome import SCORES, UNITS, Outcome

STUDIES = Path(__file__).parent / "studies"
STATES = ("tested", "proxy", "wired", "not_representable")
REACHES = ("near", "far")
CONTROL, TREATMENT = "control", "treatment"


class StudyFile(BaseModel):
    """A natural experiment as written; docs/natural-experiments.md says what each key means."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1)
    citation: str = Field(min_length=1, description="where the effect was published")
    grade: str = Field(min_length=1, description="V read in the published text, R recalled; with what that is for")
    setting: str = Field(min_length=1, description="who was paid differently, where and when")
    state: Literal["tested", "proxy", "wired", "not_representable"] = "tested"
    note: str = Field(
        "",
        description="proxy: what stands for what; wired: which calibration input; not representable: what lacks",
    )
    reach: Literal["near", "far"] | None = Field(
        None, description="near: pay changed by some per cent to some tens; far: it came or went as a whole"
    )
    experiment: str = Field("", description="a name that several files share which are one experiment")
    solve: Literal["plans", "runs"] = Field("runs", description="plans: levers from plan comparison, without a run")
    design: Literal["pair", "arms"] = Field(
        "pair", description="pair: the same providers under both arms; arms: treated and control providers in one run"
    )
    place: str = "anytown"
    before: int = Field(1, ge=0, le=10, description="years of the run before the reform")
    settled: bool = Field(
        False, description="providers had no habit of other pay: levers are at their best plan from the first day"
    )
    seeds: tuple[int, int] = Field((8, 100), description="fewest and most seeds")
    control: dict[str, Any] = Field({}, description="the way of paying before; adjustment costs are fitted under it")
    treatment: dict[str, Any] = Field({}, description="what the reform changes in it")
    treatments: dict[str, dict[str, Any]] = Field({}, description="several reforms by name, each against control")
    outcomes: list[Outcome] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state != "tested" and not self.note:
            raise ValueError(f"note: missing; state = {self.state} needs one sentence that says why")
        if self.runs and not (self.treatment or self.treatments):
            raise ValueError("treatment: missing; what does the reform change?")
        if self.treatment and self.treatments:
            raise ValueError("treatments: expected one treatment, or several by name, not both")
        if CONTROL in self.treatments:
            raise ValueError(f"treatments: '{CONTROL}' is what they are compared with; choose another name")
        if self.solve == "plans" and self.design == "arms":
            raise ValueError("design: arms need runs; with solve = plans each arm is solved by itself")
        if self.treatments and self.design == "arms":
            raise ValueError("treatments: arms in one run are marked changes of one treatment, each with its own arm")
        if self.design == "arms" and not self.before:
            raise ValueError("before: arms are compared with their own past; expected at least 1 year, got 0")
        if self.settled and self.solve == "runs" and self.before:
            raise ValueError(
                f"settled: providers who have known no other pay are paid by it from the first day; "
                f"expected before = 0, got {self.before}"
            )
        if not 2 <= self.seeds[0] <= self.seeds[1]:
            raise ValueError(f"seeds: expected fewest (at least 2) and most, got {list(self.seeds)}")
        return self

    @property
    def runs(self) -> bool:
        """Whether the effect is tested with the model."""
        return self.state in ("tested", "proxy")

    @property
    def scored(self) -> list[Outcome]:
        """Outcomes that decide the verdict."""
        return [o for o in self.outcomes if o.asked] if self.runs else []

    @property
    def reforms(self) -> dict[str, dict[str, Any]]:
        """The treatments by name; a single one is called ``treatment``."""
        return self.treatments or {TREATMENT: self.treatment}


class Study(StudyFile):
    """A natural experiment and the file it came from."""

    id: str
    path: Path

    @property
    def where(self) -> str:
        """Its place: a name, or a path, which is relative to its own file."""
        return str(self.path.parent / self.place) if self.place.endswith(".toml") else self.place

    @property
    def parameters(self) -> Parameters:
        """Parameters of its place's baseline."""
        return baseline_of(self.where).parameters


def read(path: Path) -> Study:
    """One file.

    Raises:
        InputError: one sentence that names the file, the key and what was expected.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; a natural experiment is a TOML file, see docs/natural-experiments.md")
    raw = toml(path)
    try:
        file = StudyFile.model_validate(raw)
    except ValidationError as error:
        raise _say(path.name, error) from None
    return Study(**file.model_dump(exclude_unset=True), id=path.stem, path=path)


def _say(name: str, error: ValidationError) -> InputError:
    complaints = error.errors()
    first = next((c for c in complaints if c["type"] == "extra_forbidden"), complaints[0])
    where = [*first["loc"]]
    outcome = where[:1] == ["outcomes"] and len(where) > 1
    places = [f"outcomes[{int(where[1]) + 1}]", *where[2:]] if outcome else where
    key = ".".join(map(str, places))
    fields = Outcome.model_fields if outcome else StudyFile.model_fields
    if first["type"] == "extra_forbidden":
        return InputError(f"{name}: unknown key '{key}'{nearest(str(where[-1]), fields)}")
    if first["type"] == "missing":
        return InputError(f"{name}: missing key '{key}'")
    if first["type"] == "literal_error":
        choices = {"state": STATES, "score": SCORES, "unit": UNITS, "solve": ("plans", "runs"),
                   "design": ("pair", "arms"), "sign": ("+", "-"), "reach": REACHES}  # fmt: skip
        return unknown("value", str(first["input"]), choices.get(str(where[-1]), ()), where=f"{name}: {key}")
    text = first["msg"].removeprefix("Value error, ")
    if first["type"] == "value_error":
        return InputError(f"{name}: {key}{'.' if key and outcome else ': ' if key else ''}{text}")
    return InputError(f"{name}: {key}: {plain(text)}, got {first['input']!r}")


def folder(path: Path | None = None) -> list[Study]:
    """Every study in a folder, ordered by name; the shipped ones by default.

    Raises:
        InputError: for a folder without files, or a file that cannot be used.
    """
    where = path or STUDIES
    if where.is_file():
        return [read(where)]
    files = sorted(where.glob("*.toml"), key=lambda file: _parts(file.stem))
    if not files:
        raise InputError(f"{where}: no experiment here; expected TOML files, see docs/natural-experiments.md")
    return [read(file) for file in files]


def _parts(stem: str) -> tuple[str, int, str]:
    """A name in order of its letters, then its number, then what follows: C2, C15, C15b."""
    letters, number, rest = re.fullmatch(r"(\D*)(\d*)(.*)", stem, re.S).groups()  # type: ignore[union-attr]
    return letters, int(number or 0), rest
