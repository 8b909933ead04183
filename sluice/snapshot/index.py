"""The snapshot index of a stream: id -> content hash and version of what was last published.

An immutable set of sorted blocks with a manifest, and the cursor says which manifest holds. A new index is
written beside the old one and names the blocks that stay as they are (sluice/snapshot/writing.py). A deleted
record stays as a tombstone, so that its versions go on if it comes back.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from sluice.ports.object_store import ObjectStore
from sluice.snapshot.receipts import Seen

BLOCK_ENTRIES = 20_000
"""Entries of a block at most."""

_decode = msgspec.json.Decoder(Seen).decode_lines


class Block(Struct, frozen=True):
    """One object of the index: its entries' ids lie between ``first`` and ``last``."""

    key: str
    first: str
    last: str


class SnapshotIndex:
    """Reads one index; ``key`` is its manifest's, None for the empty index of a stream never read.

    ``live`` is the number of its records that are not deleted. ``replaces`` is the manifest that it was
    written over, None for the first; one that does not say it has ``says_what_it_replaces`` unset.
    """

    def __init__(self, objects: ObjectStore, key: str | None) -> None:
        manifest: dict[str, Any] = orjson.loads(objects.get(key)) if key else {"blocks": [], "live": 0}
        self.objects = objects
        self.key = key
        self.blocks = [Block(**block) for block in manifest["blocks"]]
        self.live: int = manifest["live"]
        self.says_what_it_replaces = "replaces" in manifest
        self.replaces: str | None = manifest.get("replaces")

    def entries(self) -> Iterator[Seen]:
        """Yield every entry by id, tombstones too, one block in memory at a time."""
        for block in self.blocks:
            yield from self.load(block)

    def ranges(self) -> Iterator[tuple[Block, str | None]]:
        """Yield each block, and the id before which everything belongs to it; None after the last one.

        What is before the first block belongs to it, what is between two of them to the one before.
        """
        for block, following in pairwise(self.blocks):
            yield block, following.first
        for block in self.blocks[-1:]:
            yield block, None

    def look_up(self, ids: Iterable[str]) -> dict[str, Seen]:
        """Return the entries of these ids, tombstones too; reads only the blocks that may hold them."""
        wanted = sorted(set(ids))
        found: dict[str, Seen] = {}
        for block in self.blocks:
            start, end = bisect_left(wanted, block.first), bisect_left(wanted, block.last + "\0")
            if start < end:
                asked = set(wanted[start:end])
                found.update((entry.id, entry) for entry in self.load(block) if entry.id in asked)
        return found

    def load(self, block: Block) -> list[Seen]:
        """Return the block's entries by id."""
        return _decode(gzip.decompress(self.objects.get(block.key)))
