"""Reads a stream page by page: drives a StreamReader with a Sender. Knows nothing of chunks, cursors or AWS."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sluice.connector.reader import LoggedIn, Page, StreamReader, Throttled
from sluice.errors import ErpUnavailable
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender, TransportFailed

QUICK_TRIES = 3
"""Tries of one request within a step; waiting longer is the state machine's business."""

Event = Page | LoggedIn | Throttled


def read_pages(reader: StreamReader, sender: Sender, clock: Clock) -> Iterator[Event]:
    """Yield what happens until the stream is read to its end or throttled.

    After a Page, ``reader.position()`` is the place right behind it. Raises ErpUnavailable,
    CredentialsRejected, ApiChanged or ConfigurationInvalid; the pages before are good.
    """
    failures = 0
    while (request := reader.next_request()) is not None:
        try:
            outcome = reader.receive(_send(sender, request))
        except ErpUnavailable:
            failures += 1
            if failures >= QUICK_TRIES:
                raise
            clock.sleep(random.uniform(0.1, 0.5) * 2**failures)  # noqa: S311  (jitter, not a secret)
            continue
        if isinstance(outcome, Page | LoggedIn | Throttled):
            failures = 0
            yield outcome
        if isinstance(outcome, Throttled):
            return


def _send(sender: Sender, request: Request) -> Reply:
    try:
        return sender.send(request)
    except TransportFailed as failed:
        raise ErpUnavailable(str(failed)) from failed
