"""FailReplay: a replay did not come to its end; it is written down and told, and the connection is free.

What it had published is kept; what it had not is in the quarantine still, or read again by the next run.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import LeaseLost
from sluice.registry.incidents import Sighting
from sluice.registry.runs import Run, StreamResult
from sluice.usecases.failures import Failure
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.record_failure import OF_THE_CONNECTION
from sluice.usecases.replay.plan import Replay
from sluice.usecases.replay.plan_replay import TRIGGER
from sluice.usecases.telling.tell import report_incident, tell_untold
from sluice.usecases.world import World, iso


class FailReplay(Struct, frozen=True):
    """``failure`` is what was caught; ``judged`` says that people were told of it as a change.

    ``started_at`` is when the execution began, ISO 8601 UTC.
    """

    replay: Replay
    started_at: str
    failure: Failure
    judged: bool = False


def fail_replay(world: World, wanted: FailReplay) -> dict[str, Any]:
    """Return outcome (``held`` or ``failed``), error and cause, after noting and telling them."""
    replay, failure = wanted.replay, wanted.failure
    known = world.runs.get(replay.run)
    run = known or Run(replay.run, replay.connection, "", TRIGGER, wanted.started_at)
    with suppress(LeaseLost):
        keep_what_arrived(world, replay.where, replay.run, replay.run)
    if not wanted.judged:
        stream = None if failure.error in OF_THE_CONNECTION else replay.stream
        sighting = Sighting(replay.run, stream, failure.error, failure.cause, iso(world.clock.now()))
        report_incident(world, replay.connection, sighting)
    tell_untold(world, replay.connection)
    outcome = "held" if failure.error == "ApiChanged" else "failed"
    counts = world.runs.chunk_counts(replay.run, replay.stream).to_json()
    result = StreamResult(replay.stream, outcome, counts, error=failure.error, cause=failure.cause)
    world.runs.put_stream(replay.run, result, world.expiry())
    cause = failure.cause[:1_000]
    ended = replace(run, status=outcome, ended_at=iso(world.clock.now()), error=failure.error, cause=cause)
    world.runs.put(replace(ended, counts=counts), world.expiry())
    world.leases.free(replay.connection, replay.run)
    return {"outcome": outcome, "error": failure.error, "cause": cause[:500]}
