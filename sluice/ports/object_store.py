"""Port: bytes by key. Nothing here knows S3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol


class ObjectNotFound(LookupError):
    """No object has this key; the message is the key."""


class ObjectStore(Protocol):
    """Bytes by key; a put replaces, a get after a put sees it."""

    def put(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, replacing what was there."""

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raises :class:`ObjectNotFound`."""

    def exists(self, key: str) -> bool:
        """Return whether an object has this key."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with ``prefix``, in ascending order."""

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove the objects of these keys; ``keys`` may be a listing under way, absent ones are no error."""
