"""What comes out of runs: tables, measures, comparisons, marginal pay."""
