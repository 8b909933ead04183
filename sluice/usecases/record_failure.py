"""RecordFailure: a stream ended in an error that is no API change; it is written down and told once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sluice.errors import LeaseLost
from sluice.registry.incidents import Sighting
from sluice.registry.runs import StreamResult
from sluice.usecases.failures import Failure
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.tell import report_incident
from sluice.usecases.world import World, iso

OF_THE_CONNECTION = frozenset({"CredentialsRejected", "LeaseLost"})
"""Errors that strike every stream of a connection alike: one incident, not one per stream."""


@dataclass(frozen=True, slots=True)
class RecordFailure:
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
    stream = None if failure.error in OF_THE_CONNECTION else wanted.stream
    sighting = Sighting(wanted.run, stream, failure.error, failure.cause, iso(world.clock.now()))
    report_incident(world, wanted.connection, sighting)
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(wanted.stream, "failed", counts.to_json(), error=failure.error, cause=failure.cause)
    world.runs.put_stream(wanted.run, result, world.expiry())
    return {
        "stream": wanted.stream,
        "outcome": "failed",
        "error": failure.error,
        "cause": failure.cause[:500],
    }
