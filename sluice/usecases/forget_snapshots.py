"""ForgetSnapshots: blocks and manifests of snapshot indexes that nothing names any more are removed.

An index is written over the one before and shares its blocks, so what goes is told by what stays: every index
that was in use within KEPT_FOR. Losing one that is in use would publish every record of its stream again, so
where anything about a stream is not known, all of it stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sluice.ports.object_store import Entry, ObjectNotFound
from sluice.registry.cursors import Cursors
from sluice.snapshot.index import SnapshotIndex
from sluice.usecases.data.outcomes import FORGOTTEN, MORE
from sluice.usecases.world import World

KEPT_FOR = timedelta(days=7)
"""How long an index stays after it was replaced, and what never became one after it was written.

A worker reads an index for minutes. The rest is for people: cursors that are put back to those of some days
ago still find theirs.
"""

GATHERED_FOR = timedelta(days=1)
"""So much longer they may lie before a stream is looked at: once a day is enough, not each hour."""

_PREFIX = "snapshots/"
_PARTS = 5
"""Of a key: snapshots/<connection>/<stream>/<sweep>-<version>/<object>. Any other key is left alone."""


def forget_snapshots(world: World, seconds: float) -> dict[str, Any]:
    """Remove what is not in use any more, stream by stream, while there is time.

    Returns ``outcome`` (forgotten, or more), and how many objects (``removed``) of how many ``bytes`` went.
    May break off anywhere, and run twice at once.
    """
    began, removed, size = world.clock.monotonic(), 0, 0
    connections = {connection.name for connection in world.connections.all()}
    for where, entries in _streams(world.objects.entries(_PREFIX)):
        if world.clock.monotonic() - began > seconds:
            return {"outcome": MORE, "removed": removed, "bytes": size}
        # Manifests last: what a removal that breaks off has left is found by them.
        going = sorted(_unneeded(world, where, entries, connections), key=_is_manifest)
        world.objects.delete_all([entry.key for entry in going])
        removed += len(going)
        size += sum(entry.size for entry in going)
    return {"outcome": FORGOTTEN, "removed": removed, "bytes": size}


def _streams(listed: Iterator[Entry]) -> Iterator[tuple[tuple[str, str], list[Entry]]]:
    """Yield (connection, stream) with its objects; those of one stream are listed one after the other."""
    ours = (entry for entry in listed if entry.key.count("/") == _PARTS - 1)
    for parts, entries in groupby(ours, key=lambda entry: entry.key.split("/")[1:3]):
        yield (parts[0], parts[1]), list(entries)


def _unneeded(
    world: World, where: tuple[str, str], entries: list[Entry], connections: set[str]
) -> list[Entry]:
    """Return the objects of a stream that no index in use within KEPT_FOR names."""
    since = world.clock.now() - KEPT_FOR
    old = [entry for entry in entries if entry.put_at < since]
    # Removing a connection removes its indexes; a step that was under way left these. That there are no
    # connections at all is not believed.
    is_left_over = bool(connections) and where[0] not in connections
    if not old or not (is_left_over or _is_due(old, since - GATHERED_FOR)):
        return []
    key = Cursors(world.state, where[0]).get(where[1]).snapshot
    if key is None:
        return old if is_left_over else []
    kept = _in_use(world, key, {entry.key: entry.put_at for entry in entries}, since)
    return [] if kept is None else [entry for entry in old if entry.key not in kept]


def _is_due(old: list[Entry], before: datetime) -> bool:
    """Return whether there are indexes to forget: one old index may still be in use, or have been lately."""
    manifests = [entry for entry in old if _is_manifest(entry)]
    return len(manifests) > 1 and min(entry.put_at for entry in manifests) < before


def _in_use(world: World, key: str | None, put_at: dict[str, datetime], since: datetime) -> set[str] | None:
    """Return all that the index of this manifest names, and those before it as far back as ``since``.

    None where that is not known: an index does not say what it replaces, or is not there.
    """
    kept: set[str] = set()
    while key is not None:
        try:
            index = SnapshotIndex(world.objects, key)
        except ObjectNotFound:
            return None
        kept |= {key, *(block.key for block in index.blocks)}
        # What was in use since then begins with an index from before; one that was not listed is new.
        if key in put_at and put_at[key] < since:
            return kept
        if not index.says_what_it_replaces:
            return None
        key = index.replaces
    return kept


def _is_manifest(entry: Entry) -> bool:
    return entry.key.rpartition("/")[2].startswith("manifest")
