"""Questions asked of the model: run, compare, incentives."""
