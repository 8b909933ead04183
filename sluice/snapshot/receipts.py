"""A receipt: what became of one chunk, and what was seen in it; written once everything in it is published.

A chunk with a receipt is done: handing it over again changes nothing. What is about to be published is
announced before: a worker may die in between, and no version may ever be published with two contents.
Mapping is not known here.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import orjson

from sluice.model.chunk import Counts
from sluice.ports.object_store import ObjectStore

MAYBE = "?"
"""Stands before the content hash of a version that was announced, and perhaps published."""

UNSETTLED = "*"
"""In place of a content hash: the version was published, but the ERP has said something else since."""

GONE = 999_999
"""The number under which a sweep announces its deletes, in place of a chunk's."""


class Seen(NamedTuple):
    """One record as last published: ``content`` is its hash (empty once deleted), ``version`` from 1."""

    id: str
    content: str
    version: int

    def maybe(self) -> Seen:
        """Return the entry as one of which nobody knows whether it was published."""
        return self._replace(content=MAYBE + self.content)


def next_version(last: Seen | None, content: str) -> int:
    """Return the version under which ``content``, which is not that of ``last``, is to be published.

    What may have been published is published again under the same version: it is the same event.
    """
    if last is None:
        return 1
    return last.version if last.content == MAYBE + content else last.version + 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """``seen`` is sorted by id; ``unidentified`` counts quarantined records whose id could not be read.

    ``fetched_at`` (ISO 8601 UTC) is when the chunk was read from the ERP, empty where that was not noted.
    ``gone`` are the ids of a chunk of tombstones; what was published of them is not looked at here.
    ``again`` reads ``seen`` once more from where it is stored, for who does not want to hold it meanwhile.
    """

    number: int
    counts: Counts
    seen: tuple[Seen, ...]
    unidentified: int = 0
    fetched_at: str = ""
    gone: tuple[str, ...] = ()
    again: Callable[[], tuple[Seen, ...]] | None = field(default=None, compare=False, repr=False)


def receipts_prefix(connection: str, stream: str, sweep: str) -> str:
    """Return the key prefix of a sweep's receipts."""
    return f"receipts/{connection}/{stream}/{sweep}/"


class Receipts:
    """The receipts of one sweep, one object a chunk."""

    def __init__(self, objects: ObjectStore, connection: str, stream: str, sweep: str) -> None:
        self._objects = objects
        self._prefix = receipts_prefix(connection, stream, sweep)
        self._announced = receipts_prefix(connection, stream, f"{sweep}.announced")

    def find(self, number: int) -> Receipt | None:
        """Return the chunk's receipt, or None while the chunk is not done."""
        return self._find(f"{self._prefix}{number:06d}.json.gz")

    def write(self, receipt: Receipt) -> None:
        """Store the receipt; a second writing of the same chunk replaces it with the same."""
        self._write(self._prefix, receipt)

    def announce(self, number: int, seen: tuple[Seen, ...]) -> None:
        """Note what is about to be published of a chunk; nothing is noted where there is nothing."""
        if seen:
            self._write(self._announced, Receipt(number, Counts(published=len(seen)), seen))

    def announced(self, number: int) -> dict[str, Seen]:
        """Return by id what may have been published of the chunk by an earlier worker."""
        found = self._find(f"{self._announced}{number:06d}.json.gz")
        return {entry.id: entry.maybe() for entry in found.seen} if found else {}

    def all(self) -> Iterator[Receipt]:
        """Yield the sweep's receipts by chunk number."""
        for key in self._objects.keys(self._prefix):
            yield self._read(key)

    def all_and_announced(self) -> Iterator[Receipt]:
        """Yield the receipts, then what was announced of chunks that have none."""
        done = set()
        for receipt in self.all():
            done.add(receipt.number)
            yield receipt
        for key in self._objects.keys(self._announced):
            found = self._read(key)
            if found.number not in done:
                again = partial(self._maybe_seen, key)
                yield replace(found, seen=again(), again=again)

    def _write(self, prefix: str, receipt: Receipt) -> None:
        body = {
            "number": receipt.number,
            "counts": receipt.counts.to_json(),
            "unidentified": receipt.unidentified,
            "fetched_at": receipt.fetched_at,
            "seen": [tuple(entry) for entry in receipt.seen],
            **({"gone": receipt.gone} if receipt.gone else {}),
        }
        key = f"{prefix}{receipt.number:06d}.json.gz"
        self._objects.put(key, gzip.compress(orjson.dumps(body), 1, mtime=0))

    def _find(self, key: str) -> Receipt | None:
        return self._read(key) if self._objects.exists(key) else None

    def _seen(self, key: str) -> tuple[Seen, ...]:
        return self._read(key).seen

    def _maybe_seen(self, key: str) -> tuple[Seen, ...]:
        return tuple(entry.maybe() for entry in self._seen(key))

    def _read(self, key: str) -> Receipt:
        body = orjson.loads(gzip.decompress(self._objects.get(key)))
        return Receipt(
            number=body["number"],
            counts=Counts.from_json(body["counts"]),
            seen=tuple(Seen(*entry) for entry in body["seen"]),
            unidentified=body["unidentified"],
            fetched_at=body.get("fetched_at", ""),
            gone=tuple(body.get("gone", ())),
            again=partial(self._seen, key),
        )
