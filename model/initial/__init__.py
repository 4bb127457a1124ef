"""The state that a run begins from: how it is found, kept and taken up again."""
