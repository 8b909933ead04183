"""Handlers of the state machine `backfill`, one file a state."""
