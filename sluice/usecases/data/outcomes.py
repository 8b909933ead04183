"""What became of a partition in a housekeeping, in a word."""

from __future__ import annotations

COMPACTED = "compacted"
MORE = "more"
"""Compacted in part: the rest waits for the next time."""
REMOVED = "removed"
"""A removed connection had left it."""
UNCOMPACTED = "uncompacted"
"""It failed; why is written down."""

WELL = frozenset({COMPACTED, MORE, REMOVED})
