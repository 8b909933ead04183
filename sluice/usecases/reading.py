"""Reads a stream page by page: drives a StreamReader with a Sender. Knows no chunks, cursors or AWS."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TypeAlias

from sluice.connector.outcomes import LoggedIn, Page, Throttled
from sluice.connector.reader import StreamReader
from sluice.errors import ErpUnavailable
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender, TransportFailed

Event: TypeAlias = Page | LoggedIn | Throttled

LONGEST_WAIT = 8.0


def read_pages(reader: StreamReader, sender: Sender, clock: Clock, tries: int = 1) -> Iterator[Event]:
    """Yield what happens until the stream is read to its end or throttled.

    After a Page, ``reader.position()`` is the place right behind it. A request is tried ``tries`` times with
    jittered waits of up to LONGEST_WAIT seconds; a Lambda tries once, and lets the state machine wait. Raises
    ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid; the pages before are good.
    """
    failures = 0
    while (request := reader.next_request()) is not None:
        try:
            outcome = reader.receive(_send(sender, request))
        except ErpUnavailable:
            failures += 1
            if failures >= tries:
                raise
            clock.sleep(random.uniform(0, min(LONGEST_WAIT, 2.0**failures)))  # noqa: S311  (jitter)
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
