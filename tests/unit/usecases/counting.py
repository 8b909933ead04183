"""Stores that count how often they are asked: what a page takes must not grow with what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sluice.local.memory_secrets import MemorySecrets
from sluice.local.memory_table import MemoryTable
from sluice.model.secret import Secret
from sluice.ports.table import Item


class CountingTable(MemoryTable):
    """A table; asking for many items at once is one request (DynamoDB takes 100 of them in each)."""

    requests = 0

    def get(self, partition: str, sort: str) -> Item | None:
        self.requests += 1
        return super().get(partition, sort)

    def query(self, partition: str, prefix: str = "", **more: Any) -> Iterator[Item]:
        self.requests += 1
        return super().query(partition, prefix, **more)

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        before = self.requests
        found = super().get_many(keys)
        self.requests = before + 1
        return found


class CountingSecrets(MemorySecrets):
    """Secrets; asking for many at once is one request (Secrets Manager takes 20 of them in each)."""

    requests = 0

    def get(self, name: str) -> dict[str, Secret]:
        self.requests += 1
        return super().get(name)

    def get_many(self, names: Iterable[str]) -> dict[str, dict[str, Secret]]:
        self.requests += 1
        return super().get_many(names)
