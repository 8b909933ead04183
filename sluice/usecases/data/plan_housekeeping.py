"""PlanHousekeeping: which parts of the lake there is something to tidy in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sluice.lake.holding import Holding, holdings
from sluice.lake.layout import entity_prefix
from sluice.registry.uncompacted import Uncompacted
from sluice.usecases.world import World

MOST_PARTITIONS = 200
"""Partitions of one execution, so that its states and its history stay within their limits."""

LEFT_FOR = timedelta(days=30)
"""How long the files lie that a removed connection left: twice as long as an event can wait in a queue."""


def plan_housekeeping(world: World) -> dict[str, Any]:
    """Return ``partitions`` to compact, each an entity and a connection, and how many more are ``waiting``.

    Those whose files wait longest come first, and those that failed last time at the end. More than
    MOST_PARTITIONS wait for the next execution.
    """
    failing = {(found.entity, found.connection) for found in Uncompacted(world.state).all()}
    connections = {connection.name for connection in world.connections.all()}
    found = []
    for entity in world.catalog.canonical.names():
        for holding in holdings(world.objects.entries(entity_prefix(entity))):
            partition = holding.partition
            if not holding.is_tidy or is_left_over(world, holding, connections):
                is_failing = (entity, partition.connection) in failing
                found.append((is_failing, holding.waiting_since, partition))
    planned = [
        {"entity": partition.entity, "connection": partition.connection} for _, _, partition in sorted(found)
    ]
    return {"partitions": planned[:MOST_PARTITIONS], "waiting": len(planned[MOST_PARTITIONS:])}


def is_left_over(world: World, holding: Holding, connections: set[str]) -> bool:
    """Return whether a connection that is removed left these files, and nothing comes any more.

    Removing a connection removes its part of the lake; what was under way then came after. That there are
    no connections at all is not believed.
    """
    if not connections or holding.partition.connection in connections:
        return False
    return max(entry.put_at for entry in holding.files) < world.clock.now() - LEFT_FOR
