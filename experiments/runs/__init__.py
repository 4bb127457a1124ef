"""Runs made on processes or clusters, and kept so that nothing is lost."""
