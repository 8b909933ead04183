"""A receipt: what became of one chunk, and what was seen in it; written once everything in it is published.

A chunk with a receipt is done: handing it over again changes nothing. What is about to be published is
announced before: a worker may die in between, and no version may ever be published with two contents.
Mapping is not known here.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import msgspec
import orjson
from msgspec import Struct
from msgspec.structs import replace

from sluice.model.chunk import Counts
from sluice.model.structs import shown
from sluice.ports.object_store import ObjectStore

MAYBE = "?"
"""Stands before the content hash of a version that was announced, and perhaps published."""

UNSETTLED = "*"
"""In place of a content hash: the version was published, but the ERP has said something else since."""

ERASED = "!"
"""In place of a content hash: a person was erased, and the record is not to be published again."""

DEAD = frozenset({"", ERASED})
"""The contents of records that consumers know as deleted, or do not know."""

GONE = 999_999
"""The number under which a sweep announces its deletes, in place of a chunk's."""

HELD_BYTES = 2 * 1024 * 1024
"""Receipts that are held packed, in place of being fetched once more: of some 85,000 records."""


class Seen(NamedTuple):
    """One record as last published: ``content`` is its hash (empty once deleted), ``version`` from 1.

    One that was erased has ERASED as its content, and version 0 if it was never published.
    """

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


class Receipt(Struct, frozen=True):
    """``seen`` is sorted by id; ``unidentified`` counts quarantined records whose id could not be read.

    ``fetched_at`` (ISO 8601 UTC) is when the chunk was read from the ERP, empty where that was not noted.
    ``gone`` are the ids of a chunk of tombstones; what was published of them is not looked at here.
    """

    number: int
    counts: Counts
    seen: tuple[Seen, ...]
    unidentified: int = 0
    fetched_at: str = ""
    gone: tuple[str, ...] = ()


class _Entries(msgspec.Struct):
    seen: list[Seen]


_entries = msgspec.json.Decoder(_Entries).decode
_HEAD_BYTES = 4_096
"""So much is unpacked to read a receipt's head; one whose head is longer is unpacked whole."""


class StoredReceipt(Struct, frozen=True):
    """A receipt as it lies there: its head is read, ``seen`` is unpacked by whoever asks for it, each time.

    ``size`` entries were seen, between the ids ``first`` and ``last``. ``is_maybe``: it is an announcement.
    ``data`` is the whole of it, packed; None where that is not held, so that it is fetched to be unpacked.
    """

    number: int
    counts: Counts
    unidentified: int
    fetched_at: str
    gone: tuple[str, ...]
    size: int
    first: str
    last: str
    data: bytes | None
    fetch: Callable[[], bytes]
    is_maybe: bool = False

    def __repr__(self) -> str:
        return shown(self, without={"data", "fetch"})

    @classmethod
    def read(cls, fetch: Callable[[], bytes]) -> StoredReceipt:
        """Read the receipt that ``fetch`` gets; what it holds is as it was written, at any time."""
        data = fetch()
        head = _head(data)
        return cls(
            number=head["number"],
            counts=Counts.from_json(head["counts"]),
            unidentified=head["unidentified"],
            fetched_at=head.get("fetched_at", ""),
            gone=tuple(head.get("gone", ())),
            data=data,
            fetch=fetch,
            **_extent(head, data),
        )

    @property
    def seen(self) -> list[Seen]:
        """What was seen, by id."""
        seen = _entries(gzip.decompress(self.fetch() if self.data is None else self.data)).seen
        return [entry.maybe() for entry in seen] if self.is_maybe else seen

    def whole(self) -> Receipt:
        """Return the receipt as it was written."""
        return Receipt(
            self.number, self.counts, tuple(self.seen), self.unidentified, self.fetched_at, self.gone
        )


def _head(data: bytes) -> dict[str, Any]:
    """Return what a receipt says but for ``seen``.

    It stands before: a quote inside a string is written with a backslash, so no id can look like that name.
    An empty ``seen`` may be followed by ``gone``; a receipt has one of the two.
    """
    start = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, _HEAD_BYTES)
    head, _, seen = start.partition(b',"seen":[')
    if seen.startswith(b"["):
        return dict(orjson.loads(head + b"}"))
    return dict(orjson.loads(gzip.decompress(data)))


