"""Queue in memory: a message that was received and not deleted comes again after its visibility timeout."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from itertools import count
from threading import Lock

from msgspec.structs import replace

from sluice.ports.clock import Clock
from sluice.ports.queue import ReceivedMessage
from sluice.ports.topic import OutgoingMessage
from sluice.usecases.world import iso


class MemoryQueue:
    """Messages by id; ``accept`` is what a MemoryTopic calls."""

    def __init__(self, clock: Clock, visibility_seconds: float = 30) -> None:
        self._clock = clock
        self._visibility_seconds = visibility_seconds
        self._messages: OrderedDict[str, ReceivedMessage] = OrderedDict()
        self._hidden_until: dict[str, float] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def accept(self, message: OutgoingMessage) -> None:
        """Add a message."""
        self.send(message.body, message.attributes)

    def receive(
        self, limit: int = 10, wait_seconds: int = 0, hidden_seconds: int | None = None
    ) -> list[ReceivedMessage]:
        """Return up to ``limit`` messages, waiting up to ``wait_seconds`` (0..20) for the first."""
        hidden = self._visibility_seconds if hidden_seconds is None else hidden_seconds
        found = self._visible(limit, hidden)
        if not found and wait_seconds:
            self._clock.sleep(wait_seconds)
            found = self._visible(limit, hidden)
        return found

    def send(self, body: str, attributes: Mapping[str, str], delay_seconds: int = 0, group: str = "") -> None:
        """Put a message into the queue; nobody receives it before ``delay_seconds`` (0..900) are over."""
        name = f"message-{next(self._numbers)}"
        with self._lock:
            self._messages[name] = ReceivedMessage(
                id=name,
                body=body,
                attributes=dict(attributes),
                receipt="",
                deliveries=0,
                sent_at=iso(self._clock.now()),
                group=group,
            )
            if delay_seconds:
                self._hidden_until[name] = self._clock.monotonic() + delay_seconds

    def hide(self, message: ReceivedMessage, seconds: int) -> None:
        """Let the message come again in so many seconds (0..43200) from now; no error where it is gone."""
        with self._lock:
            known = self._messages.get(message.id)
            if known is not None and known.receipt == message.receipt:
                self._hidden_until[message.id] = self._clock.monotonic() + seconds

    def delete(self, message: ReceivedMessage) -> None:
        """Remove the message; no error where it is gone already."""
        with self._lock:
            self._messages.pop(message.id, None)
            self._hidden_until.pop(message.id, None)

    def depth(self) -> int:
        """Return how many messages the queue holds, those being worked on included."""
        return len(self._messages)

    def _visible(self, limit: int, hidden: float) -> list[ReceivedMessage]:
        now = self._clock.monotonic()
        with self._lock:
            names = [name for name in self._messages if self._hidden_until.get(name, now) <= now][:limit]
            return [self._deliver(name, now + hidden) for name in names]

    def _deliver(self, name: str, until: float) -> ReceivedMessage:
        found = self._messages[name]
        deliveries = found.deliveries + 1
        delivered = replace(found, deliveries=deliveries, receipt=f"{name}#{deliveries}")
        self._messages[name] = delivered
        self._hidden_until[name] = until
        return delivered
