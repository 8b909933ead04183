"""JudgeChange: what is to be done about the changes that stopped a stream, done, and told once each."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.policy import goes_on, strongest, with_policy
from sluice.model.change import Action, Change
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incident, Sighting
from sluice.registry.runs import StreamResult
from sluice.usecases.contracts.noted_changes import gravest, noted_of_stream, remembered_changes
from sluice.usecases.failures import Failure
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.telling.tell import report_incident
from sluice.usecases.world import World, iso

GOES_ON = {Action.GO_ON: "go_on", Action.NOTIFY: "told", Action.QUARANTINE: "quarantined"}
"""The outcome of each action under which the stream may be committed."""


class JudgeChange(Struct, frozen=True):
    """``failure`` is what was caught; ``sweep`` is None if not a page of the stream was fetched.

    ``may_go_on`` says that the whole stream is handed over, so that going on skips no record. ``earlier``
    counts the records that earlier runs have read of the sweep.
    """

    run: str
    connection: str
    stream: str
    failure: Failure
    sweep: str | None
    may_go_on: bool = False
    earlier: int = 0


def judge_change(world: World, wanted: JudgeChange) -> dict[str, Any]:
    """Return ``outcome``: go_on, told, quarantined (each with ``accepted`` codes), held or failed.

    People have been told. A held stream is left out of runs until an operator decides. Raises LeaseLost.
    """
    changes = _judged(world.of_run(wanted.run), wanted)
    # Without a change (its note is lost), the failure itself is told.
    incidents = [_report(world, wanted, change) for change in (changes or (None,))]
    action = strongest(changes)
    if changes and goes_on(action) and wanted.may_go_on:
        return _ended(wanted, GOES_ON[action], sorted({change.code for change in changes}))
    keep_what_arrived(world, (wanted.connection, wanted.stream), wanted.run, wanted.sweep)
    outcome = "held" if action is Action.HOLD else "failed"
    incident = next((i for i, one in zip(incidents, changes, strict=False) if one.action is action), None)
    if incident is not None and outcome == "held":
        _hold(world, wanted, incident)
    note = f"sluice changes show {incident.id}" if incident else ""
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(
        wanted.stream, outcome, counts.to_json(), error="ApiChanged", cause=wanted.failure.cause, note=note
    )
    world.runs.put_stream(wanted.run, result, world.expiry())
    return _ended(wanted, outcome, [])


def _judged(world: World, wanted: JudgeChange) -> list[Change]:
    """Return the changes that the sweep noted, with what uses them and what the connection's policy says."""
    connection = world.connections.get(wanted.connection)
    mapper = world.mapper_of(connection, wanted.stream)
    fetched = wanted.earlier + world.runs.chunk_counts(wanted.run, wanted.stream).fetched
    remembered = remembered_changes(world, wanted.run, wanted.stream)
    known = {(change.code, change.path) for change in remembered}
    noted = noted_of_stream(world, wanted.sweep or wanted.run, wanted.stream, fetched).changes
    found = []
    for change in (*remembered, *(one for one in noted if (one.code, one.path) not in known)):
        path = change.segments()
        # What is no field of a record (a status, the list itself) touches every record of the entity.
        whole = () if goes_on(change.action) else (mapper.entity,)
        used_by = change.used_by or (mapper.used.fields_at(path) if path else ()) or whole
        found.append(with_policy(replace(change, used_by=used_by), connection.policy))
    return [change for change in gravest(found) if change.action is not Action.GO_ON] or found[:1]


def _report(world: World, wanted: JudgeChange, change: Change | None) -> Incident:
    at = iso(world.clock.now())
    cause = wanted.failure.cause
    if change is not None and f"{change.code} {change.kind} at {change.path}:" not in cause:
        cause = cause if f"[{change.code} " in cause else change.in_words()
    sighting = Sighting(wanted.run, wanted.stream, "ApiChanged", cause, at, change)
    return report_incident(world, wanted.connection, sighting)


def _hold(world: World, wanted: JudgeChange, incident: Incident) -> None:
    cursors = Cursors(world.state, wanted.connection)
    cursor = cursors.get(wanted.stream)
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    cursors.put(wanted.stream, replace(cursor, held=incident.id))


def _ended(wanted: JudgeChange, outcome: str, accepted: list[str]) -> dict[str, Any]:
    return {
        "stream": wanted.stream,
        "outcome": outcome,
        "error": "ApiChanged",
        "cause": wanted.failure.cause[:500],
        "accepted": accepted,
    }
