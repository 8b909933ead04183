"""What an operator decides on API changes, and what follows from it."""
