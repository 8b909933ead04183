"""Topic in memory: keeps what was published, and hands it to its subscribers at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sluice.ports.topic import OutgoingMessage, PublishFailed

MAX_MESSAGE_BYTES = 262_144


class MemoryTopic:
    """``messages`` holds all that was published, oldest first; each subscriber is called with each one."""

    def __init__(self, *subscribers: Callable[[OutgoingMessage], None]) -> None:
        self.messages: list[OutgoingMessage] = []
        self._subscribers = subscribers

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        """Hand over every message, return how many; raises PublishFailed first where one is too large."""
        for number, message in enumerate(messages):
            if len(message.body.encode()) > MAX_MESSAGE_BYTES:
                raise PublishFailed(f"message {number} is over {MAX_MESSAGE_BYTES} bytes")
        for message in messages:
            self.messages.append(message)
            for subscriber in self._subscribers:
                subscriber(message)
        return len(messages)
