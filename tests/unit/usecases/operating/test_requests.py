"""What is told of all connections together takes as many requests for a thousand of them as for ten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from sluice.connector.session import Session
from sluice.local.memory_queue import MemoryQueue
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.runs import Run
from sluice.usecases.access.credentials import credentials_name, store_session
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.deciding.changes import complete_index
from sluice.usecases.operating.overview import Need, overview
from sluice.usecases.world import World, iso
from tests.flows.oauth_erp import oauth_documents
from tests.flows.rig import Rig
from tests.unit.usecases.counting import CountingSecrets, CountingTable

LIFE = 'refresh_token_life: {days: 60, source: "https://erp.example/faq"}\n'
DOCUMENTS = oauth_documents("  " + LIFE)


class Unasked(MemoryQueue):
    """A queue of which the overview tells nothing."""

    def depth(self) -> int:
        raise AssertionError("nobody has to know")


def world_of(connections: int) -> tuple[World, CountingTable, CountingSecrets]:
    """Return a world of so many connections behind OAuth: every second one is authorised, and has run."""
    rig, table, secrets = Rig(), CountingTable(), CountingSecrets()
    queues = {"lake": Unasked(rig.clock), "lake-dead-letters": MemoryQueue(rig.clock)}
    world = replace(
        rig.world,
        connections_table=table,
        state=table,
        runs_table=table,
        secrets=secrets,
        catalog=Catalog(DOCUMENTS),
        queues=queues,
    )
    now = world.clock.now()
    for number in range(connections):
        name = f"c{number:04d}"
        world.connections.add(Connection(name, "rotor"))
        world.runs.put(Run(f"run-{name}", name, "rotor", "schedule", iso(now), "succeeded"), 0)
        if number % 2 == 0:
            token = {"refresh_token": Secret(name)}
            secrets.put(credentials_name(name), token)
            store_session(world, name, Session(token, None, now + timedelta(days=number)))
            Cursors(table, name).put("customer", Cursor(committed_at=iso(now)))
    complete_index(world)
    table.requests = secrets.requests = 0
    return world, table, secrets


@pytest.mark.parametrize("connections", [10, 1000])
def test_the_overview_takes_eight_requests(connections: int) -> None:
    world, table, secrets = world_of(connections)
    found = overview(world)
    assert (table.requests, secrets.requests) == (7, 1)
    assert len(found.connections) == connections
    assert found.dead_letters == {"lake": 0}
    waiting = {one.connection for one in found.first if one.need is Need.MUST_BE_AUTHORISED}
    assert waiting == {one.connection for one in found.connections[1::2]}
    ends = [one.credentials.expires_at[:10] if one.credentials else None for one in found.connections]
    assert ends[:4] == [
        iso(world.clock.now())[:10],
        None,
        iso(world.clock.now() + timedelta(days=2))[:10],
        None,
    ]
    assert [one.streams[0].lag for one in found.connections[:2]] == [0, None]


@pytest.mark.parametrize("connections", [10, 1000])
def test_the_notes_on_all_connections_take_two_requests(connections: int) -> None:
    world, table, secrets = world_of(connections)
    known = list(world.connections.all())
    table.requests = 0
    notes = ConnectionDesk(world, Rig().schedules).notes_on(known)
    assert (table.requests, secrets.requests) == (1, 1)
    assert [name for name, note in notes.items() if not note] == [one.name for one in known[::2]]
    assert notes["c0001"] == "must be authorised: sluice connections authorize c0001"
