"""Backfills: a stream's long history is read in windows, side by side, and committed as one sweep."""
