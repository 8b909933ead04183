"""Port: messages out to whoever subscribed. Nothing here knows SNS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class PublishFailed(Exception):
    """Some messages were not accepted after retries; the message says which and why."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message: ``body`` as UTF-8 JSON text, ``attributes`` for subscribers' filters."""

    body: str = field(repr=False)
    attributes: Mapping[str, str]


class Topic(Protocol):
    """Where messages go; at least once, no order promised."""

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        """Hand over every message; raises :class:`PublishFailed` if one could not be.

        Returns how many messages were acknowledged: of none twice, however often it was sent.
        """
