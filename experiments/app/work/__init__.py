"""Behind the pages: visitors' choices, runs and saved scenarios."""
