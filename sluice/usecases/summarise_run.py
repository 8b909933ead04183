"""SummariseRun: what the run came to, written down and told; the connection is free again.

A run with a held or failed stream ends FAILED by the name of what stopped it; the others are delivered.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.messages.notification import Notice, Notification, page_of
from sluice.model.chunk import Counts
from sluice.registry.incidents import Sighting
from sluice.registry.runs import CONTINUED, Run, StreamResult
from sluice.usecases.failures import Failure
from sluice.usecases.record_failure import OF_THE_CONNECTION
from sluice.usecases.telling.tell import report_incident, resolve_incidents, tell_untold
from sluice.usecases.world import World, iso

_PART = re.compile(r"(.+)-part-(\d+)")

_MOST_NAMED = 80
"""Signs that the name of an execution may have (Step Functions API reference, StartExecution)."""


class SummariseRun(Struct, frozen=True):
    """``results`` is what the streams returned; ``failure`` is there if the run failed as a whole."""

    run: str
    connection: str
    started_at: str
    results: tuple[dict[str, Any], ...]
    failure: Failure | None = None


def summarise_run(world: World, wanted: SummariseRun) -> dict[str, Any]:
    """Return ``outcome`` (succeeded, held, failed, continued), ``error``, ``cause`` and ``counts``.

    Continued: at least one stream goes on in another run. Then there are ``next``, that run's id,
    ``connection``, and ``status``: how this one ends, continued or what the other streams came to.
    """
    now = iso(world.clock.now())
    streams = _streams(world, wanted)
    counts = sum((Counts.from_json(result.counts) for result in streams.values()), Counts())
    status, error, cause = _outcome(wanted, streams)
    after = _next(wanted, streams)
    run = world.runs.get(wanted.run) or Run(wanted.run, wanted.connection, "", "", wanted.started_at)
    run = replace(run, continued_as=run.continued_as or after)
    ended = replace(run, status=status, ended_at=now, error=error, cause=cause, counts=counts.to_json())
    if wanted.failure is not None:
        _report(world, wanted, None, wanted.failure)
    elif _connection_works(streams):
        resolve_incidents(world, wanted.connection, None, wanted.run)
    tell_untold(world, wanted.connection)
    if status == "succeeded" and run.status == "running":
        _tell_finished(world, ended, streams)
    world.runs.put(ended, world.expiry())
    world.leases.free(wanted.connection, wanted.run)
    answer = {"outcome": status, "error": error, "cause": cause, "counts": counts.to_json()}
    if after is None:
        return answer
    return {**answer, "outcome": CONTINUED, "status": status, "next": after, "connection": wanted.connection}


def _next(wanted: SummariseRun, streams: dict[str, StreamResult]) -> str | None:
    """Return the id of the run that is to go on with what this one leaves, None where it leaves nothing."""
    leaves = any(result.outcome == CONTINUED for result in streams.values())
    # What fails as a whole is left to the schedule: it may fail again.
    return name_of_next(wanted.run) if leaves and wanted.failure is None else None


def name_of_next(run: str) -> str:
    """Return the id of the run that goes on with what the run leaves; started twice, it is started once."""
    found = _PART.fullmatch(run)
    stem, part = (found[1], int(found[2])) if found else (run, 1)
    name = f"{stem}-part-{part + 1}"
    if len(name) <= _MOST_NAMED:
        return name
    digest = hashlib.sha256(stem.encode()).hexdigest()[:12]
    return f"{stem[: _MOST_NAMED // 2]}-{digest}-part-{part + 1}"


def _streams(world: World, wanted: SummariseRun) -> dict[str, StreamResult]:
    """Return the streams as recorded; one that could not even be recorded is taken from the run's state."""
    recorded = world.runs.streams(wanted.run)
    for result in wanted.results:
        name = str(result.get("stream"))
        known = recorded.get(name)
        if known is None or known.outcome in {"reading", "waiting"}:
            recorded[name] = _unrecorded(world, wanted, name, result)
            world.runs.put_stream(wanted.run, recorded[name], world.expiry())
    return recorded


def _unrecorded(world: World, wanted: SummariseRun, stream: str, result: dict[str, Any]) -> StreamResult:
    """Return what the stream came to by the run's state; people are told of a failure, as nobody did yet."""
    if result.get("outcome") == "synced":
        return StreamResult(stream, "synced", counts=result["counts"])
    error, cause = str(result.get("error", "Unknown")), str(result.get("cause", "not recorded"))
    _report(world, wanted, None if error in OF_THE_CONNECTION else stream, Failure(error, cause))
    return StreamResult(stream, "failed", error=error, cause=cause)


def _report(world: World, wanted: SummariseRun, stream: str | None, failure: Failure) -> None:
    at = iso(world.clock.now())
    report_incident(world, wanted.connection, Sighting(wanted.run, stream, failure.error, failure.cause, at))


def _connection_works(streams: dict[str, StreamResult]) -> bool:
    """Return whether what strikes every stream alike is over, though a stream may have its own trouble."""
    errors = {result.error for result in streams.values()}
    is_read = any(result.outcome in {"synced", CONTINUED} for result in streams.values())
    return is_read and not errors & OF_THE_CONNECTION


def _outcome(wanted: SummariseRun, streams: dict[str, StreamResult]) -> tuple[str, str, str]:
    if wanted.failure is not None:
        return "failed", wanted.failure.error, wanted.failure.cause[:500]
    for outcome in ("failed", "held"):
        bad = [result for result in streams.values() if result.outcome == outcome]
        if bad:
            cause = "; ".join(f"{result.stream}: {result.cause}" for result in bad)
            return outcome, bad[0].error or "Unknown", cause[:1_000]
    goes_on = any(result.outcome == CONTINUED for result in streams.values())
    return CONTINUED if goes_on else "succeeded", "", ""


def _tell_finished(world: World, run: Run, streams: dict[str, StreamResult]) -> None:
    quarantined = run.counts.get("quarantined", 0)
    kind = Notice.RUN_DEGRADED if quarantined else Notice.RUN_FINISHED
    counts = run.counts
    told = f"{counts['published']} published, {counts['deleted']} deleted, {counts['unchanged']} unchanged"
    notification = Notification(
        kind=kind,
        connection=run.connection,
        run=run.id,
        time=run.ended_at or run.started_at,
        title=f"{run.connection}: run finished, {told}"
        + (f", {quarantined} quarantined" if quarantined else ""),
        advice=f"See the records: sluice quarantine list {run.connection}" if quarantined else "",
        facts={"counts": counts, "streams": {name: result.counts for name, result in streams.items()}},
        page=page_of("runs", run.id),
    )
    world.notification.publish([notification.to_message()])
