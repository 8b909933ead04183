"""The plan of a replay: which records go through the transformer again, written as chunks of their own.

Of each record only the newest state counts, and only if nothing that was read later has been judged. A plan
is made once: whoever plans the same replay again finds it.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from msgspec import Struct, field

from sluice.model.chunk import ChunkRef
from sluice.registry.cursors import Cursor
from sluice.snapshot.index import SnapshotIndex
from sluice.usecases.fetching.chunk_writer import ChunkWriter
from sluice.usecases.replay.selection import selection_of
from sluice.usecases.replay.settled import Settled
from sluice.usecases.replay.sources import (
    Entry,
    Moment,
    Source,
    entries_of,
    held_chunks,
    quarantine_of,
    seen_since,
)
from sluice.usecases.world import World, iso

MAX_CHUNKS = 1_000
"""Chunks of one replay: an execution's history takes 25,000 events. What is left is for another replay."""

RECEIPTS_KEPT = timedelta(days=30)
"""The bucket forgets receipts then (infra/storage.yml): nobody knows if what is older was read again."""


class Replay(Struct, frozen=True):
    """Which replay: ``run`` is the execution's name; ``sweep`` a held read, None for the quarantine only."""

    run: str
    connection: str
    stream: str
    sweep: str | None = None

    @property
    def where(self) -> tuple[str, str]:
        """Connection and stream."""
        return self.connection, self.stream

    @property
    def prefix(self) -> str:
        """Where the replay's own chunks lie, and its plan."""
        return f"raw/{self.connection}/{self.stream}/{self.run}/"


class ReplayPlan(Struct):
    """``chunks`` hold what is replayed; those from place ``released_from`` on were in the quarantine.

    ``cleared`` names the lines of the quarantine (by object) that this makes needless: they are replayed, or
    were ``overtaken`` by what was read later. ``left`` counts those that stay: they would be set aside again.
    """

    chunks: list[ChunkRef] = field(default_factory=list)
    released_from: int = 0
    cleared: dict[str, list[str]] = field(default_factory=dict)
    overtaken: int = 0
    left: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        chunks = [chunk.to_json() for chunk in self.chunks]
        counts = {"overtaken": self.overtaken, "left": self.left}
        return {"chunks": chunks, "released_from": self.released_from, "cleared": self.cleared, **counts}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> ReplayPlan:
        """Read what :meth:`to_json` wrote."""
        return cls(**{**found, "chunks": [ChunkRef.from_json(one) for one in found["chunks"]]})


def find_plan(world: World, replay: Replay) -> ReplayPlan | None:
    """Return the replay's plan, None while there is none."""
    key = _key(replay)
    if not world.objects.exists(key):
        return None
    return ReplayPlan.from_json(orjson.loads(gzip.decompress(world.objects.get(key))))


def plan_of(world: World, replay: Replay, cursor: Cursor) -> ReplayPlan:
    """Return the replay's plan, made and stored if there is none yet; ``cursor`` is the stream's.

    Raises ConfigurationInvalid for a mapping that is not usable.
    """
    known = find_plan(world, replay)
    if known is not None:
        return known
    held = held_chunks(world, replay.where, replay.sweep) if replay.sweep else ()
    sources = sorted([*held, *quarantine_of(world, replay.where)], key=_in_order)
    wanted = selection_of(world, replay.prefix)
    plan = _Planning(world, replay, sources, Settled.of(world, replay.where), wanted).plan(cursor)
    # Last: where there is a plan, every chunk of which it speaks is there.
    world.objects.put(_key(replay), gzip.compress(orjson.dumps(plan.to_json()), 1, mtime=0))
    return plan


def _key(replay: Replay) -> str:
    return f"{replay.prefix}plan.json.gz"


def _in_order(source: Source) -> tuple[bool, Moment, str]:
    """Held chunks first; then by when they were read."""
    return source.is_quarantine, source.read_at, source.key


class _Planning(Struct):
    world: World
    replay: Replay
    sources: list[Source]
    settled: Settled
    wanted: frozenset[str] | None

    def plan(self, cursor: Cursor) -> ReplayPlan:
        plan = ReplayPlan()
        # Numbers go on after those of what is replayed: of equal times the higher number is the later.
        first = 1 + max((source.read_at[1] for source in self.sources), default=-1)
        newest = self._newest()
        over = self._overtaken(newest, cursor)
        unsure = self._unsure(newest, cursor)
        for number, source in enumerate(self.sources):
            taken = self._taken(plan, number, newest=newest, leave=(over, unsure))
            at = first + len(plan.chunks)
            writer = ChunkWriter(self.world.objects, self.replay.prefix, at, source.read_at[0])
            writer.add(taken)
            writer.close()
            plan.chunks += writer.chunks
            if not source.is_quarantine:
                plan.released_from = len(plan.chunks)
        return plan

    def _newest(self) -> dict[str, _At]:
        """Return for each record of the sources where its newest state is."""
        newest: dict[str, _At] = {}
        for number, source in enumerate(self.sources):
            for line, entry in enumerate(entries_of(self.world, source)):
                source_id = self.settled.source_id(entry)
                if source_id is not None:
                    at = _At(source.read_at, number, line)
                    newest[source_id] = max(at, newest.get(source_id, at))
        return newest

    def _overtaken(self, newest: dict[str, _At], cursor: Cursor) -> set[str]:
        """Return the records that were read again later: as they were, they are not true any more."""
        # What a whole read has not seen is gone; what it has seen is published, or in the quarantine anew.
        whole = cursor.whole_read_at or ""
        over = {source_id for source_id, at in newest.items() if at.moment[0] < whole}
        rest = {source_id: at for source_id, at in newest.items() if source_id not in over}
        if not rest:
            return over
        since = min(at.moment[0] for at in rest.values())
        seen = seen_since(self.world, self.replay.where, since, rest)
        return over | {source_id for source_id, moment in seen.items() if moment > rest[source_id].moment}

    def _unsure(self, newest: dict[str, _At], cursor: Cursor) -> set[str]:
        """Return the records so old that nobody knows any more whether what is published of them is newer."""
        oldest = iso(self.world.clock.now() - RECEIPTS_KEPT)
        old = [source_id for source_id, at in newest.items() if at.moment[0] < oldest]
        return set(SnapshotIndex(self.world.objects, cursor.snapshot).look_up(old)) if old else set()

    def _taken(
        self, plan: ReplayPlan, number: int, newest: dict[str, _At], leave: tuple[set[str], set[str]]
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of a source that are to be replayed; note in the plan what becomes of all."""
        source, (over, unsure) = self.sources[number], leave
        for line, entry in enumerate(entries_of(self.world, source)):
            source_id = self.settled.source_id(entry)
            is_newest = source_id is None or newest[source_id][1:] == (number, line)
            if self.wanted is not None and source_id not in self.wanted:
                plan.left += 1
            elif not is_newest or source_id in over:
                plan.overtaken += 1
                _clear(plan, source, entry)
            elif not source.is_quarantine:
                yield entry.record
            elif source_id in unsure or len(plan.chunks) >= MAX_CHUNKS or not self.settled.releases(entry):
                plan.left += 1
            else:
                _clear(plan, source, entry)
                yield entry.record


class _At(NamedTuple):
    """Where a state of a record stands: the later of two is the newer."""

    moment: Moment
    source: int
    line: int


def _clear(plan: ReplayPlan, source: Source, entry: Entry) -> None:
    if source.is_quarantine:
        plan.cleared.setdefault(source.key, []).append(entry.digest)
