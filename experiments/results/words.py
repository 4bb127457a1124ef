"""Words that mean the same everywhere: for probabilities, titles, and what pydantic says of a value in a file."""

from collections import Counter
from collections.abc import Mapping

#: lowest probability and its word; the scale of the IPCC (Mastrandrea and others, Guidance note on uncertainties, 2010)
LIKELIHOOD = (
    (0.99, "virtually certain"), (0.90, "very likely"), (0.66, "likely"), (0.33, "about as likely as not"),
    (0.10, "unlikely"), (0.01, "very unlikely"),
)  # fmt: skip

WORDS = (
    ("Input should be ", "expected "), (", unable to parse string as an integer", ""),
    (", unable to parse string as a number", ""), ("a valid tuple", "a list of two"), ("a valid list", "a list"),
    ("a valid dictionary or instance of Design", 'a table, such as { kind = "sobol" }'),
    ("a valid dictionary", "a table"), ("a valid integer", "a whole number"), ("a valid number", "a number"),
    ("a valid string", "text"), ("a valid boolean", "true or false"), ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"), ("greater than", "more than"),
)  # fmt: skip


def likelihood(probability: float) -> str:
    """A probability in words: 0.95 is very likely; what is not a number is not known."""
    if probability != probability:
        return "not known"
    return next((word for least, word in LIKELIHOOD if probability >= least), "exceptionally unlikely")


def apart(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles by name; those that occur more than once are told apart by the name."""
    often = Counter(titles.values())
    return {name: text if often[text] == 1 else f"{text} ({name})" for name, text in titles.items()}


def plain(said: str) -> str:
    """``Input should be a valid integer`` as ``expected a whole number``."""
    for theirs, ours in WORDS:
        said = said.replace(theirs, ours)
    return said[0].lower() + said[1:]
