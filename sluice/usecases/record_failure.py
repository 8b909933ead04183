"""RecordFailure: a stream ended in an error that is no API change; it is written down and told once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from msgspec import Struct

from sluice.errors import ApiChanged, CredentialsRejected, LeaseLost
from sluice.model.change import Change
from sluice.model.change_kinds import change_of
from sluice.registry.fleet import Fleet
from sluice.registry.incidents import Incidents, Sighting
from sluice.registry.runs import StreamResult
from sluice.usecases.contracts.noted_changes import remembered_changes
from sluice.usecases.failures import Failure
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.telling.tell import connections_of, report_incident
from sluice.usecases.world import World, iso

OF_THE_CONNECTION = frozenset({"CredentialsRejected", "LeaseLost"})
"""Errors that strike every stream of a connection alike: one incident, not one per stream."""

_REFUSED = CredentialsRejected.__name__


class RecordFailure(Struct, frozen=True):
    """``failure`` is what was caught; ``sweep`` is None if not a page of the stream was fetched."""

    run: str
    connection: str
    stream: str
    failure: Failure
    sweep: str | None


def record_failure(world: World, wanted: RecordFailure) -> dict[str, Any]:
    """Return stream, outcome ``failed``, error and cause, after noting and telling them."""
    failure = wanted.failure
    # What another run holds is not touched; it keeps what this one left.
    with suppress(LeaseLost):
        keep_what_arrived(world, (wanted.connection, wanted.stream), wanted.run, wanted.sweep)
    report_incident(world, wanted.connection, _sighting(world, wanted))
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(wanted.stream, "failed", counts.to_json(), error=failure.error, cause=failure.cause)
    world.runs.put_stream(wanted.run, result, world.expiry())
    return {
        "stream": wanted.stream,
        "outcome": "failed",
        "error": failure.error,
        "cause": failure.cause[:500],
    }


def _sighting(world: World, wanted: RecordFailure) -> Sighting:
    """Return what the run met; credentials that are refused nearly everywhere are the vendor's change."""
    failure, at = wanted.failure, iso(world.clock.now())
    stream = None if failure.error in OF_THE_CONNECTION else wanted.stream
    change = _refused_everywhere(world, wanted.connection, at) if failure.error == _REFUSED else None
    change = change or _noted_already(world, wanted)
    error = ApiChanged.__name__ if change else failure.error
    return Sighting(wanted.run, stream, error, failure.cause, at, change)


def _noted_already(world: World, wanted: RecordFailure) -> Change | None:
    """Return the change whose incident JudgeChange has opened, but of which it could tell nobody.

    People are told of it then; a failure of its own would be a second incident for the same thing.
    """
    if wanted.failure.error != ApiChanged.__name__:
        return None
    incidents = Incidents(world.state, wanted.connection)
    for change in remembered_changes(world, wanted.run, wanted.stream):
        known = incidents.get(change.fingerprint(wanted.connection, wanted.stream))
        if known is not None and known.state == "open":
            return change
    return None


def _refused_everywhere(world: World, connection: str, at: str) -> Change | None:
    connector = world.connections.get(connection).connector
    fleet, known = Fleet(world.state, connector), connections_of(world, connector)
    refused, is_most = fleet.refused(connection, at, len(known))
    if not is_most:
        return None
    after = f"refused for {len(refused.seen)} of {len(known)} connections within 15 minutes"
    change = change_of("D22", "status", ("credentials that work", after), ("credentials",))
    for name in refused.seen:
        fleet.sight("", change, name, at)
    return change
