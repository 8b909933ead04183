"""Handlers of the state machine watch."""
