"""Pooled budgets: the table of a funding file, a provider's part in the result, and the pools of a run."""
