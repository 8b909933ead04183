"""Port: messages out to whoever subscribed. Nothing here knows SNS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from sluice.model.structs import shown


class PublishFailed(Exception):
    """Some messages were not accepted after retries; the message says which and why."""


class OutgoingMessage(Struct, frozen=True):
    """One message: ``body`` as UTF-8 JSON text, ``attributes`` for subscribers' filters."""

    body: str
    attributes: Mapping[str, str]

    def __repr__(self) -> str:
        return shown(self, without={"body"})


class Topic(Protocol):
    """Where messages go; at least once, no order promised."""

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        """Hand over every message; raises :class:`PublishFailed` if one could not be.

        Returns how many messages were acknowledged: of none twice, however often it was sent.
        """
