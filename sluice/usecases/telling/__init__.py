"""Telling people what went wrong: once, in words that say what to do."""
