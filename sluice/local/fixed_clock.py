"""Clock that stands still until it is moved: for tests and the simulator. Sleeping moves it at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Begins at ``start`` (aware; any zone, kept as UTC); ``slept`` adds up what was slept, in seconds."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock's start is aware: datetime(..., tzinfo=UTC)")
        self._now = start.astimezone(UTC)
        self._elapsed = 0.0
        self.slept = 0.0

    def now(self) -> datetime:
        """Return the time as aware UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Move on by ``seconds`` without waiting."""
        self.slept += max(0.0, seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds``; a negative span does nothing."""
        self._now += timedelta(seconds=max(0.0, seconds))
        self._elapsed += max(0.0, seconds)
