"""How the result of a budget spreads with the number of people who share it."""
