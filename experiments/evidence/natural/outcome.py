"""One published effect of a natural experiment, as its file says it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

SCORES = ("numeric", "sign", "null", "at_least", "at_most", "link", "none")
UNITS = ("percent", "points", "units")
ASKED = ("numeric", "sign", "null", "at_least", "at_most")  #: scores that decide a verdict


class Outcome(BaseModel):
    """One published effect and the model's figure for it."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, description="what was measured, in the publication's words")
    of: str = Field(
        "", description="the model's figure: a measure, lever.KIND.LEVER, KIND.COLUMN, people.EVENT, paid.PAYER.PAYEE"
    )
    per: str = Field("", description="a column to divide by, of the same kind unless it names another: KIND.COLUMN")
    for_each: str = Field(
        "", description="a figure by whose own change the change is divided, in units: A&E visits for each visit lost"
    )
    ages: str = Field("", description="of people.EVENT: such as 65+, 75+ or 45-64; all ages if omitted")
    unit: Literal["percent", "points", "units"] = Field(
        "percent", description="percent: of the control arm's level; points: percentage points; units: as it is"
    )
    effect: float | None = Field(None, description="published point estimate, in that unit")
    low: float | None = Field(None, description="lower end of the published 95 % interval; for at_least the bound")
    high: float | None = Field(None, description="upper end; for at_most the bound")
    range: tuple[float, float] | None = Field(
        None, description="lowest and highest published estimate, in place of effect, low and high"
    )
    score: Literal["numeric", "sign", "null", "at_least", "at_most", "link", "none"] = "numeric"
    sign: Literal["+", "-"] | None = Field(None, description="for score = sign")
    years: tuple[int, int] = Field((1, 1), description="first and last year after the reform that count")
    halves: tuple[int, int] | None = Field(None, description="first and last half-year that count, in place of years")
    less: tuple[int, int] | None = Field(
        None, description="years (or half-years) of the same figure to subtract: its growth"
    )
    arm: str = Field("", description="only providers of this arm; all if omitted")
    treatment: str = Field("", description="which of several treatments; may be omitted where there is one")
    against: str = Field("control", description="what it is compared with: control, or another treatment or arm")
    parameter: str = Field("", description="for score = link: the parameter set from this number")
    why: str = Field("", description="why it fails, or is not scored")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._check_published()
        self._check_score()
        if self.halves and "years" in self.model_fields_set:
            raise ValueError("years and halves: expected one of them")
        for name, span in (("halves", self.halves), ("years", self.years), ("less", self.less)):
            if span and not 1 <= span[0] <= span[1]:
                raise ValueError(f"{name}: expected first and last, counted from 1, got {list(span)}")
        if self.for_each and (self.unit != "units" or self.less or self.score not in ("numeric", "null", "none")):
            raise ValueError(
                'for_each: one change divided by another has unit = "units", no less, and a numeric or null score'
            )
        return self

    def _check_published(self) -> None:
        """Effect, interval or range."""
        if self.range is not None:
            if {"effect", "low", "high"} & self.model_fields_set:
                raise ValueError("range: expected a range, or effect with low and high, not both")
            if not self.range[0] < self.range[1]:
                raise ValueError(f"range: expected lowest below highest, got {list(self.range)}")
            if self.score not in ("numeric", "none"):
                raise ValueError(f"range: belongs to a numeric score, not to {self.score}")
            return
        if self.score in ("at_least", "at_most"):
            return
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high: expected both or neither")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"low and high: expected low below high, got {self.low:g} and {self.high:g}")

    def _check_score(self) -> None:
        """What each score needs."""
        if self.score in ("numeric", "null") and self.effect is None and self.range is None:
            raise ValueError("effect: missing; a numeric or null outcome has a published effect")
        if self.score == "null" and self.low is None:
            raise ValueError("low and high: a null needs the interval that counts as no effect")
        if self.score == "sign" and self.sign is None:
            raise ValueError('sign: missing; expected "+" or "-"')
        if self.score == "at_least" and (self.low is None or self.high is not None):
            raise ValueError("low: expected the bound alone; at_least 0 means that it did not fall")
        if self.score == "at_most" and (self.high is None or self.low is not None):
            raise ValueError("high: expected the bound alone; at_most 0 means that it did not rise")
        if self.score in ASKED and not self.of:
            raise ValueError("of: missing; expected a figure of the model, such as practice.gp_consultations")

    @property
    def asked(self) -> bool:
        """Whether it decides a verdict."""
        return self.score in ASKED

    @property
    def published(self) -> float | None:
        """The published estimate: of a range, its middle."""
        return sum(self.range) / 2.0 if self.range else self.effect

    @property
    def span(self) -> tuple[int, int]:
        """First and last year or half-year that count, from 1."""
        return self.halves or self.years

    @property
    def last_year(self) -> int:
        """The last year after the reform that it needs."""
        last = max(self.span[1], (self.less or (0, 0))[1])
        return (last + 1) // 2 if self.halves else last
