"""What the model says of a fixed set of scenarios, compared with what the last release said."""
