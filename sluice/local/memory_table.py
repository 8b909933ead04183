"""Table in memory: for `sluice pull`, tests and the simulator. Gone with the process.

Nothing expires by itself here: DynamoDB may keep an expired item for days, so nobody may rely on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any

from sluice.model.item_value import deep_copy, plain_copy
from sluice.ports.table import ABSENT, Conflict, Item, ItemTooLarge

MAX_ITEM_BYTES = 400 * 1024


class MemoryTable:
    """Items in a dict; writes are serialised, so conditions hold between threads.

    ``items_read`` counts the items that queries have read so far, those read ahead included.
    """

    def __init__(self) -> None:
        self.items_read = 0
        self._items: dict[tuple[str, str], Item] = {}
        self._expiries: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    def get(self, partition: str, sort: str) -> Item | None:
        """Return the item as last written, or None."""
        found = self._items.get((partition, sort))
        return _copy(found) if found else None

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Return those of the items that are there, by (partition, sort)."""
        found = {key: self.get(*key) for key in keys}
        return {key: item for key, item in found.items() if item is not None}

    def put(
        self,
        partition: str,
        sort: str,
        value: dict[str, Any],
        *,
        expected: int | None = None,
        expires_at: int | None = None,
    ) -> int:
        """Write and return the new version; raises Conflict, ItemTooLarge, TypeError or ValueError."""
        stored = plain_copy(value)
        size = len(json.dumps(stored, ensure_ascii=False, default=str).encode())
        if size > MAX_ITEM_BYTES:
            raise ItemTooLarge(f"{partition} {sort}: {size} bytes, a table takes {MAX_ITEM_BYTES}")
        with self._lock:
            version = self._checked_version(partition, sort, expected) + 1
            self._items[partition, sort] = Item(partition, sort, stored, version)
            self._expiries.pop((partition, sort), None)
            if expires_at is not None:
                self._expiries[partition, sort] = expires_at
        return version

    def delete(self, partition: str, sort: str, *, expected: int | None = None) -> None:
        """Remove the item; raises Conflict as put does."""
        with self._lock:
            self._checked_version(partition, sort, expected)
            self._items.pop((partition, sort), None)
            self._expiries.pop((partition, sort), None)

    def query(
        self,
        partition: str,
        prefix: str = "",
        *,
        newest_first: bool = False,
        after: str | None = None,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """Yield the partition's items whose sort key starts with ``prefix``, by sort key."""
        with self._lock:
            found = [item for item in self._items.values() if item.partition == partition]
        found.sort(key=lambda item: item.sort.encode(), reverse=newest_first)
        if after is not None:
            last = after.encode()
            found = [
                item
                for item in found
                if (item.sort.encode() < last if newest_first else item.sort.encode() > last)
            ]
        wanted = [item for item in found if item.sort.startswith(prefix)]
        ahead = at_a_time or len(wanted)
        for number, item in enumerate(wanted):
            if number % ahead == 0:
                self.items_read += len(wanted[number : number + ahead])
            yield _copy(item)

    def expires_at(self, partition: str, sort: str) -> int | None:
        """Return when the store may forget the item (epoch seconds); None: never."""
        return self._expiries.get((partition, sort))

    def _checked_version(self, partition: str, sort: str, expected: int | None) -> int:
        found = self._items.get((partition, sort))
        version = found.version if found else ABSENT
        if expected is not None and version != expected:
            raise Conflict(f"{partition} {sort}: not version {expected}")
        return version


def _copy(item: Item) -> Item:
    return Item(item.partition, item.sort, deep_copy(item.value), item.version)
