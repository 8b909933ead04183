"""Port: messages in, for the command line's `topics tail` and for tests. Nothing here knows SQS.

The transformer does not use it: Lambda's event source mapping reads the queue for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One received message: ``receipt`` is what deletes this delivery, ``deliveries`` counts from 1."""

    id: str
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    receipt: str = field(repr=False)
    deliveries: int = 1


class Queue(Protocol):
    """Messages at least once, in no promised order; one that is not deleted comes again."""

    def receive(self, limit: int = 10, wait_seconds: int = 0) -> list[ReceivedMessage]:
        """Return up to ``limit`` messages, waiting up to ``wait_seconds`` (0..20) for the first."""

    def delete(self, message: ReceivedMessage) -> None:
        """Remove the message; no error where it is gone already."""

    def depth(self) -> int:
        """Return about how many messages the queue holds, those being worked on included."""
