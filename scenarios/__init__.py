"""Places and funding files, as data; the loader that reads them; and the model by name."""

from .baseline import baselines, load_baseline
from .economy import FundingFlows
from .loader import FOLDER, USUAL, baseline_of, default_place, fundings, load_funding, load_place, places, scenario

__all__ = [
    "FOLDER",
    "USUAL",
    "FundingFlows",
    "baseline_of",
    "baselines",
    "default_place",
    "fundings",
    "load_baseline",
    "load_funding",
    "load_place",
    "places",
    "scenario",
]
