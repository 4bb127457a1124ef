"""Links: what a run that holds one no longer does."""

from fundingflows.agents.links import LINKS, PARTS
from fundingflows.model import system  # noqa: F401  (declares the links)
from fundingflows.scenarios import baseline_of


def test_a_link_says_what_acts_on_what_and_how():
    for link in LINKS.values():
        assert link.polarity in (1, -1)
        assert link.says.endswith(".")
        assert link.part in ("", *PARTS)


def test_the_parameters_of_a_held_link_are_those_of_the_baseline():
    known = baseline_of("anytown").parameters
    for link in LINKS.values():
        assert set(link.usual) <= set(known), link.name
