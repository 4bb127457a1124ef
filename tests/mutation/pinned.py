"""A pytest plugin for mutation runs: initial states are kept although the code changes, or each mutant would remake them."""

from fundingflows.model import version

version.code_digest = lambda: "mutation"
