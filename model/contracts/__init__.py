"""Contracts: their terms, who holds them from when, pools of budgets, and what changes by date."""
