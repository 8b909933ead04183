"""Snapshot indexes on S3: what housekeeping forgets, and that nothing is published again after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace

from sluice.local.fixed_clock import FixedClock
from sluice.ports.object_store import Entry, ObjectStore
from sluice.registry.cursors import Cursors
from sluice.snapshot.index import SnapshotIndex
from sluice.usecases.forget_snapshots import GATHERED_FOR, KEPT_FOR, forget_snapshots
from sluice.usecases.world import World
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(600)


@dataclass
class OnlyOf:
    """The objects, of which only one connection's are listed: others are run meanwhile, by other tests."""

    inner: ObjectStore
    name: str

    def entries(self, prefix: str) -> Iterator[Entry]:
        assert prefix == "snapshots/"
        yield from self.inner.entries(f"{prefix}{self.name}/")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def seen_by(world: World, name: str, after: timedelta = timedelta(0)) -> World:
    """Return the world with the indexes of one connection, some time later."""
    objects = cast("ObjectStore", OnlyOf(world.objects, name))
    return replace(world, objects=objects, clock=FixedClock(world.clock.now() + after))


def live_of(world: World, name: str) -> dict[str, int]:
    """Return how many records of each stream its index says that there are; reads every block."""
    found = {}
    for stream, cursor in Cursors(world.state, name).all():
        index = SnapshotIndex(world.objects, cursor.snapshot)
        assert index.live == sum(bool(entry.content) for entry in index.entries())
        found[stream] = index.live
    return found


def test_indexes_that_were_replaced_are_forgotten_and_the_others_serve(
    customer_of: Callable[..., Customer],
) -> None:
    acme = customer_of("acme-index", streams=("department", "customer"), scale=0.3)
    world = acme.deployment.world
    acme.run()
    first = {stream: cursor.snapshot for stream, cursor in Cursors(world.state, acme.name).all()}
    for number in range(2):
        acme.order("change", stream="department", count=1, set={"name": f"Ny avdeling {number}"})
        acme.order("delete", stream="department", count=1)
        acme.run()
    before = live_of(world, acme.name)
    assert forget_snapshots(seen_by(world, acme.name), 60)["removed"] == 0, "it is not a week yet"
    found = forget_snapshots(seen_by(world, acme.name, KEPT_FOR + 2 * GATHERED_FOR), 60)
    assert (found["outcome"], found["removed"] > 0, found["bytes"] > 0) == ("forgotten", True, True)
    assert not world.objects.exists(str(first["department"]))
    assert world.objects.exists(str(first["customer"])), "it has not changed, and is in use"
    assert live_of(world, acme.name) == before
    acme.events()
    acme.run()
    assert acme.events() == []
