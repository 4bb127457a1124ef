"""A place of one's own from published files: their layouts, what they say of practices, and what is filled in."""
