"""Whatever becomes of a stream's index, what is in use stays whole, and what was within a week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.object_store import Entry
from sluice.registry.cursors import Cursors
from sluice.snapshot import index as index_module
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Seen
from sluice.snapshot.writing import write_over
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.forget_snapshots import GATHERED_FOR, KEPT_FOR, forget_snapshots
from sluice.usecases.world import World
from tests.effort import examples, thorough
from tests.flows.rig import Killed, Rig

pytestmark = thorough

STREAM = ("acme", "customer")
PREFIX = "snapshots/acme/customer/"
NOTHING = {"outcome": "forgotten", "removed": 0, "bytes": 0}


@dataclass
class Store(MemoryObjectStore):
    """Takes one object away at a time; dies before the removal of the number ``dies_at``."""

    clock: FixedClock
    dies_at: int = -1

    def __post_init__(self) -> None:
        super().__init__(self.clock)
        self.listings = self.reads = 0

    def delete_all(self, keys: Iterable[str]) -> None:
        for key in keys:
            if self.dies_at == 0:
                raise Killed
            self.dies_at -= 1
            self.delete(key)

    def entries(self, prefix: str) -> Iterator[Entry]:
        self.listings += 1
        yield from super().entries(prefix)

    def get(self, key: str) -> bytes:
        self.reads += 1
        return super().get(key)


class SnapshotRig:
    """A connection with one stream whose index is written as CommitCursor does it."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 11, 22, 8, tzinfo=UTC))
        self.store = Store(self.clock)
        rig = Rig(clock=self.clock)
        self.world: World = replace(rig.world, objects=self.store)
        self.desk = ConnectionDesk(self.world, rig.schedules)
        self.number = 0

    @property
    def cursors(self) -> Cursors:
        return Cursors(self.world.state, "acme")

    def written(self, ids: Iterable[int], base: str | None = None) -> str:
        """Write an index over one (over the cursor's, if none is given); return its manifest's key."""
        self.number += 1
        base = base or self.cursors.get("customer").snapshot
        entries = [Seen(f"{one:03d}", f"c{self.number}", self.number) for one in sorted(ids)]
        prefix = f"{PREFIX}run-{self.number}-{self.cursors.get('customer').version + 1}/"
        key = write_over(SnapshotIndex(self.store, base), prefix, [entries])
        assert key is not None
        return key

    def commit(self, *ids: int) -> str:
        """Move the cursor to a new index; return its manifest's key."""
        key = self.written(ids)
        self.cursors.put("customer", replace(self.cursors.get("customer"), snapshot=key))
        return key

    def days(self, days: float) -> None:
        self.clock.advance(timedelta(days=days).total_seconds())

    def forget(self, seconds: float = 60) -> dict[str, Any]:
        return forget_snapshots(self.world, seconds)

    def stored(self) -> list[str]:
        return list(self.store.keys("snapshots/"))

    def entries(self, key: str) -> list[Seen]:
        return list(SnapshotIndex(self.store, key).entries())


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "BLOCK_ENTRIES", 3)


@pytest.fixture
def rig() -> SnapshotRig:
    return SnapshotRig()


