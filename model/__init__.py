"""The world: one week, money, contracts, parameters."""
