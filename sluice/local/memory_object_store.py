"""Object store in memory: for `sluice pull`, tests and the simulator. Gone with the process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from sluice.local.system_clock import SystemClock
from sluice.ports.clock import Clock
from sluice.ports.object_store import Entry, ObjectNotFound


class MemoryObjectStore:
    """Objects in a dict; single operations are atomic, also between threads.

    ``clock`` says when an object was put.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._objects: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, replacing what was there."""
        self._objects[key] = (bytes(data), self._clock.now())

    def put_file(self, key: str, path: Path) -> None:
        """Store the file's bytes under ``key``, replacing what was there."""
        self.put(key, path.read_bytes())

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raises ObjectNotFound."""
        try:
            return self._objects[key][0]
        except KeyError:
            raise ObjectNotFound(key) from None

    def get_file(self, key: str, path: Path) -> None:
        """Write the object's bytes to ``path``; raises ObjectNotFound."""
        path.write_bytes(self.get(key))

    def exists(self, key: str) -> bool:
        """Return whether an object has this key."""
        return key in self._objects

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with ``prefix``, in ascending order (of its UTF-8 bytes)."""
        yield from sorted((key for key in list(self._objects) if key.startswith(prefix)), key=str.encode)

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield size and time of every object whose key starts with ``prefix``, by ascending key."""
        for key in self.keys(prefix):
            found = self._objects.get(key)
            if found is not None:
                yield Entry(key, len(found[0]), found[1])

    def link(self, key: str, seconds: int, media_type: str) -> str:
        """Return what would be an address: nothing outside this process can follow it."""
        return f"memory:{key}?{urlencode({'seconds': seconds, 'type': media_type})}"

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""
        self._objects.pop(key, None)

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove the objects of these keys; absent ones are no error."""
        for key in keys:
            self.delete(key)
