"""Clock of the system."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The system's own time."""

    def now(self) -> datetime:
        """Return the time as aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))
