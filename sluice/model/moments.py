"""Moments as they are stored: ISO 8601 texts, UTC."""

from __future__ import annotations

from datetime import datetime


def seconds_between(earlier: str, later: str) -> float:
    """Return how many seconds lie between two moments, negative where ``later`` is the earlier one."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
