"""Designs of many runs, and what is asked of their results."""
