"""The sandbox's limits: a rate told in the connector's own header names; what its `limits` say, with bans.

A rate is so many requests in a fixed minute. The limits of the connector are counted as the strictest vendor
would: by key, over any span, from the moment at which a request is here to the one at which it is answered.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.exchange import Incoming
from sluice.connector.limits import Limit, LimitKind
from sluice.connector.spec import Connector, RateLimit

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


@dataclass(slots=True)
class _Count:
    """What one key did under one limit: when, in order, or how many are being answered now."""

    moments: deque[float] = field(default_factory=deque)
    now: int = 0

    def within(self, seconds: float) -> int:
        """Return how many there were in the last so many seconds."""
        while self.moments and time.monotonic() - self.moments[0] > seconds:
            self.moments.popleft()
        return len(self.moments)


class Warden:
    """Counts what each key does under the connector's limits; one that goes beyond is banned for ever.

    The key is the credentials that a request carries; where sessions carry them, all requests have one. Safe
    to use from several threads. Where it is not ``enforced`` it only counts.
    """

    def __init__(self, connector: Connector, *, enforced: bool) -> None:
        self._limits = connector.limits
        self._auth = connector.auth
        self._enforced = enforced
        self._counts: dict[tuple[str, Limit], _Count] = {}
        self._most: Counter[str] = Counter()
        self._banned: set[str] = set()
        self._lock = threading.Lock()

    def enter(self, request: Incoming) -> str | None:
        """Count a request that is here now; return its key, None where that is banned."""
        key = self._key(request)
        with self._lock:
            for limit in self._limits:
                self._entered(key, limit)
            return None if self._enforced and key in self._banned else key

    def leave(self, key: str, status: int) -> None:
        """Count the answer to a request that was let in."""
        with self._lock:
            for limit in self._limits:
                count = self._count(key, limit)
                if limit.kind is LimitKind.CONCURRENT:
                    count.now -= 1
                if limit.kind is LimitKind.ERRORS and status in limit.statuses:
                    count.moments.append(time.monotonic())
                    self._judge(key, limit, count.within(limit.seconds))

    def look(self) -> dict[str, Any]:
        """Return the most that was seen of each limit at any moment, and how many keys are banned."""
        with self._lock:
            return {"most": dict(self._most), "banned": len(self._banned)}

    def _entered(self, key: str, limit: Limit) -> None:
        count = self._count(key, limit)
        if limit.kind is LimitKind.REQUESTS:
            count.moments.append(time.monotonic())
            self._judge(key, limit, count.within(limit.seconds))
        if limit.kind is LimitKind.CONCURRENT and key not in self._banned:
            count.now += 1
            self._judge(key, limit, count.now)

    def _judge(self, key: str, limit: Limit, seen: int) -> None:
        self._most[str(limit)] = max(self._most[str(limit)], seen)
        # Of errors, the last one that is named is the one that blocks.
        if seen > limit.count - (limit.kind is LimitKind.ERRORS):
            self._banned.add(key)

    def _count(self, key: str, limit: Limit) -> _Count:
        return self._counts.setdefault((key, limit), _Count())

    def _key(self, request: Incoming) -> str:
        if self._auth.login is not None:
            return ""
        headers = [request.headers.get(name.lower(), "") for name in self._auth.headers]
        return "\n".join(headers + [request.query.get(name, "") for name in self._auth.query])
