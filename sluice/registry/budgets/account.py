"""One limit in the table, as one sender sees it: takes places, and says afterwards what became of them.

Every write is conditional on what was read. If the table cannot be reached when a place is to be taken, its
error is the caller's, and no place was taken.
"""

from __future__ import annotations

import random
from contextlib import suppress
from uuid import uuid4

from msgspec import Struct

from sluice.connector.limits import Limit, LimitKind
from sluice.ports.clock import Clock
from sluice.ports.table import ABSENT, Conflict, Table
from sluice.registry.budgets.places import Hold, Spent, Terms, Usage

LONGEST_EXCHANGE = 65_000
"""Milliseconds from sending to the reply's last byte at most: sluice.transport gives up sooner."""

HOLD = 90_000
"""Milliseconds for which places are held: what a sender that died costs the others."""

LOST = 5_000
"""Milliseconds after giving up in which a request may still reach the vendor."""

_MOST_AT_ONCE = 20
_KEPT = 86_400
_TRIES = 20
_SORT = "usage"


class Wait(Struct, frozen=True):
    """No place now: ask again at ``at`` (ms); ``certain``: there is none sooner, whatever others do.

    ``asked``: the vendor named that moment.
    """

    at: int
    certain: bool
    asked: bool = False


class Account:
    """A sender's places under one limit; not for use by several threads. Close it to give places back."""

    def __init__(self, table: Table, clock: Clock, limit: Limit, key: str) -> None:
        self.limit = limit
        self._table, self._clock = table, clock
        self._key, self._partition = key, f"_budget/{key}"
        self._terms = terms_of(limit)
        self._holder = uuid4().hex[:16]
        self._hold = Hold(0, 0)
        self._spent = Spent()

    def beside(self) -> Account:
        """Return another sender's places under the same limit, for another thread."""
        return Account(self._table, self._clock, self.limit, self._key)

    @property
    def ready(self) -> bool:
        """Whether one request may be sent now: there is a place, and it is held until any reply is here."""
        is_left = self._hold.places > self._spent.places
        return is_left and self._now() < self._hold.until - LONGEST_EXCHANGE

    def take(self) -> Wait | None:
        """Make sure that one request may be sent now; returns None if so, else how long there is to wait.

        Several places are taken at once where there are many (1 in 100, 20 at most): it spares writes. Those
        that are held are no leave to send while the vendor wants no request.
        """
        if self.ready:
            return self._asked_meanwhile()
        for attempt in range(_TRIES):
            now = self._now()
            wanted = Hold(places_at_once(self.limit), now + HOLD)
            version, before = self._read()
            usage = before.settled(self._holder, self._spent, self._terms).at(now, self._terms)
            after, granted = usage.granted(self._holder, wanted, now, self._terms)
            if after == before or self._written(after, version):
                self._hold, self._spent = Hold(granted, wanted.until if granted else 0), Spent()
                return None if granted else self._wait(after, now)
            self._clock.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # noqa: S311  (jitter)
        return Wait(self._now() + 100, certain=False)

    def _asked_meanwhile(self) -> Wait | None:
        """Return what the vendor asked another connection for that shares the limit, since places were taken.

        What it asked this one for, its own pause says (sluice.registry.budgets.pause).
        """
        if self.limit.per == "connection":
            return None
        _, usage = self._read()
        return Wait(usage.not_before, certain=True, asked=True) if self._now() < usage.not_before else None

    def sending(self) -> None:
        """Note that a request leaves now: from here on it counts, whatever becomes of it."""
        if self.limit.kind is LimitKind.REQUESTS:
            self._spend(self._hold.until)

    def answered(self, status: int) -> None:
        """Note that the reply to the request is here."""
        if self.limit.kind is LimitKind.REQUESTS:
            self._spent = Spent(self._spent.places, self._now())
        if self.limit.kind is LimitKind.ERRORS and status in self.limit.statuses:
            self._spend(self._now())
        self._settle()

    def lost(self) -> None:
        """Note that no reply came: the request may still be on its way for a while."""
        if self.limit.kind is LimitKind.REQUESTS:
            self._spent = Spent(self._spent.places, self._now() + LOST)
        if self.limit.kind is LimitKind.CONCURRENT:
            self._spend(self._now() + LOST)
        self._settle()

    def close(self) -> None:
        """Give back what is held; what was spent stays counted. Raises nothing.

        A reply is here, and may hold a token that comes once only: it must not be lost because the table
        does not answer. What cannot be given back counts until it is over, and nothing more is sent on it.
        """
        with suppress(Exception):
            while self._hold.places:
                version, before = self._read()
                if self._written(before.settled(self._holder, self._spent, self._terms), version):
                    self._hold, self._spent = Hold(0, 0), Spent()

    def line_up(self, wait: Wait) -> int:
        """Return when to come back (ms): behind those who went away before; raises nothing, as :meth:`close`.

        Who asks for a place that a crowd waits for finds none: so they are let come one after the other.
        """
        with suppress(Exception):
            for _ in range(_TRIES):
                version, before = self._read()
                after = before.lined_up(max(wait.at, self._now()), self._terms)
                if self._written(after, version):
                    return after.line
        return wait.at

    def slow_down(self, until: int) -> None:
        """Let nobody who shares the limit send before ``until`` (ms); raises nothing, as :meth:`close`."""
        with suppress(Exception):
            while True:
                version, before = self._read()
                if before.not_before >= until or self._written(before.slowed(until), version):
                    return

    def _settle(self) -> None:
        """Say at once what the last place came to: the others wait for it, and we may be busy for a while."""
        if self._spent.places >= self._hold.places:
            self.close()

    def _spend(self, moment: int) -> None:
        self._spent = Spent(self._spent.places + 1, moment)

    def _wait(self, usage: Usage, now: int) -> Wait:
        free = usage.next_free(now, self._terms)
        if free is not None:
            return Wait(free, certain=True, asked=now < usage.not_before)
        # Every place is with somebody who will give it back, nobody knows when.
        return Wait(now + (400 if self.limit.kind is LimitKind.CONCURRENT else 100), certain=False)

    def _read(self) -> tuple[int, Usage]:
        item = self._table.get(self._partition, _SORT)
        return (item.version, Usage.from_json(item.value)) if item else (ABSENT, Usage())

    def _written(self, usage: Usage, version: int) -> bool:
        """Return whether it was written, and not another sender's meanwhile."""
        forgotten = usage.last // 1000 + _KEPT
        try:
            self._table.put(self._partition, _SORT, usage.to_json(), expected=version, expires_at=forgotten)
        except Conflict:
            return False
        return True

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def terms_of(limit: Limit) -> Terms:
    """Return a limit as places; of errors one fewer than the vendor bears."""
    places = limit.count - 1 if limit.kind is LimitKind.ERRORS else limit.count
    return Terms(places, limit.seconds * 1000, limit.midnight)


def places_at_once(limit: Limit) -> int:
    """Return how many places a sender takes with one write."""
    if limit.kind is not LimitKind.REQUESTS:
        return 1
    return min(max(limit.count // 100, 1), _MOST_AT_ONCE)