def _extent(head: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return size, first and last; receipts used not to say it."""
    if "size" in head:
        return {name: head[name] for name in ("size", "first", "last")}
    return _extent_of(_entries(gzip.decompress(data)).seen)


def _extent_of(seen: list[Seen] | tuple[Seen, ...]) -> dict[str, Any]:
    first, last = (seen[0].id, seen[-1].id) if seen else ("", "")
    return {"size": len(seen), "first": first, "last": last}


def _written(receipt: Receipt) -> bytes:
    body = {
        "number": receipt.number,
        "counts": receipt.counts.to_json(),
        "unidentified": receipt.unidentified,
        "fetched_at": receipt.fetched_at,
        **({"gone": receipt.gone} if receipt.gone else {}),
        **_extent_of(receipt.seen),
        "seen": receipt.seen,  # last, so that the head can be read without it
    }
    return gzip.compress(msgspec.json.encode(body), 1, mtime=0)


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
        key = f"{self._prefix}{number:06d}.json.gz"
        return self._stored(key).whole() if self._objects.exists(key) else None

    def write(self, receipt: Receipt) -> None:
        """Store the receipt; a second writing of the same chunk replaces it with the same."""
        self._write(self._prefix, receipt)

    def announce(self, number: int, seen: tuple[Seen, ...]) -> None:
        """Note what is about to be published of a chunk; nothing is noted where there is nothing."""
        if seen:
            self._write(self._announced, Receipt(number, Counts(published=len(seen)), seen))

    def announced(self, number: int) -> dict[str, Seen]:
        """Return by id what may have been published of the chunk by an earlier worker."""
        key = f"{self._announced}{number:06d}.json.gz"
        if not self._objects.exists(key):
            return {}
        return {entry.id: entry for entry in replace(self._stored(key), is_maybe=True).seen}

    def all(self) -> Iterator[StoredReceipt]:
        """Yield the sweep's receipts by chunk number."""
        for key in self._objects.keys(self._prefix):
            yield self._stored(key)

    def between(self, first: int, end: int) -> Iterator[StoredReceipt]:
        """Yield the receipts of chunks from number ``first`` to before ``end``; the others are not read."""
        for key in self._objects.keys(self._prefix):
            if first <= int(PurePosixPath(key).name[:6]) < end:
                yield self._stored(key)

    def all_and_announced(self) -> Iterator[StoredReceipt]:
        """Yield the receipts, then what was announced of chunks that have none."""
        done = set()
        for receipt in self.all():
            done.add(receipt.number)
            yield receipt
        for key in self._objects.keys(self._announced):
            found = self._stored(key)
            if found.number not in done:
                yield replace(found, is_maybe=True)

    def _write(self, prefix: str, receipt: Receipt) -> None:
        key = f"{prefix}{receipt.number:06d}.json.gz"
        self._objects.put(key, _written(receipt))

    def _stored(self, key: str) -> StoredReceipt:
        return StoredReceipt.read(partial(self._objects.get, key))


class Remembered(Receipts):
    """The receipts of a sweep for who goes through them several times, however many they are.

    Each is fetched once for its head, which is kept. Of the first HELD_BYTES all is kept, the others are
    fetched again whenever what they have seen is asked for: held, they were 24 bytes for each record.
    """

    def __init__(self, objects: ObjectStore, connection: str, stream: str, sweep: str) -> None:
        super().__init__(objects, connection, stream, sweep)
        self._known: dict[str, StoredReceipt] = {}
        self._room = HELD_BYTES

    def _stored(self, key: str) -> StoredReceipt:
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._within_room(super()._stored(key))
        return found

    def _within_room(self, found: StoredReceipt) -> StoredReceipt:
        weight = len(found.data or b"")
        if weight > self._room:
            return replace(found, data=None)
        self._room -= weight
        return found
