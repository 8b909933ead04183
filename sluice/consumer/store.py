"""Port: where a team keeps records as they are now. The store itself compares versions, in one write."""

from __future__ import annotations

from typing import Protocol

from sluice.consumer.event import Event
from sluice.consumer.order import Standing


class Store(Protocol):
    """Each record as its highest version says, a deleted one with its version and without its content."""

    def put(self, event: Event) -> Standing:
        """Keep the event if it is newer than what is held, in one step, and return how it stood to that.

        Whoever dies before the answer comes puts it again: that is a REPEAT. Raises Refused where another
        event has this version, and whatever the store raises when it cannot be reached.
        """

    def forget(self, connection: str, before: int) -> int:
        """Keep nothing but the ids of a connection's records below the version ``before``; return how many.

        They count as deleted in the version just below ``before``, so that nothing late brings one back.
        ``before`` is where a life of the connection begins (sluice.consumer.order.life_begins_at). Broken
        off, it is done again.
        """
