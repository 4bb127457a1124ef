"""What the app's pages work on: visitors' choices, runs and stored scenarios."""
