"""A secret text that does not show itself in logs, errors, reprs or JSON."""

from __future__ import annotations


class Secret:
    """Wraps a credential; only :meth:`reveal` gives the text, and only adapters call it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself: call it where it leaves for the ERP or the secret store."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Secret", self._text))
