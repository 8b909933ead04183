"""Sends several requests at the same time, each lane with a place of its own under every limit."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from msgspec import Struct, field

from sluice.errors import SluiceError
from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.sender import Sender
from sluice.registry.budgets.sending import BudgetedSender, MustWait

Send: TypeAlias = Callable[[Sender, Request], Reply]

LONGEST_SLICE = 5.0
"""Seconds after which no further request is begun: what came is handed on, as a page is."""

_GOES_ON = frozenset({200, 404, 410})
"""After any other status nothing more is sent until somebody has looked at the reply."""


class Sent(Struct):
    """``replies`` in the order of the requests, None where none came; ``failed`` is the first failure."""

    replies: list[Reply | None]
    failed: SluiceError | MustWait | None = None


class _Load(Struct):
    send: Send
    requests: Sequence[Request]
    sent: Sent
    waiting: deque[int]
    clock: Clock
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int | None:
        with self.lock:
            begun = len(self.waiting) < len(self.requests)
            if not self.waiting or (begun and self.clock.monotonic() > self.until):
                return None
            return self.waiting.popleft()

    def back(self, place: int) -> None:
        with self.lock:
            self.waiting.appendleft(place)

    def stop(self, failed: SluiceError | MustWait | None = None) -> None:
        with self.lock:
            self.waiting.clear()
            self.sent.failed = self.sent.failed or failed

    def carry(self, sender: Sender, *, spare: bool) -> None:
        """Send until nothing waits; a spare lane ends where there is no place for it."""
        while (place := self.next()) is not None:
            try:
                reply = self.send(sender, self.requests[place])
            except MustWait as wait:
                return self.back(place) if spare else self.stop(wait)
            except SluiceError as failed:
                return self.stop(failed)
            except BaseException:
                # Raised once all lanes have ended: the others begin nothing more.
                self.stop()
                raise
            self.sent.replies[place] = reply
            if reply.status not in _GOES_ON:
                self.stop()
        return None


def send_at_once(sender: Sender, requests: Sequence[Request], at_once: int, send: Send, clock: Clock) -> Sent:
    """Send the requests, at most ``at_once`` at the same time, and return what came when all lanes ended.

    Those that are not sent within LONGEST_SLICE seconds, or stand behind one that went wrong, are left.

    The first lane is the caller's own thread. The others wait for no budget: where there is no place for
    them, the first one goes on alone.
    """
    places, until = range(len(requests)), clock.monotonic() + LONGEST_SLICE
    load = _Load(send, requests, Sent([None for _ in places]), deque(places), clock, until)
    spare = min(at_once, len(requests)) - 1
    if spare < 1:
        load.carry(sender, spare=False)
        return load.sent
    with ThreadPoolExecutor(max_workers=spare) as pool:
        lanes = [pool.submit(_carry_beside, load, sender) for _ in range(spare)]
        load.carry(sender, spare=False)
    for lane in lanes:
        lane.result()
    return load.sent


def _carry_beside(load: _Load, sender: Sender) -> None:
    if not isinstance(sender, BudgetedSender):
        load.carry(sender, spare=True)
        return
    beside = sender.beside()
    try:
        load.carry(beside, spare=True)
    finally:
        beside.close()
