"""Everyone's week."""
