"""What Mesa makes of a model and its agents by itself, and what of it has to be kept and put back."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

import mesa

from ..collector import collector
from ..errors import InputError
from .classes import class_of

MADE_BY_MESA = (mesa.Model, mesa.Agent, mesa.DataCollector)
KEPT = ("running", "agent_id_counter")  #: of Mesa's own attributes
COLLECTOR = f"{mesa.DataCollector.__module__}:{mesa.DataCollector.__qualname__}"
FRESH = ("network",)  #: made again when it is asked for
RNG, RANDOM, STEPS, COLLECTED = "rng state", "random state", "steps", "collected"


class Reads(Protocol):
    """Reads nodes, as ``Reader`` does."""

    nodes: list[Any]

    def read(self, written: Any) -> Any: ...

    def keep(self, number: int, thing: Any) -> Any: ...


@cache
def _own(kind: type) -> frozenset[str]:
    """Attributes that Mesa gives to every model, or every agent."""
    model = mesa.Model(rng=0)
    return frozenset(vars(model if kind is mesa.Model else mesa.Agent(model)))


def state_of(thing: Any) -> tuple[list[Any], dict[str, Any]]:
    """A model's agents, and what else has to be kept of it, by name. Of an agent or a collector the latter alone.

    Raises:
        InputError: for a collector that is not the model's own.
    """
    if isinstance(thing, mesa.DataCollector):
        if set(thing.model_vars) != set(collector().model_vars) or thing.agent_reporters:
            raise InputError("a checkpoint keeps the model's own data collector, not another; write its tables first")
        return [], {COLLECTED: thing.model_vars}
    if isinstance(thing, mesa.Agent):
        return [], {k: v for k, v in vars(thing).items() if k not in _own(mesa.Agent)} | {
            "model": thing.model,
            "unique_id": thing.unique_id,
        }
    state = {k: v for k, v in vars(thing).items() if k not in (*_own(mesa.Model), *FRESH)}
    state |= {name: getattr(thing, name) for name in KEPT}
    state |= {RNG: thing.rng.bit_generator.state, RANDOM: thing.random.getstate(), STEPS: thing.steps}
    return sorted(thing.agents, key=lambda agent: agent.unique_id), state


class Shells:
    """Makes models, agents and collectors with what Mesa needs, then fills them."""

    def __init__(self, reader: Reads) -> None:
        self.reader = reader

    def fill(self, number: int, name: str, agents: list[Any], state: list[Any]) -> Any:
        """The model or collector of a node, complete; agents are made with their model."""
        if name != COLLECTOR:
            return self._model(number, class_of(name), agents, dict(state))
        made = self.reader.keep(number, collector())
        made.model_vars = self.reader.read(dict(state)[COLLECTED])
        return made

    def _model(self, number: int, kind: Any, agents: list[Any], state: dict[str, Any]) -> Any:
        made = kind.__new__(kind)
        self.reader.keep(number, made)
        mesa.Model.__init__(made, rng=0)
        self._advance(made, state.pop(STEPS))
        for (agent,) in agents:  # in their order, so that Mesa numbers them as before
            each: Any = class_of(self.reader.nodes[agent][1])
            mesa.Agent.__init__(self.reader.keep(agent, each.__new__(each)), made)
        for (agent,) in agents:
            self._put(self.reader.read([agent]), dict(self.reader.nodes[agent][-1]))
        made.rng.bit_generator.state = self.reader.read(state.pop(RNG))
        made.random.setstate(self.reader.read(state.pop(RANDOM)))
        self._put(made, state)
        return made

    @staticmethod
    def _advance(model: Any, steps: int) -> None:
        """Let Mesa's clock and schedule go on by so many steps in which nothing happens."""
        model._user_step = lambda: None
        for _ in range(steps):
            model.step()
        model._user_step = type(model).step.__get__(model)

    def _put(self, thing: Any, state: dict[str, Any]) -> None:
        for name, value in state.items():
            vars(thing)[name] = self.reader.read(value)
