"""Writes a snapshot index over another: only the blocks that change, and a manifest that names the others.

Every object has a key of its own, and the manifest comes last: whoever dies leaves the old index as it was.
"""

from __future__ import annotations

import gzip
import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter

import msgspec
import orjson

from sluice.ports.object_store import ObjectStore
from sluice.snapshot import index as reading
from sluice.snapshot.index import Block, SnapshotIndex
from sluice.snapshot.receipts import DEAD, Seen, next_version
from sluice.snapshot.walk import Walk

_id = itemgetter(0)
_encode = msgspec.json.Encoder().encode_lines


def write_over(
    index: SnapshotIndex, prefix: str, seen: Iterable[list[Seen]], gone: Sequence[Seen] = ()
) -> str | None:
    """Overlay ``index`` by what was ``seen``, bury what is ``gone``; return the manifest's key.

    Both are sorted by id, and no id is in two lists. New objects lie under ``prefix``. Where nothing changes
    nothing is written, and the key is that of ``index``.
    """
    writer = _Writer(index, prefix)
    walk = Walk(seen)
    buried_before = 0
    for block, bound in index.ranges():
        end = len(gone) if bound is None else bisect_left(gone, bound, key=_id)
        removed = {entry.id for entry in gone[buried_before:end]}
        buried_before = end
        parts = walk.before(bound)
        first = next(parts, None)
        if first is None and not removed:
            writer.keep(block)
        else:
            changes = () if first is None else chain([first], parts)
            writer.overlay(block, changes, removed, is_last=bound is None)
    if not index.blocks:
        writer.overlay(None, walk.before(None), {entry.id for entry in gone}, is_last=True)
    return writer.close()


def buried(entry: Seen) -> Seen:
    """Return the tombstone of a live entry: its delete is a version of its own."""
    return Seen(entry.id, "", next_version(entry, ""))


class _Writer:
    """Gathers the blocks of the new index; holds two blocks' entries at most, and one part of changes."""

    def __init__(self, index: SnapshotIndex, prefix: str) -> None:
        self._index, self._prefix = index, prefix
        self._blocks: list[Block] = []
        self._live = index.live
        self._written = 0
        self._pending: list[Seen] = []
        self._is_changed = False

    def keep(self, block: Block) -> None:
        """Name a block as it is."""
        self._blocks.append(block)

    def overlay(
        self, block: Block | None, changes: Iterable[list[Seen]], removed: set[str], *, is_last: bool
    ) -> None:
        """Write the block with the changes that belong to it; one that stays the same is only named."""
        old = self._index.load(block) if block else []
        self._pending, self._is_changed, at = [], False, 0
        for part in changes:
            end = bisect_right(old, part[-1].id, at, key=_id)
            self._take(old[at:end], part, removed)
            at = end
        self._take(old[at:], [], removed)
        if block is not None and not self._is_changed:
            self.keep(block)
        else:
            self._write_rest(is_last=is_last)

    def close(self) -> str | None:
        """Write the manifest, unless it would be the old one; return its key."""
        if not self._written:
            return self._index.key
        listed = [{"key": block.key, "first": block.first, "last": block.last} for block in self._blocks]
        manifest = {"live": self._live, "blocks": listed, "replaces": self._index.key}
        return _put(self._index.objects, (self._prefix + "manifest", ".json"), orjson.dumps(manifest))

    def _take(self, old: list[Seen], part: list[Seen], removed: set[str]) -> None:
        new = _overlaid(old, part)
        if removed:
            new = [buried(entry) if entry.id in removed else entry for entry in new]
        if new != old:
            self._is_changed = True
            self._live += _live_of(new) - _live_of(old)
        self._pending += new
        while len(self._pending) >= 2 * reading.BLOCK_ENTRIES:
            self._write(reading.BLOCK_ENTRIES)

    def _write_rest(self, *, is_last: bool) -> None:
        """Write what is pending: one block, or two. At the end of the index the first of them is full.

        Ids that only grow fill one block after the other that way. In between two halves leave room.
        """
        count, most = len(self._pending), reading.BLOCK_ENTRIES
        if count > most:
            self._write(most if is_last else (count + 1) // 2)
        if self._pending:
            self._write(len(self._pending))

    def _write(self, count: int) -> None:
        entries, self._pending = self._pending[:count], self._pending[count:]
        name = f"{self._prefix}{self._written:06d}"
        data = gzip.compress(_encode(entries).rstrip(b"\n"), 1, mtime=0)
        key = _put(self._index.objects, (name, ".jsonl.gz"), data)
        self._blocks.append(Block(key, entries[0].id, entries[-1].id))
        self._written += 1
        self._is_changed = True


def _overlaid(old: list[Seen], part: list[Seen]) -> list[Seen]:
    """Return both by id; of an entry in both the one seen, unless a late worker saw it.

    What that saw never puts an entry back behind its own version.
    """
    if not part or not old:
        return old or part
    known = {entry.id: entry for entry in old}
    count = len(known)
    for entry in part:
        before = known.get(entry.id)
        if before is None or entry.version >= before.version:
            known[entry.id] = entry
    return list(known.values()) if len(known) == count else sorted(known.values(), key=_id)


def _live_of(entries: Iterable[Seen]) -> int:
    return sum(1 for entry in entries if entry.content not in DEAD)


def _put(objects: ObjectStore, name: tuple[str, str], data: bytes) -> str:
    """Store under a key that holds the data's hash, so that two writers never mix their indexes."""
    key = f"{name[0]}-{hashlib.sha256(data).hexdigest()[:12]}{name[1]}"
    objects.put(key, data)
    return key
