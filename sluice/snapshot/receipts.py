"""A receipt: what became of one chunk, and what was seen in it; written once everything in it is published.

A chunk with a receipt is done: handing it over again changes nothing. Mapping is not known here.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from sluice.model.chunk import Counts
from sluice.ports.object_store import ObjectStore


class Seen(NamedTuple):
    """One record as last published: ``content`` is its hash (empty once deleted), ``version`` from 1."""

    id: str
    content: str
    version: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """``seen`` is sorted by id; ``unidentified`` counts quarantined records whose id could not be read."""

    number: int
    counts: Counts
    seen: tuple[Seen, ...]
    unidentified: int = 0


def receipts_prefix(connection: str, stream: str, sweep: str) -> str:
    """Return the key prefix of a sweep's receipts."""
    return f"receipts/{connection}/{stream}/{sweep}/"


class Receipts:
    """The receipts of one sweep, one object a chunk."""

    def __init__(self, objects: ObjectStore, connection: str, stream: str, sweep: str) -> None:
        self._objects = objects
        self._prefix = receipts_prefix(connection, stream, sweep)

    def _key(self, number: int) -> str:
        return f"{self._prefix}{number:06d}.json.gz"

    def find(self, number: int) -> Receipt | None:
        """Return the chunk's receipt, or None while the chunk is not done."""
        key = self._key(number)
        return self._read(key) if self._objects.exists(key) else None

    def write(self, receipt: Receipt) -> None:
        """Store the receipt; a second writing of the same chunk replaces it with the same."""
        body = {
            "number": receipt.number,
            "counts": receipt.counts.to_json(),
            "unidentified": receipt.unidentified,
            "seen": [tuple(entry) for entry in receipt.seen],
        }
        self._objects.put(self._key(receipt.number), gzip.compress(orjson.dumps(body), 1, mtime=0))

    def all(self) -> Iterator[Receipt]:
        """Yield the sweep's receipts by chunk number."""
        for key in self._objects.keys(self._prefix):
            yield self._read(key)

    def _read(self, key: str) -> Receipt:
        body = orjson.loads(gzip.decompress(self._objects.get(key)))
        return Receipt(
            number=body["number"],
            counts=Counts.from_json(body["counts"]),
            seen=tuple(Seen(*entry) for entry in body["seen"]),
            unidentified=body["unidentified"],
        )
