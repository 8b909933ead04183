"""Port: bytes by key. Nothing here knows S3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct


class ObjectNotFound(LookupError):
    """No object has this key; the message is the key."""


class Entry(Struct, frozen=True):
    """What a listing says of an object: its size in bytes, and when it was put (aware UTC)."""

    key: str
    size: int
    put_at: datetime


class ObjectStore(Protocol):
    """Bytes by key; a put replaces, a get after a put sees it."""

    def put(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, replacing what was there."""

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raises :class:`ObjectNotFound`."""

    def put_file(self, key: str, path: Path) -> None:
        """Store the file's bytes as :meth:`put` does, without holding them in memory; at most 5 GB."""

    def get_file(self, key: str, path: Path) -> None:
        """Write the object's bytes to ``path``; raises :class:`ObjectNotFound`, and leaves no file then."""

    def exists(self, key: str) -> bool:
        """Return whether an object has this key."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with ``prefix``, in ascending order."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what is known of every object whose key starts with ``prefix``, by ascending key."""

    def link(self, key: str, seconds: int, media_type: str) -> str:
        """Return an address at which anybody may fetch the object for so long, as a file of this media type.

        Whether the object is there is not looked at.
        """

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove the objects of these keys; ``keys`` may be a listing under way, absent ones are no error."""
