"""Places and funding files, as data; the loader that reads them; and the model by name."""

from .baseline import baselines, load_baseline
from .compose import scenario
from .economy import FundingFlows
from .files import FOLDER
from .funding_files import USUAL, fundings, load_funding
from .place_files import baseline_of, default_place, load_place, places

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
