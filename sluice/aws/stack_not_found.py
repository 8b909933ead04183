"""The error of a deployment that is not there; apart: who only names it need not load AWS's client."""

from __future__ import annotations


class StackNotFound(LookupError):
    """No stack has this name here; the message is the name."""
