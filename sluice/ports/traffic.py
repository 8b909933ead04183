"""Port: what was measured of queues lately. Nothing here knows CloudWatch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from msgspec import Struct


class QueueTraffic(Struct, frozen=True):
    """``oldest_seconds`` is the age of the oldest message, ``sent_last_hour`` a count; None: not known."""

    oldest_seconds: int | None = None
    sent_last_hour: int | None = None


class Traffic(Protocol):
    """Measurements, minutes old."""

    def of(self, queues: Collection[str]) -> Mapping[str, QueueTraffic]:
        """Return what is known of each of these queues, by the names that they have in World.queues."""
