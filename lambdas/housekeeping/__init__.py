"""Handlers of the state machine housekeeping."""
