"""Places and funding files, as data; the loader that reads them; and the model by name."""

from .economy import FundingFlows
from .loader import FOLDER, fundings, load_funding, load_place, places, scenario

__all__ = ["FOLDER", "FundingFlows", "fundings", "load_funding", "load_place", "places", "scenario"]
