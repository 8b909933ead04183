"""Reads a stream page by page: drives a StreamReader with a Sender. Knows no chunks, cursors or AWS."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from sluice.connector.changes import api_changed
from sluice.connector.outcomes import LoggedIn, Outcome, Page, Throttled
from sluice.connector.reader import StreamReader
from sluice.errors import ErpUnavailable, SluiceError
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.sender import Obstacle, Sender, TransportFailed
from sluice.registry.budgets.sending import LONGEST_PAUSE, BudgetedSender, MustWait
from sluice.usecases.access.lanes import send_at_once
from sluice.usecases.access.logging_in import SharedLogin


class Failed(Struct, frozen=True):
    """The ``attempt``-th of ``tries`` of a request came to nothing, ``why`` says how; it is made again."""

    why: str
    attempt: int
    tries: int


Event: TypeAlias = Page | LoggedIn | Throttled | Failed

LONGEST_WAIT = 8.0
CONFIRM_AFTER = 2.0
"""Seconds between two tries of a connection that cannot come about."""

_CHANGES = {
    Obstacle.NAME_UNKNOWN: ("D04", "host", "a known name"),
    Obstacle.CERTIFICATE_INVALID: ("D04", "certificate", "a valid one"),
    Obstacle.TLS_REFUSED: ("D08", "tls", "a handshake that succeeds"),
    Obstacle.ADDRESS_REFUSED: ("D04", "host", "an address of the public internet"),
}


def read_pages(
    reader: StreamReader, sender: Sender, clock: Clock, tries: int = 1, login: SharedLogin | None = None
) -> Iterator[Event]:
    """Yield what happens until the stream is read to its end or throttled.

    After a Page, ``reader.position()`` is the place right behind it. A request is tried ``tries`` times with
    jittered waits of up to LONGEST_WAIT seconds; a Lambda tries once, and lets the state machine wait. Behind
    good replies of which no page came yet it tries twice: what was read for that page would be read again.
    ``login`` logs in and stores the session; it is left out where nobody else reads the connection. Raises
    ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid; the pages before are good.
    """
    failures, begun = 0, False
    while requests := reader.next_requests():
        failed: SluiceError | MustWait | None = None
        events: list[Event] = []
        try:
            if login is not None and reader.wants_login:
                outcomes: list[Outcome | None] = [login.log_in(reader, partial(_send, clock, sender))]
            else:
                sent = send_at_once(sender, requests, reader.at_once, partial(_send, clock), clock)
                failed, outcomes = sent.failed, [*reader.receive_all(sent.replies)]
                if any(sent.replies):
                    failures, begun = 0, True
            events = [one for one in outcomes if isinstance(one, Page | LoggedIn | Throttled)]
        except (MustWait, ErpUnavailable) as error:
            failed = error
        for event in events:
            tell_others(sender, event)
        yield from events
        if events:
            failures, begun = 0, False
        if events and isinstance(events[-1], Throttled):
            return
        if isinstance(failed, MustWait):
            yield _patience(failed, clock)
            return
        if failed is not None:
            failures += 1
            yield _tried_again(failed, failures, max(tries, 1 + begun))
            clock.sleep(random.uniform(0, min(LONGEST_WAIT, 2.0**failures)))  # noqa: S311  (jitter)


def _tried_again(failed: SluiceError, failures: int, tries: int) -> Failed:
    """Return what is tried again; raises what failed where it was tried often enough, or nobody should."""
    if failures >= tries or not isinstance(failed, ErpUnavailable):
        raise failed
    return Failed(str(failed), failures, tries)


def _patience(wait: MustWait, clock: Clock) -> Throttled:
    """Return how long to wait where nothing was sent; raises ErpUnavailable where no run waits that long."""
    if wait.until - clock.now() > LONGEST_PAUSE:
        raise ErpUnavailable(str(wait)) from wait
    return Throttled(wait.until, ours=wait.ours, shared=wait.shared)


def tell_others(sender: Sender, outcome: Event) -> None:
    """Let nobody who reads the connection send before the ERP wants it."""
    if isinstance(outcome, Throttled) and isinstance(sender, BudgetedSender):
        sender.slow_down(outcome.resume_at)


def _send(clock: Clock, sender: Sender, request: Request) -> Reply:
    """Return the reply; what makes any connection impossible is tried twice before it is a change."""
    try:
        return sender.send(request)
    except TransportFailed as failed:
        if failed.obstacle is None:
            raise ErpUnavailable(str(failed)) from failed
        obstacle = failed.obstacle
    clock.sleep(CONFIRM_AFTER)
    try:
        return sender.send(request)
    except TransportFailed as failed:
        if failed.obstacle is not obstacle:
            raise ErpUnavailable(str(failed)) from failed
        code, path, before = _CHANGES[obstacle]
        evidence = {"obstacle": obstacle.value, "tries": 2}
        message = f"{failed}, also when tried again"
        raise api_changed(code, message, path, (before, obstacle.value), **evidence) from failed
