"""Port: whether requests may go to an address, as a deployment decides it."""

from __future__ import annotations

from typing import Protocol


class Addresses(Protocol):
    """Judges addresses as they are written, and what their names lead to at this moment."""

    def refusal(self, url: str) -> str:
        """Return why nothing may be sent there, "" where it may be, or the name is not found now."""
