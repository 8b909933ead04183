"""How well one company is found over several ERPs, and how exactly two connections are compared: measured."""
