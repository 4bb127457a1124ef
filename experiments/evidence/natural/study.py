"""The file of a natural experiment: the published effect, the reform and how they are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ....model.errors import InputError, nearest, unknown
from ....model.parameters import Parameters
from ....model.reading import toml
from ....scenarios import baseline_of
from ...results.words import plain

STUDIES = Path(__file__).parent / "studies"
STATES = ("tested", "proxy", "wired", "not_representable")
SCORES = ("numeric", "sign", "null", "link", "none")
UNITS = ("percent", "points", "units")
GRADES = ("V", "R", "D")


class Outcome(BaseModel):
    """One published effect and the model's figure for it."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, description="what was measured, in the publication's words")
    of: str = Field("", description="the model's figure: a measure, lever.KIND.LEVER, or KIND.COLUMN")
    per: str = Field("", description="a column of the same kind to divide by")
    unit: Literal["percent", "points", "units"] = Field(
        "percent", description="percent: of the control arm's level; points: percentage points; units: as it is"
    )
    effect: float | None = Field(None, description="published point estimate, in that unit")
    low: float | None = Field(None, description="lower end of the published 95 % interval")
    high: float | None = Field(None, description="upper end")
    score: Literal["numeric", "sign", "null", "link", "none"] = "numeric"
    sign: Literal["+", "-"] | None = Field(None, description="for score = sign")
    years: tuple[int, int] = Field((1, 1), description="first and last year after the reform that count")
    less: tuple[int, int] | None = Field(None, description="years of the same figure to subtract: its growth")
    arm: str = Field("", description="only providers of this arm; all if omitted")
    parameter: str = Field("", description="for score = link: the parameter set from this number")
    why: str = Field("", description="why it fails, or is not scored")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.score in ("numeric", "null") and self.effect is None:
            raise ValueError("effect: missing; a numeric or null outcome has a published effect")
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high: expected both or neither")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"low and high: expected low below high, got {self.low:g} and {self.high:g}")
        if self.score == "null" and self.low is None:
            raise ValueError("low and high: a null needs the interval that counts as no effect")
        if self.score == "sign" and self.sign is None:
            raise ValueError('sign: missing; expected "+" or "-"')
        if self.score not in ("link", "none") and not self.of:
            raise ValueError("of: missing; expected a figure of the model, such as practice.gp_consultations")
        for span in (self.years, self.less or self.years):
            if not 1 <= span[0] <= span[1]:
                raise ValueError(f"years: expected first and last year, counted from 1, got {list(span)}")
        return self


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
    solve: Literal["plans", "runs"] = Field("runs", description="plans: levers from plan comparison, without a run")
    design: Literal["pair", "arms"] = Field(
        "pair", description="pair: the same providers under both arms; arms: treated and control providers in one run"
    )
    place: str = "anytown"
    before: int = Field(1, ge=0, le=10, description="years of the run before the reform")
    seeds: tuple[int, int] = Field((8, 100), description="fewest and most seeds")
    control: dict[str, Any] = Field({}, description="the way of paying before; adjustment costs are fitted under it")
    treatment: dict[str, Any] = Field({}, description="what the reform changes in it")
    outcomes: list[Outcome] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state != "tested" and not self.note:
            raise ValueError(f"note: missing; state = {self.state} needs one sentence that says why")
        if self.runs and not self.treatment:
            raise ValueError("treatment: missing; what does the reform change?")
        if self.solve == "plans" and self.design == "arms":
            raise ValueError("design: arms need runs; with solve = plans each arm is solved by itself")
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
        return [o for o in self.outcomes if o.score in ("numeric", "sign", "null")] if self.runs else []

    @property
    def length(self) -> int:
        """Years from the start of a run to the last that counts."""
        return self.before + max(o.years[1] for o in self.outcomes)


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
    return Study(**file.model_dump(), id=path.stem, path=path)


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
                   "design": ("pair", "arms"), "sign": ("+", "-")}  # fmt: skip
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
    files = sorted(where.glob("*.toml"), key=lambda f: (f.stem.rstrip("0123456789"), _number(f.stem), f.stem))
    if not files:
        raise InputError(f"{where}: no experiment here; expected TOML files, see docs/natural-experiments.md")
    return [read(file) for file in files]


def _number(stem: str) -> int:
    digits = stem[len(stem.rstrip("0123456789")) :]
    return int(digits) if digits else 0
