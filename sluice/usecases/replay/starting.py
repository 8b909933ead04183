"""Starts replays, under names that make a second start of the same one harmless."""

from __future__ import annotations

import secrets
from typing import Any

from sluice.errors import ConfigurationInvalid, OutcomeUnknown
from sluice.faults import Fault
from sluice.ports.workflow import ExecutionNotFound
from sluice.registry.cursors import Cursors
from sluice.registry.decisions import Decided
from sluice.usecases.quarantine import quarantined_streams
from sluice.usecases.replay.sources import is_anything_waiting
from sluice.usecases.world import World

_ATTEMPTS = 9
"""How often an accepted change may be replayed: one replay after each that failed."""


def replay_accepted(world: World, where: tuple[str, str], decided: Decided) -> str | None:
    """Start the replay that an accepted change calls for, unless it runs or has succeeded; return its name.

    ``where`` is connection and stream. After a replay that failed another one is started. None where nothing
    is held or set aside, and no replay was ever started: then the next run reads on.
    """
    connection, stream = where
    first = f"{connection}-replay-{decided.id}"
    for attempt in range(1, _ATTEMPTS + 1):
        name = first if attempt == 1 else f"{first}-{attempt}"
        if _may_start(world, name):
            if not is_anything_waiting(world, where, decided.sweep):
                return None if attempt == 1 else first
            world.replays.start(name, payload_of(connection, stream, decided.sweep))
            return name
        if world.replays.describe(name).status in {"RUNNING", "SUCCEEDED"}:
            return name
    raise OutcomeUnknown(f"{first} failed {_ATTEMPTS} times; sluice runs show {first} says why")


def replay_quarantine(world: World, connection: str, stream: str | None = None) -> list[str]:
    """Start a replay of every stream with quarantined records, or of one; return the names.

    Raises ConfigurationInvalid for an unknown connection and for a stream that is held.
    """
    known = world.connections.get(connection)
    wanted = quarantined_streams(world, known.name)
    if stream is not None:
        wanted = [name for name in wanted if name == stream]
    cursors = Cursors(world.state, known.name)
    held = {name: cursors.get(name).held for name in wanted}
    faults = [
        Fault(
            "stream_held", f"/{name}", f"{name} is held: accept or reject it first: sluice changes show {by}"
        )
        for name, by in held.items()
        if by
    ]
    if faults:
        raise ConfigurationInvalid(f"{known.name}: nothing is replayed while a stream is held", faults)
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    names = []
    for name in wanted:
        names.append(f"{known.name}-replay-{moment}-{secrets.token_hex(2)}")
        world.replays.start(names[-1], payload_of(known.name, name, None))
    return names


def payload_of(connection: str, stream: str, sweep: str | None) -> dict[str, Any]:
    """Return what the execution of a replay is started with; ``sweep`` is a held read, or None."""
    return {"connection": connection, "stream": stream, "sweep": sweep}


def _may_start(world: World, name: str) -> bool:
    try:
        world.replays.describe(name)
    except ExecutionNotFound:
        return True
    return False
