"""CompactPartition: an entity of a connection in few large files instead of many small ones.

A round writes new files first and removes those that they replace after (docs/adr/0012), so that it may break
off anywhere, and run twice at once: every row of a file that is removed is in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from sluice.lake.columns import stored
from sluice.lake.compacting import Compacting
from sluice.lake.holding import Holding, holdings
from sluice.lake.layout import Partition, digest_of
from sluice.ports.object_store import Entry, ObjectNotFound, ObjectStore
from sluice.registry.uncompacted import Uncompacted
from sluice.usecases.data.outcomes import COMPACTED, MORE, REMOVED
from sluice.usecases.data.plan_housekeeping import is_left_over
from sluice.usecases.data.scratch import scratch_folder
from sluice.usecases.world import World

KEEP_DELETED = timedelta(days=90)
"""How long the current state knows that a record is deleted; the history knows it for ever.

After that an event of an older version would count as new; in a queue and its dead letters none is as old.
"""

_AT_ONCE = 8
"""Files that are fetched at once: most are small, and to wait for one takes longer than to read it."""

_VANISHED = 5
"""Rounds in a row whose files vanish, after which the partition is left to whoever compacts it too."""


class CompactPartition(Struct, frozen=True):
    """``seconds`` is how long there is time, ``memory_mb`` what the database may take of the memory."""

    entity: str
    connection: str
    seconds: float
    memory_mb: int


def compact_partition(world: World, wanted: CompactPartition) -> dict[str, Any]:
    """Compact the partition, round by round, while there is time.

    Returns ``outcome`` and the number of files ``before`` and ``after``. The outcome is compacted, more where
    the rest waits for the next time, or removed where the files were left by a connection that is removed.
    """
    partition = Partition(wanted.entity, wanted.connection)
    holding = _holding(world.objects, partition)
    before = len(holding.files)
    if holding.files and is_left_over(world, holding, {known.name for known in world.connections.all()}):
        world.objects.delete_all([entry.key for entry in holding.files])
        outcome = REMOVED
    else:
        outcome = _rounds(world, wanted, partition)
    Uncompacted(world.state).clear(wanted.entity, wanted.connection)
    return {"outcome": outcome, "before": before, "after": len(_holding(world.objects, partition).files)}


def _rounds(world: World, wanted: CompactPartition, partition: Partition) -> str:
    """Return the outcome; a round is begun if there is time for one twice as long as the longest so far."""
    began, longest, vanished = world.clock.monotonic(), 0.0, 0
    while not (holding := _holding(world.objects, partition)).is_tidy:
        round_began = world.clock.monotonic()
        if vanished >= _VANISHED or round_began - began + 2 * longest > wanted.seconds:
            return MORE
        try:
            _round(world, wanted, holding)
        except ObjectNotFound:
            # Somebody else has compacted it since it was listed.
            vanished += 1
        else:
            vanished = 0
        longest = max(longest, world.clock.monotonic() - round_began)
    return COMPACTED


def _round(world: World, wanted: CompactPartition, holding: Holding) -> None:
    """Take in fresh files, or make one of a month's small ones; raises ObjectNotFound."""
    columns = stored(world.catalog.canonical.entity(wanted.entity).schema)
    with scratch_folder() as folder, Compacting(columns, folder, wanted.memory_mb) as database:
        round_ = _Round(world.objects, database, folder, holding)
        if holding.fresh or len(holding.current) > 1:
            round_.take_in(holding.batch(), _forgotten(world))
        for month, files in holding.months_to_merge().items() if not holding.fresh else ():
            round_.merge(month, files)


class _Round(Struct, frozen=True):
    objects: ObjectStore
    database: Compacting
    folder: Path
    holding: Holding

    def take_in(self, batch: Sequence[Entry], forgotten: datetime) -> None:
        """Put the events of fresh files where they belong, and what they change into the current state."""
        partition, current = self.holding.partition, self.holding.current
        fresh = self._fetched(batch)
        for month in self.database.months(fresh) if fresh else ():
            known = self.holding.months.get(month, [])
            files, made = self._fetched(known), self.folder / "events.parquet"
            if self.database.write_events(fresh, files, month, made):
                self._put(partition.events(month, _digest([*batch, *known])), made)
            _forget(files)
        # With an older version in a file that is not read here, a record that is forgotten would be back.
        whole = len(current) <= 1 and len(batch) == len(self.holding.fresh)
        since = forgotten if whole else None
        made = self.folder / "current.parquet"
        self.database.write_current(fresh, self._fetched(current), since, made)
        self._put(partition.current(_digest([*batch, *current], f"deleted since {since}")), made)
        self.objects.delete_all([entry.key for entry in [*current, *batch]])

    def merge(self, month: str, files: Sequence[Entry]) -> None:
        """Make one file of several of a month."""
        made, copies = self.folder / "merged.parquet", self._fetched(files)
        self.database.merge_events(copies, made)
        self._put(self.holding.partition.events(month, _digest(files)), made)
        _forget(copies)
        self.objects.delete_all([entry.key for entry in files])

    def _fetched(self, entries: Sequence[Entry]) -> list[Path]:
        """Return copies of the files; raises ObjectNotFound for one that has gone."""
        paths = [self.folder / f"{digest_of([entry.key])}.parquet" for entry in entries]
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            list(readers.map(self.objects.get_file, [entry.key for entry in entries], paths))
        return paths

    def _put(self, key: str, made: Path) -> None:
        self.objects.put_file(key, made)
        made.unlink()


def _holding(objects: ObjectStore, partition: Partition) -> Holding:
    """Return what the partition holds now."""
    listed = (
        entry
        for prefix in (partition.events_prefix, partition.current_prefix)
        for entry in objects.entries(prefix)
    )
    return next(holdings(listed), Holding(partition))


def _forgotten(world: World) -> datetime:
    """Return since when deleted records are known: a midnight, so that a repeat gives the same file."""
    day = (world.clock.now() - KEEP_DELETED).date()
    return datetime.combine(day, time(), UTC)


def _digest(entries: Iterable[Entry], more: str = "") -> str:
    return digest_of([*(entry.key for entry in entries), more])


def _forget(copies: Iterable[Path]) -> None:
    for path in copies:
        path.unlink()