class Forgetting(RuleBasedStateMachine):
    """Commits, lost commits, workers that die, time that passes, and forgetting that breaks off."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = SnapshotRig()
        self.was: list[tuple[str, list[Seen], datetime]] = []
        """Manifests that the cursor named, with what they hold, and until when it did."""

    @rule(ids=st.sets(st.integers(0, 40), min_size=1, max_size=6))
    def commit(self, ids: set[int]) -> None:
        if self.was:
            self.was[-1] = (*self.was[-1][:2], self.rig.clock.now())
        key = self.rig.commit(*ids)
        self.was.append((key, self.rig.entries(key), datetime.max.replace(tzinfo=UTC)))

    @rule(ids=st.sets(st.integers(0, 40), min_size=1, max_size=6), from_before=st.booleans())
    def lose_a_commit(self, ids: set[int], from_before: bool) -> None:
        """A worker writes an index, and does not get as far as the cursor: another was faster, or it dies."""
        self.rig.written(ids, self.was[-2][0] if from_before and self._has_two_in_use() else None)

    @precondition(lambda self: self.was)
    @rule(ids=st.sets(st.integers(0, 40), min_size=1, max_size=6))
    def die_before_the_manifest(self, ids: set[int]) -> None:
        self.rig.store.delete(self.rig.written(ids))

    @rule(hours=st.sampled_from([1, 13, 24, 60, 24 * 8]))
    def wait(self, hours: int) -> None:
        self.rig.clock.advance(hours * 3600)

    @rule()
    def forget(self) -> None:
        self.rig.forget()
        assert self.rig.forget() == NOTHING, "the same again removes nothing"

    @rule(after=st.integers(0, 8))
    def forget_and_die(self, after: int) -> None:
        self.rig.store.dies_at = after
        try:
            self.rig.forget()
        except Killed:
            self.check()
        self.rig.store.dies_at = -1

    @invariant()
    def check(self) -> None:
        since = self.rig.clock.now() - KEPT_FOR
        for key, entries, until in self.was:
            if until >= since:
                assert self.rig.entries(key) == entries

    def _has_two_in_use(self) -> bool:
        return len(self.was) > 1 and self.was[-2][2] >= self.rig.clock.now() - KEPT_FOR

    def teardown(self) -> None:
        """In the end nothing is left but what is in use."""
        if not self.was:
            return
        self.rig.days(8)
        self.rig.commit(1)
        self.rig.days(9)
        last = self.rig.commit(2)
        self.rig.days(9)
        self.rig.forget()
        index = SnapshotIndex(self.rig.store, last)
        before = (
            SnapshotIndex(self.rig.store, index.replaces) if index.replaces in self.rig.stored() else index
        )
        named = {last, *(block.key for block in index.blocks)}
        assert (
            named <= set(self.rig.stored()) <= named | {before.key, *(block.key for block in before.blocks)}
        )


TestForgetting = Forgetting.TestCase
TestForgetting.settings = settings(max_examples=examples(60), stateful_step_count=25, deadline=None)


def test_what_was_replaced_goes_after_a_week_and_not_before(rig: SnapshotRig) -> None:
    first = rig.commit(*range(12))
    rig.days(1)
    second = rig.commit(4)
    rig.days(1)
    third = rig.commit(10)
    whole = rig.stored()
    rig.days((KEPT_FOR - timedelta(hours=1)).days)
    assert (rig.forget(), rig.stored()) == (NOTHING, whole)
    rig.days(2)
    gone = rig.forget()
    # Two manifests, and the two blocks that were replaced; the other two are shared by all three.
    assert (gone["outcome"], gone["removed"]) == ("forgotten", 4)
    assert gone["bytes"] > 0
    assert not {first, second} & set(rig.stored())
    assert [entry.version for entry in rig.entries(third)] == [1] * 4 + [2] + [1] * 5 + [3] + [1]
    assert rig.forget() == NOTHING


def test_a_stream_that_changes_each_hour_keeps_a_week_of_indexes(rig: SnapshotRig) -> None:
    made = []
    removed = 0
    for hour in range(24 * 10):
        made.append(rig.commit(hour % 40))
        rig.clock.advance(3600)
        removed += rig.forget()["removed"]
    manifests = [key for key in rig.stored() if "/manifest-" in key]
    assert removed
    assert set(made[-24 * 7 :]) <= set(manifests)
    assert len(manifests) <= 24 * (KEPT_FOR + GATHERED_FOR).days + 2


def test_a_stream_that_does_not_change_is_not_even_read(rig: SnapshotRig) -> None:
    rig.commit(*range(9))
    rig.days(30)
    rig.store.reads = 0
    assert rig.forget() == NOTHING
    assert (rig.store.reads, rig.store.listings) == (0, 1)


def test_where_an_index_does_not_say_what_it_replaces_all_stays(rig: SnapshotRig) -> None:
    rig.commit(1)
    rig.days(20)
    bare = rig.commit(2)
    # As an index was written before: what was in use before it, and until when, is not known.
    rig.store.put(bare, rig.store.get(bare).partition(b',"replaces"')[0] + b"}")
    before = rig.stored()
    rig.days(1)
    assert rig.forget() == NOTHING
    rig.commit(3)
    assert rig.forget() == NOTHING
    assert set(before) <= set(rig.stored())
    rig.days(6.5)
    assert rig.forget()["removed"] == 2
    assert bare in rig.stored()


def test_where_an_index_is_lost_all_stays(rig: SnapshotRig) -> None:
    lost = rig.commit(1)
    rig.days(10)
    rig.commit(2)
    rig.days(2)
    rig.commit(3)
    rig.store.delete(rig.commit(4))
    rig.days(20)
    before = rig.stored()
    assert lost in before
    assert (rig.forget(), rig.stored()) == (NOTHING, before)


def test_a_stream_that_was_never_committed_keeps_what_it_has(rig: SnapshotRig) -> None:
    rig.written(range(5))
    rig.written(range(6))
    rig.days(30)
    assert rig.forget() == NOTHING
    rig.commit(1)
    rig.days(9)
    rig.commit(2)
    rig.days(9)
    rig.forget()
    assert not [key for key in rig.stored() if "/run-1-" in key or "/run-2-" in key]


def test_what_a_removed_connection_left_goes_unless_there_is_none_at_all(rig: SnapshotRig) -> None:
    rig.commit(*range(9))
    left = rig.written([50])
    leaving = [(key, rig.store.get(key)) for key in rig.stored() if key.startswith(left.rpartition("/")[0])]
    rig.desk.remove("acme")
    assert rig.stored() == []
    for key, data in leaving:  # by a step that was under way
        rig.store.put(key, data)
    rig.days(8)
    assert rig.forget() == NOTHING, "that there are no connections at all is not believed"
    rig.desk.add(Connection("acme2", "toy"), {"key": Secret("canary-key")})
    assert rig.forget()["removed"] == len(leaving) > 0
    assert rig.stored() == []


def test_a_connection_that_is_gone_while_its_cursor_is_not_keeps_what_is_in_use(rig: SnapshotRig) -> None:
    key = rig.commit(*range(9))
    rig.desk.add(Connection("acme2", "toy"), {"key": Secret("canary-key")})
    rig.world.connections.remove("acme")
    rig.days(30)
    assert rig.forget() == NOTHING
    assert len(rig.entries(key)) == 9


def test_without_time_the_rest_waits(rig: SnapshotRig) -> None:
    rig.commit(*range(12))
    for _ in range(2):
        rig.days(2)
        rig.commit(1)
    rig.days(9)
    assert rig.forget(-1) == {"outcome": "more", "removed": 0, "bytes": 0}
    assert rig.forget()["removed"] > 0


def test_what_is_no_part_of_an_index_is_left_alone(rig: SnapshotRig) -> None:
    strange = ["snapshots/acme/manifest-1.json", "snapshots/acme/customer/manifest-2.json", "snapshots/x"]
    for key in strange:
        rig.store.put(key, b"")
    rig.days(30)
    rig.forget()
    assert set(strange) <= set(rig.stored())


def test_runs_go_on_as_if_nothing_was_forgotten() -> None:
    rig = Rig(between=12 * 3600)
    rig.world = replace(rig.world, objects=MemoryObjectStore(rig.clock))
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    for number in range(20):
        rig.erp.put("customer", number, f"Kunde {number}")
    rig.run()
    removed = 0
    for number in range(40):
        rig.erp.put("customer", number % 20, f"Kunde {number} igjen")
        assert rig.run()["counts"]["published"] == 1
        removed += forget_snapshots(rig.world, 60)["removed"]
    assert removed
    assert rig.run()["counts"]["published"] == 0
    assert len(rig.consumer.ids) == len(rig.consumer.events)
    assert len(rig.consumer.names("customer")) == 20
