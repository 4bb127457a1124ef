"""What providers expect of coming years."""
