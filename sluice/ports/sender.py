"""Port: sends one planned request to an ERP and returns its complete reply."""

from __future__ import annotations

from typing import Protocol

from sluice.model.http import Reply, Request


class TransportFailed(Exception):
    """No complete reply came: refused, reset, timed out, cut short, or over a cap.

    ``message`` names the request by its label and what happened, never a credential.
    """


class Sender(Protocol):
    """HTTP, one request at a time; never follows redirects, never retries."""

    def send(self, request: Request) -> Reply:
        """Send and return the complete reply, whatever its status; raises :class:`TransportFailed`."""
