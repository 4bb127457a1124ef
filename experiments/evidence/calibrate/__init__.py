"""Behaviour fitted to published natural experiments: history matching, and a joint sample of what is left."""
