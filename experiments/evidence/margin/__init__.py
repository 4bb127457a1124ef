"""The marginal pound: a little more or less money for one service, and the health that it buys or costs."""
