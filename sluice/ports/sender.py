"""Port: sends one planned request to an ERP and returns its complete reply."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from sluice.model.http import Reply, Request


class Obstacle(StrEnum):
    """Why a connection never comes about, as long as nobody changes something there."""

    NAME_UNKNOWN = "name_unknown"
    CERTIFICATE_INVALID = "certificate_invalid"
    TLS_REFUSED = "tls_refused"
    ADDRESS_REFUSED = "address_refused"


class TransportFailed(Exception):
    """No complete reply came: refused, reset, timed out, cut short, or over a cap.

    The message names the request by its label and what happened, never a credential. ``obstacle`` is None for
    what may pass by itself.
    """

    def __init__(self, message: str, obstacle: Obstacle | None = None) -> None:
        super().__init__(message)
        self.obstacle = obstacle


class Sender(Protocol):
    """HTTP, one request at a time; never follows redirects, never retries."""

    def send(self, request: Request) -> Reply:
        """Send and return the complete reply, whatever its status; raises :class:`TransportFailed`."""
