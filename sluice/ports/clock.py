"""Port: time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the time as aware UTC."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for measuring spans."""

    def sleep(self, seconds: float) -> None:
        """Wait; callers keep it to a few seconds (waiting longer is a Wait state's job)."""
