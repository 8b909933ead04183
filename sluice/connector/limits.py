"""What a vendor allows: requests or errors in a span of time, requests at once; who is counted together."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from sluice.connector.values import Scope, Value, evaluate, text_of

WHOLE_MAP = 4
"""Streams that a run reads at once (MaxConcurrency in state_machines/sync.asl.json)."""


class LimitKind(StrEnum):
    """What is counted."""

    REQUESTS = "requests"
    ERRORS = "errors"
    CONCURRENT = "concurrent"


class Limit(Struct, frozen=True):
    """At most ``count`` in any ``seconds``; CONCURRENT: at any moment, and ``seconds`` is 0.

    ``per`` says who is counted together: ``connection``, ``connector`` (all its connections), or ``value``:
    the connections whose ``shared_by`` come to the same. ``statuses`` are what counts as an error.
    ``midnight``: counted by the day in UTC, not by the last 24 hours. ``every_host``: requests to other
    hosts than the base URL's count too.
    """

    kind: LimitKind
    count: int
    seconds: int = 0
    per: str = "connection"
    shared_by: tuple[Value, ...] = ()
    statuses: frozenset[int] = frozenset()
    midnight: bool = False
    every_host: bool = False

    def __str__(self) -> str:
        if self.kind is LimitKind.CONCURRENT:
            return f"{self.count} requests at once"
        return f"{self.count} {self.kind} in {self.seconds} s"

    def key(self, connector: str, connection: str, scope: Scope) -> str:
        """Return a name that is the same for all that are counted together; no value can be read out of it.

        It holds a keyed hash of 128 bits over the settings and secrets that ``shared_by`` names.
        """
        shared = {"connection": [connection], "connector": []}
        texts = shared.get(self.per) or [text_of(evaluate(value, scope)) or "" for value in self.shared_by]
        what = "\0".join(f"{len(text)}:{text}" for text in [self.per, *texts])
        digest = hmac.new(connector.encode(), what.encode(), hashlib.sha256).hexdigest()[:32]
        return f"{connector}#{self.kind}#{self.seconds}#{digest}"


def limits_in_force(
    declared: tuple[Limit, ...], concurrency: int, at_once: int = WHOLE_MAP
) -> tuple[Limit, ...]:
    """Return the limits that requests must keep to, in the order in which places are taken.

    A ``concurrency`` below ``at_once``, what a run sends at once by itself, is a limit of the connection.
    Requests at once come first and the longest span next: a place in a short span is dear, and not kept while
    others are awaited.
    """
    own = (Limit(LimitKind.CONCURRENT, concurrency),) if concurrency < at_once else ()
    order: Mapping[LimitKind, int] = {LimitKind.CONCURRENT: 0}
    return tuple(sorted((*own, *declared), key=lambda limit: (order.get(limit.kind, 1), -limit.seconds)))
