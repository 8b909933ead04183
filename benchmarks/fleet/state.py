"""The state table: the in-memory one, with the time that DynamoDB takes for rate budgets, raced for."""

from __future__ import annotations

from typing import Any

from benchmarks.fleet.account import Account
from benchmarks.fleet.gauges import Rate
from sluice.local.memory_table import MemoryTable
from sluice.ports.table import Conflict, Item

_BUDGET = "_budget/"

_ITEM_BYTES = 200
"""Keys and names of a budget's item; a moment with its places takes 22 bytes beside, a hold 46."""


class FleetTable(MemoryTable):
    """Reads and writes of a rate budget take a while, and count in units of DynamoDB, item by item.

    Leases answer at once: the seconds of the steps that use them hold that already.
    """

    def __init__(self, account: Account, seconds: float) -> None:
        super().__init__()
        self._account, self._seconds = account, seconds
        self.reads: dict[str, Rate] = {}
        self.writes: dict[str, Rate] = {}
        self.conflicts = 0

    def get(self, partition: str, sort: str) -> Item | None:
        """Return the item as last written. It is not copied: nobody here writes into what was read."""
        if partition.startswith(_BUDGET):
            self._account.engine.sleep(self._seconds)
            found = self._items.get((partition, sort))
            self._count(self.reads, partition, -(-_size(found.value) // 4096) if found else 1)
        return self._items.get((partition, sort))

    def put(
        self,
        partition: str,
        sort: str,
        value: dict[str, Any],
        *,
        expected: int | None = None,
        expires_at: int | None = None,  # noqa: ARG002
    ) -> int:
        """Write and return the new version; raises Conflict, which DynamoDB bills, too. Nothing is copied."""
        if partition.startswith(_BUDGET):
            self._account.engine.sleep(self._seconds)
            self._count(self.writes, partition, -(-_size(value) // 1024))
        try:
            version = self._checked_version(partition, sort, expected) + 1
        except Conflict:
            self.conflicts += 1
            raise
        self._items[partition, sort] = Item(partition, sort, value, version)
        return version

    def _count(self, rates: dict[str, Rate], partition: str, units: float) -> None:
        rates.setdefault(partition, Rate()).add(self._account.engine.time, units)


def _size(usage: dict[str, Any]) -> int:
    """Return about how many bytes a budget's item has."""
    return _ITEM_BYTES + 22 * len(usage["used"]) + 46 * len(usage["holds"])
