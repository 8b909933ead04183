"""The snapshot index of a stream: id -> content hash and version of what was last published.

An immutable set of sorted blocks with a manifest; a new index is written beside the old one, and the cursor
says which one holds. A deleted record stays as a tombstone, so that its versions go on if it comes back.
"""

from __future__ import annotations

import gzip
import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from sluice.ports.object_store import ObjectStore
from sluice.snapshot.receipts import Seen

BLOCK_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Block:
    """One object of the index: its entries' ids lie between ``first`` and ``last``."""

    key: str
    first: str
    last: str


class SnapshotIndex:
    """Reads one index; ``manifest_key`` None is the empty index of a stream never read."""

    def __init__(self, objects: ObjectStore, manifest_key: str | None) -> None:
        self._objects = objects
        manifest: dict[str, Any] = (
            orjson.loads(objects.get(manifest_key)) if manifest_key else {"blocks": [], "live": 0}
        )
        self._blocks = [Block(**block) for block in manifest["blocks"]]
        self.live: int = manifest["live"]

    def entries(self) -> Iterator[Seen]:
        """Yield every entry by id, tombstones too, one block in memory at a time."""
        for block in self._blocks:
            yield from self._load(block)

    def look_up(self, ids: Iterable[str]) -> dict[str, Seen]:
        """Return the entries of these ids, tombstones too; reads only the blocks that may hold them."""
        wanted = sorted(set(ids))
        found: dict[str, Seen] = {}
        for block in self._blocks:
            start, end = bisect_left(wanted, block.first), bisect_left(wanted, block.last + "\0")
            if start < end:
                asked = set(wanted[start:end])
                found.update((entry.id, entry) for entry in self._load(block) if entry.id in asked)
        return found

    def _load(self, block: Block) -> list[Seen]:
        lines = gzip.decompress(self._objects.get(block.key)).splitlines()
        return [Seen(*orjson.loads(line)) for line in lines]


def write_index(objects: ObjectStore, prefix: str, entries: Iterable[Seen]) -> str:
    """Write sorted ``entries`` as a new index under ``prefix`` and return its manifest's key."""
    blocks: list[Block] = []
    live = 0
    pending: list[Seen] = []
    for entry in entries:
        live += bool(entry.content)
        pending.append(entry)
        if len(pending) == BLOCK_ENTRIES:
            blocks.append(_write_block(objects, prefix, len(blocks), pending))
            pending = []
    if pending:
        blocks.append(_write_block(objects, prefix, len(blocks), pending))
    listed = [{"key": block.key, "first": block.first, "last": block.last} for block in blocks]
    return _put(objects, (prefix + "manifest", ".json"), orjson.dumps({"live": live, "blocks": listed}))


def _write_block(objects: ObjectStore, prefix: str, number: int, entries: list[Seen]) -> Block:
    data = gzip.compress(b"\n".join(orjson.dumps(tuple(entry)) for entry in entries), 1, mtime=0)
    key = _put(objects, (f"{prefix}{number:06d}", ".jsonl.gz"), data)
    return Block(key, entries[0].id, entries[-1].id)


def _put(objects: ObjectStore, name: tuple[str, str], data: bytes) -> str:
    """Store under a key that holds the data's hash, so that two writers never mix their indexes."""
    key = f"{name[0]}-{hashlib.sha256(data).hexdigest()[:12]}{name[1]}"
    objects.put(key, data)
    return key
