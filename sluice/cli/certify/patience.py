"""How long runs are waited for: as long as something moves, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

STANDSTILL_SECONDS = 90.0
"""Where nothing has moved for so long, nothing will: no state of a run waits for more than a minute."""

LONGEST_SECONDS = 600.0
"""A run that moves for so long goes round in circles: the largest certified stream has 6,000 records."""


class NotEnded(Exception):
    """A run stood still, or took longer than it may."""


class Patience:
    """Waits for runs that show what they have done; ``monotonic`` is a clock in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began = self._moved = monotonic()
        self._seen: object = None

    def look(self, seen: object) -> None:
        """Take what the runs show now; another value than before is progress. Raises NotEnded."""
        now = self._monotonic()
        if seen != self._seen:
            self._seen, self._moved = seen, now
        if now - self._moved > STANDSTILL_SECONDS:
            raise NotEnded(f"not ended: nothing moved for {STANDSTILL_SECONDS:.0f} s")
        if now - self._began > LONGEST_SECONDS:
            raise NotEnded(f"not ended within {LONGEST_SECONDS:.0f} s")
