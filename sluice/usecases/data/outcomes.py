"""What became of a partition, and of the snapshot indexes, in a housekeeping, in a word."""

from __future__ import annotations

COMPACTED = "compacted"
MORE = "more"
"""Compacted in part: the rest waits for the next time."""
REMOVED = "removed"
"""A removed connection had left it."""
UNCOMPACTED = "uncompacted"
"""It failed; why is written down."""
FORGOTTEN = "forgotten"
"""Of the snapshot indexes: those that are not in use any more are gone."""

WELL = frozenset({COMPACTED, MORE, REMOVED})

SNAPSHOTS_WELL = frozenset({FORGOTTEN, MORE})
