"""Readers, each a script that is run by itself, where needed with the Python of another environment."""
