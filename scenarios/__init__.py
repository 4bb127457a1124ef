"""Places and ways of paying, as data, and the loader that reads them."""

from .loader import FOLDER, fundings, load_funding, load_place, places, scenario

__all__ = ["FOLDER", "fundings", "load_funding", "load_place", "places", "scenario"]
