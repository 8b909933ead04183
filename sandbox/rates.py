"""The sandbox's rate limit: so many requests in a fixed minute, told in the connector's own header names."""

from __future__ import annotations

import threading
import time

from sluice.connector.spec import RateLimit

PERIOD = 60
UNLIMITED = 100_000


class RateGate:
    """Counts requests; safe to use from several threads.

    ``per_minute`` None lets everything through; where it is not ``enforced`` it is only told.
    """

    def __init__(self, limit: RateLimit | None, per_minute: int | None, *, enforced: bool = True) -> None:
        self.terms = (per_minute, enforced and per_minute is not None)
        self._limit = limit
        self._allowed = per_minute or UNLIMITED
        self._enforced = enforced and per_minute is not None
        self._began = time.monotonic()
        self._used = 0
        self._lock = threading.Lock()

    def enter(self) -> tuple[bool, dict[str, str]]:
        """Count one request; return whether it may pass, and the headers to answer with."""
        with self._lock:
            now = time.monotonic()
            if now - self._began >= PERIOD:
                self._began, self._used = now, 0
            self._used += 1
            left = max(self._allowed - self._used, 0)
            wait = max(int(PERIOD - (now - self._began)) + 1, 1)
            passes = not self._enforced or self._used <= self._allowed
        return passes, self._headers(left, wait, passes=passes)

    def _headers(self, left: int, wait: int, *, passes: bool) -> dict[str, str]:
        headers = {} if passes else {"Retry-After": str(wait)}
        if self._limit:
            reset = wait if self._limit.reset_in == "seconds" else int(time.time()) + wait
            headers |= {self._limit.remaining: str(left), self._limit.reset: str(reset)}
        return headers
