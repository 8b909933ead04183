"""A lake on the memory store, what it should say, and a store in which a worker dies or is overtaken."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import orjson
from msgspec.structs import replace

from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.messages.events import EventSource, deleted, upserted
from sluice.ports.object_store import Entry
from sluice.usecases.data.compact_partition import CompactPartition, compact_partition
from sluice.usecases.data.write_lake import Message, write_lake
from sluice.usecases.world import World, iso
from tests.flows.rig import Killed
from tests.flows.rig import Rig as RunRig

ENTITY, CONNECTION = "customer", "acme"
Event = dict[str, Any]


_DATABASE = duckdb.connect()


class Row(NamedTuple):
    """A row of a file; the greatest of a record's rows is its newest version."""

    event_version: int
    event_time: datetime
    event_id: str
    source_id: str
    name: str | None
    deleted: bool


@dataclass
class HookedStore:
    """Calls ``hook`` before and after each put and each single removal, as ``put`` or ``delete``."""

    inner: MemoryObjectStore
    hook: Callable[[str], None] = lambda what: None

    def put_file(self, key: str, path: Path) -> None:
        self.hook("put")
        self.inner.put_file(key, path)
        self.hook("put")

    def delete_all(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.hook("delete")
            self.inner.delete(key)
            self.hook("delete")

    def entries(self, prefix: str) -> Iterator[Entry]:
        self.hook("list")
        yield from self.inner.entries(prefix)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@dataclass
class LakeRig:
    """One partition, and what was put into it: ``ids`` of events, ``newest`` event by record."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 11, 22, 8, tzinfo=UTC)))
    ids: set[str] = field(default_factory=set)
    newest: dict[str, Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = MemoryObjectStore(self.clock)
        run_rig = RunRig()
        self.notices = run_rig.notices
        self.world: World = replace(run_rig.world, objects=self.store, clock=self.clock)

    def event(self, record: str, version: int, *, is_deleted: bool = False) -> Event:
        """Return the event of a record's version, as it is published now."""
        source = EventSource(CONNECTION, "toy", ENTITY, f"urn:sluice:{ENTITY}:1", iso(self.clock.now()))
        if is_deleted:
            return deleted(source, record, version)
        data = {"id": f"{CONNECTION}/{ENTITY}/{record}", "source_id": record, "name": f"{record} {version}"}
        return upserted(source, data, version, str(version))

    def write(self, *events: Event) -> None:
        """Let the events come to the lake in one batch."""
        assert write_lake(self.world, [Message("1", orjson.dumps(list(events)).decode())]) == []
        for event in events:
            self.ids.add(event["id"])
            known = self.newest.get(event["subject"])
            if known is None or known["entityversion"] < event["entityversion"]:
                self.newest[event["subject"]] = event

    def compact(
        self, hook: Callable[[str], None] = lambda what: None, connection: str = CONNECTION
    ) -> dict[str, Any]:
        """Compact the partition; ``hook`` is called at each step."""
        world = replace(self.world, objects=HookedStore(self.store, hook))
        return compact_partition(world, CompactPartition(ENTITY, connection, seconds=600, memory_mb=256))

    def crash(self, at: int) -> bool:
        """Compact, and die at step ``at``, from 1; return whether it came so far."""
        left = at

        def die(_: str) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                raise Killed

        try:
            self.compact(die)
        except Killed:
            return True
        return False

    def check(self, _: str = "") -> None:
        """Check that the views say what came, each event once and the newest version of each record."""
        assert self.history() == sorted(self.ids)
        expected = {
            record: event["data"]["name"]
            for record, event in self.newest.items()
            if not event["type"].endswith(".deleted")
        }
        assert self.current() == expected

    def history(self) -> list[str]:
        """Return the ids in the history, each once."""
        return sorted({row.event_id for row in self.rows("/events/")})

    def current(self) -> dict[str, str]:
        """Return the names of the records that there are now."""
        newest: dict[str, Row] = {}
        for row in [*self.rows("/current/"), *self.rows("/fresh/")]:
            newest[row.source_id] = max(row, newest.get(row.source_id, row))
        return {record: str(row.name) for record, row in newest.items() if not row.deleted}

    def keys(self, part: str = "") -> list[str]:
        """Return the keys of the lake's files that have this in them."""
        return [key for key in self.store.keys("lake/") if part in key]

    def rows(self, part: str) -> list[Row]:
        """Return the rows of the files whose key has this in it."""
        return [row for key in self.keys(part) for row in _rows(self.store.get(key))]


@functools.cache
def _rows(data: bytes) -> list[Row]:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        taken = "event_version, event_time, event_id, source_id, name, deleted"
        found = _DATABASE.execute(f"SELECT {taken} FROM read_parquet('{file.name}')")  # noqa: S608
        return [Row(*row) for row in found.fetchall()]
