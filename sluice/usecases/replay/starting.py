"""Starts replays, under names that make a second start of the same one harmless."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from typing import Any

from sluice.errors import ConfigurationInvalid, OutcomeUnknown
from sluice.faults import Fault
from sluice.ports.workflow import ExecutionNotFound
from sluice.registry.audit import Act
from sluice.registry.cursors import Cursors
from sluice.registry.decisions import Decided
from sluice.usecases.operating.auditing import audited
from sluice.usecases.operating.quarantine import quarantined_streams
from sluice.usecases.replay.plan import Replay
from sluice.usecases.replay.selection import keep_selection
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
    first, *_ = names = names_of_replays(connection, decided)
    for name in names:
        if _may_start(world, name):
            if not is_anything_waiting(world, where, decided.sweep):
                return None if name == first else first
            world.replays.start(name, payload_of(connection, stream, decided.sweep))
            return name
        if world.replays.describe(name).status in {"RUNNING", "SUCCEEDED"}:
            return name
    raise OutcomeUnknown(f"{first} failed {_ATTEMPTS} times; sluice runs show {first} says why")


def names_of_replays(connection: str, decided: Decided) -> list[str]:
    """Return the names that replays of an accepted change have, each after the one that failed before it."""
    first = f"{connection}-replay-{decided.id}"
    return [first if attempt == 1 else f"{first}-{attempt}" for attempt in range(1, _ATTEMPTS + 1)]


def replay_quarantine(
    world: World, connection: str, stream: str | None = None, key: str | None = None
) -> list[str]:
    """Start a replay of every stream with quarantined records, or of one; return the names.

    ``key`` is the caller's own name of this start: with the same one nothing is started twice. Raises
    ConfigurationInvalid for an unknown connection and for a stream that is held.
    """
    known = world.connections.get(connection)
    wanted = _replayable(world, known.name, stream)
    return [_start(world, (known.name, name), None, key) for name in wanted]


def replay_records(
    world: World, where: tuple[str, str], source_ids: Collection[str], key: str | None = None
) -> str | None:
    """Start a replay of some quarantined records of a stream; return its name, None where none is there.

    ``where`` is connection and stream; raises ConfigurationInvalid where no stream is given.

    Of each record only its newest state goes on, as in any replay. Raises ConfigurationInvalid as
    replay_quarantine does.
    """
    connection, stream = world.connections.get(where[0]).name, where[1]
    if not stream:
        message = "records are named within a stream; right would be a stream, too"
        raise ConfigurationInvalid(message, [Fault("stream_missing", "/stream", message)])
    for name in _replayable(world, connection, stream):
        return _start(world, (connection, name), source_ids, key)
    return None


def _start(world: World, where: tuple[str, str], source_ids: Collection[str] | None, key: str | None) -> str:
    connection, stream = where
    name = _name(world, where, key)
    if key is not None and not _may_start(world, name):
        return name
    about = {"stream": stream, "records": "all" if source_ids is None else len(set(source_ids))}
    with audited(world, Act(world.who, "quarantine.replay", name, connection, before=about)):
        if source_ids is not None:
            # Before it starts: its plan is made once.
            keep_selection(world, Replay(name, connection, stream).prefix, set(source_ids))
        world.replays.start(name, payload_of(connection, stream, None))
    return name


def _name(world: World, where: tuple[str, str], key: str | None) -> str:
    if key is not None:
        return f"{where[0]}-replay-{hashlib.sha256(' '.join((*where, key)).encode()).hexdigest()[:24]}"
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    return f"{where[0]}-replay-{moment}-{secrets.token_hex(2)}"


def _replayable(world: World, connection: str, stream: str | None) -> list[str]:
    """Return the streams with quarantined records, or the one; raises ConfigurationInvalid for one held."""
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
    return wanted


def payload_of(connection: str, stream: str, sweep: str | None) -> dict[str, Any]:
    """Return what the execution of a replay is started with; ``sweep`` is a held read, or None."""
    return {"connection": connection, "stream": stream, "sweep": sweep}


def _may_start(world: World, name: str) -> bool:
    try:
        world.replays.describe(name)
    except ExecutionNotFound:
        return True
    return False
