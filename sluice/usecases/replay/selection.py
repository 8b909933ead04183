"""Which of the quarantined records a replay is to take, where it is not to take all: kept beside its plan."""

from __future__ import annotations

import gzip
from collections.abc import Collection

import orjson

from sluice.usecases.world import World

MOST = 1_000
"""Records that one replay can be told by name; for more it is told the stream."""


def keep_selection(world: World, prefix: str, source_ids: Collection[str]) -> None:
    """Store under the replay's prefix which records it takes; before it is started."""
    world.objects.put(_key(prefix), gzip.compress(orjson.dumps(sorted(source_ids)), 1, mtime=0))


def selection_of(world: World, prefix: str) -> frozenset[str] | None:
    """Return the source ids that the replay takes; None for all."""
    if not world.objects.exists(_key(prefix)):
        return None
    return frozenset(orjson.loads(gzip.decompress(world.objects.get(_key(prefix)))))


def _key(prefix: str) -> str:
    return f"{prefix}selection.json.gz"
