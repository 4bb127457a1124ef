"""A question that a page answers: ways of paying against a reference, for a place; and its address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ....model.errors import InputError
from ...results.result import whole
from ...runs.spec import RunSpec, key_of, spec_of
from ...sweeps import uncertainty
from ...sweeps.plan import Plan
from . import address, state, store

MOST = 4  #: ways of paying, the reference among them
PERSON_YEARS = 1e6  #: of a first estimate; a larger one is made for a sample of the people
DRAWS = (4, 200)  #: of all that is not known: with fewer none shows what a difference hangs on
USUAL_DRAWS = 24
DRAW_SEEDS = 2  #: repeat runs at each draw: enough to tell chance apart
FIELDS = ("place", "reference", "ways", "years", "seeds", "draws", "about")


@dataclass(frozen=True)
class Question:
    """Ways of paying, the first of which is the reference; years and repeat runs, seeds 1, 2, 3 …

    ``about``: the part of the answer to open, by the key of its section. ``sample``: part of the people that is run.
    ``draws``: of all that is not known; 0 to allow for chance alone.
    """

    place: str
    ways: tuple[str, ...]
    years: int = 5
    seeds: int = 5
    about: str = ""
    sample: float = 1.0
    draws: int = 0

    @property
    def reference(self) -> str:
        """The way of paying that the others differ from."""
        return self.ways[0]

    @property
    def others(self) -> tuple[str, ...]:
        """All but the reference."""
        return self.ways[1:]

    def address(self) -> str:
        """The settings as the query string of an address; ``read`` reads them."""
        more = {name: value for name, value in (("draws", self.draws), ("about", self.about)) if value}
        facts = {
            "place": self.place, "reference": self.reference, "ways": ",".join(self.others), "years": self.years,
            "seeds": self.seeds, **more,
        }  # fmt: skip
        return urlencode(facts, safe=",")

    def runs(self) -> list[RunSpec]:
        """Every way of paying with every seed, seed by seed.

        Raises:
            InputError: when a way of paying cannot be used in the place.
        """
        return [self._run(name, seed) for seed in range(1, self.seeds + 1) for name in self.ways]

    def _run(self, name: str, seed: int) -> RunSpec:
        how = name if name in state.shipped(self.place) else state.funding_of(name, self.place)
        return spec_of(self.place, how, seed, self.years, self.sample, reader=whole)

    def plan(self) -> Plan | None:
        """Every way of paying at every draw, as ``compare --uncertainty`` plans them; none without draws.

        Raises:
            InputError: when a way of paying cannot be used in the place.
        """
        if not self.draws:
            return None
        built = state.shipped(self.place)
        files = [name if name in built else str(store.path(name)) for name in self.ways]
        return uncertainty.plan(self.place, files, self.years, self.sample, self.draws, DRAW_SEEDS)

    def estimate(self) -> Question:
        """What is asked first: one seed, for so many people that it takes a few seconds."""
        part = PERSON_YEARS / (state.place_of(self.place).registered * self.years * len(self.ways))
        return replace(self, seeds=1, draws=0, sample=1.0 if part >= 1.0 else round(part, 2) or 0.01)


def key(runs: Sequence[RunSpec]) -> str:
    """Digest of everything that an answer depends on: the model, the place, each contract, years, seeds and draws."""
    return key_of("answer", [run.key for run in runs])


def read(search: str | None) -> Question:
    """The question of an address.

    Raises:
        InputError: for a place, way of paying or number that cannot be used; one sentence.
    """
    found = address.given(search, FIELDS)
    place = address.one_of("place", found.get("place", state.place.peek()), state.allowed())
    asked = [found.get("reference", "status_quo"), *found.get("ways", "").split(",")]
    ways = tuple(dict.fromkeys(name.strip() for name in asked if name.strip()))
    if not 2 <= len(ways) <= MOST:
        raise InputError(
            f"address: expected one to {MOST - 1} ways of paying beside the reference, got {len(ways) - 1}"
        )
    for name in ways:
        address.way(name, place)
    years = address.whole("years", found.get("years", "5"), state.YEARS)
    seeds = address.whole("seeds", found.get("seeds", "5"), state.SEEDS)
    draws = address.whole("draws", found["draws"], DRAWS) if "draws" in found else 0
    return Question(place, ways, years, seeds, found.get("about", "")[:20], draws=draws)


def files(question: Question) -> dict[str, str]:
    """The text of each funding file, by name."""
    return {name: state.funding_of(name, question.place).text or "" for name in question.ways}


def saved(question: Question) -> list[str]:
    """The ways of paying that the visitor has written."""
    return [name for name in question.ways if name in store.saved() and name not in state.shipped(question.place)]
