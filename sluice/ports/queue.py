"""Port: messages in, for people who look at topics and redrive dead letters. Nothing here knows SQS.

The transformer does not use it: Lambda's event source mapping reads the queue for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from sluice.model.structs import shown


class ReceivedMessage(Struct, frozen=True):
    """One received message: ``receipt`` is what deletes this delivery, ``deliveries`` counts from 1.

    ``sent_at`` is when it was put into the queue (ISO 8601 UTC); empty where that is not told. ``group`` is
    whose turn it is among others (docs/adr/0023), empty where it has none.
    """

    id: str
    body: str
    attributes: Mapping[str, str]
    receipt: str
    deliveries: int = 1
    sent_at: str = ""
    group: str = ""

    def __repr__(self) -> str:
        return shown(self, without={"body", "receipt"})


class Queue(Protocol):
    """Messages at least once, in no promised order; one that is not deleted comes again."""

    def receive(
        self, limit: int = 10, wait_seconds: int = 0, hidden_seconds: int | None = None
    ) -> list[ReceivedMessage]:
        """Return up to ``limit`` messages, waiting up to ``wait_seconds`` (0..20) for the first.

        Nobody else receives them for ``hidden_seconds``; None is the queue's own time.
        """

    def send(self, body: str, attributes: Mapping[str, str], delay_seconds: int = 0, group: str = "") -> None:
        """Put a message into the queue; nobody receives it before ``delay_seconds`` (0..900) are over."""

    def hide(self, message: ReceivedMessage, seconds: int) -> None:
        """Let the message come again in so many seconds (0..43200) from now; no error where it is gone."""

    def delete(self, message: ReceivedMessage) -> None:
        """Remove the message; no error where it is gone already."""

    def depth(self) -> int:
        """Return about how many messages the queue holds, those being worked on included."""
