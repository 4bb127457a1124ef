"""A pytest plugin for mutation runs: initial states are kept although the code changes, as remaking them takes long."""

from fundingflows.model import version

version.code_digest = lambda: "mutation"
