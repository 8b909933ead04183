"""Object store in memory: for `sluice pull`, tests and the simulator. Gone with the process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluice.ports.object_store import ObjectNotFound


class MemoryObjectStore:
    """Objects in a dict; single operations are atomic, also between threads."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Store ``data`` under ``key``, replacing what was there."""
        self._objects[key] = bytes(data)

    def get(self, key: str) -> bytes:
        """Return the object's bytes; raises ObjectNotFound."""
        try:
            return self._objects[key]
        except KeyError:
            raise ObjectNotFound(key) from None

    def exists(self, key: str) -> bool:
        """Return whether an object has this key."""
        return key in self._objects

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with ``prefix``, in ascending order (of its UTF-8 bytes)."""
        yield from sorted((key for key in list(self._objects) if key.startswith(prefix)), key=str.encode)

    def delete(self, key: str) -> None:
        """Remove the object; no error where there is none."""
        self._objects.pop(key, None)

    def delete_all(self, keys: Iterable[str]) -> None:
        """Remove the objects of these keys; absent ones are no error."""
        for key in keys:
            self.delete(key)
