"""Make runs on processes or clusters, and keep every finished run."""
