"""The model by name: a place and a funding file are looked up, the steady state is read or made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ..model.errors import InputError
from ..model.initial.calibrate import steady_state
from ..model.parameters import Parameters
from ..model.place.place import Place
from ..model.scenario import Funding
from ..model.system import HealthEconomy
from .compose import scenario
from .funding_files import USUAL
from .place_files import default_place

UNSAID: Any = object()  #: nothing was given, while None draws a fresh seed


class FundingFlows(HealthEconomy):
    """A local health economy under one way of paying, described by plain values.

    Parameters:
        place: the name of a place, the path of its TOML file, or a ``Place``; left out, the default place.
        funding: the name or path of a funding file, a ``Funding``, or ``None`` for a run in which no money moves;
            left out, the usual contract of the place's baseline.
        rng: the random seed, a whole number from 0 to 2^63 − 1, or such a number as text. ``None`` draws a fresh one;
            ``random_seed`` says which, and makes the run again.
        seed: another name for ``rng``, which Mesa took first.
        parameters: all parameters; those of the place's baseline when left out.
        sample: share of the people to simulate, with that share of capacity; results are scaled back up.
        threads: threads for the people's week; results do not depend on it.
        freeze_behaviour: hold all behaviour at 1.0, to separate the effect of prices from that of behaviour; or that of
            some kinds of provider, such as ``("hospital",)``.
        hold: names of links that keep their usual value whatever happens, such as ``("waits_referrals",)``; ``LINKS``
            in ``agents/links.py`` has them all.
        paths: the name or path of a paths file, along which prices, pay, need and allocations move; left out, they stay
            as in the baseline year in real terms.
        ageing: off, nobody ages, falls newly ill, moves or is born, and each death is replaced by a similar person.
        trace: rows of people whose every event is logged.

    Raises:
        InputError: for an unknown name, a file that cannot be used, or a value out of range; one sentence.
    """

    def __init__(
        self,
        place: str | Path | Place | None = None,
        funding: str | Path | Funding | None = USUAL,
        rng: int | str | None = 1,
        *,
        parameters: Parameters | None = None,
        sample: float = 1.0,
        threads: int | None = None,
        paths: str | Path | None = None,
        freeze_behaviour: bool | Collection[str] = False,
        hold: Collection[str] = (),
        ageing: bool = True,
        trace: Sequence[int] = (),
        seed: int | str | None = UNSAID,
    ) -> None:
        if seed is not UNSAID:
            if rng != 1:
                raise InputError("seed and rng are two names for one number; give one of them")
            rng = seed
        chosen = scenario(
            default_place() if place is None else place, funding, parameters=parameters, sample=sample, paths=paths
        )
        super().__init__(
            chosen, steady_state(chosen.place), rng,
            threads=threads, freeze_behaviour=freeze_behaviour, hold=hold, ageing=ageing, trace=trace,
        )  # fmt: skip

    def change_funding(self, funding: str | Path | Funding) -> None:
        """Continue under another funding file, by name or path, from this week on; see ``change_scenario``.

        Raises:
            InputError: for a funding file that cannot be used, or a run in which no money moves.
        """
        chosen = scenario(self.place, funding, parameters=self.case.parameters)
        self.change_scenario(chosen, steady_state(self.place))
