"""API changes on their way to judgement, and an operator's decisions on them.

An error travels through the state machine as a name and a text that may be cut; the changes themselves are
noted here before the error leaves, and read again by JudgeChange.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.change import Change
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incident, Incidents
from sluice.usecases.world import World, iso


@contextmanager
def remembering_changes(world: World, connection: str, stream: str, run: str) -> Iterator[None]:
    """Note the changes of an ApiChanged that leaves the block, so that JudgeChange finds them whole."""
    try:
        yield
    except ApiChanged as changed:
        value = {"connection": connection, "changes": [change.to_json() for change in changed.changes]}
        world.runs_table.put(f"run#{run}", f"change#{stream}", value, expires_at=world.expiry())
        raise


def remembered_changes(world: World, run: str, stream: str) -> list[Change]:
    """Return the changes that a step of this run noted for the stream."""
    item = world.runs_table.get(f"run#{run}", f"change#{stream}")
    return [Change.from_json(found) for found in item.value["changes"]] if item else []


def list_changes(world: World, connection: str | None = None) -> list[Incident]:
    """Return the incidents that are API changes, of one connection or of all, the newest first."""
    names = [connection] if connection else [found.name for found in world.connections.all()]
    found = [incident for name in names for incident in Incidents(world.state, name).all() if incident.change]
    return sorted(found, key=lambda incident: incident.opened_at, reverse=True)


def find_change(world: World, change_id: str) -> Incident:
    """Return the change of this id; raises ConfigurationInvalid naming those that exist."""
    known = list_changes(world)
    for incident in known:
        if incident.id == change_id:
            return incident
    listed = ", ".join(incident.id for incident in known[:20]) or "none"
    message = f"no change {change_id!r}; there are: {listed}"
    raise ConfigurationInvalid(message, [Fault("unknown_change", "/id", message)])


def accept_change(world: World, change_id: str, who: str, reason: str) -> Incident:
    """Take the change as right: the stream is released, and the next run publishes what it held back.

    Accepting twice does nothing more; a rejected change may still be accepted.
    """
    incident = find_change(world, change_id)
    if incident.state == "accepted" or incident.stream is None or incident.change is None:
        return incident
    cursors = Cursors(world.state, incident.connection)
    cursor = cursors.get(incident.stream)
    if cursor.held == incident.id:
        codes = sorted({*cursor.accepted, incident.change["code"]})
        cursors.put(incident.stream, replace(cursor, held=None, accepted=codes))
    return _decide(world, incident, "accepted", (who, reason))


def reject_change(world: World, change_id: str, who: str, reason: str) -> Incident:
    """Take the change as wrong: the stream stays held until the change is accepted or the hold released."""
    incident = find_change(world, change_id)
    if incident.state in {"accepted", "rejected"}:
        return incident
    return _decide(world, incident, "rejected", (who, reason))


def _decide(world: World, incident: Incident, state: str, by: tuple[str, str]) -> Incident:
    who, reason = by
    at = iso(world.clock.now())
    decided = replace(incident, state=state, decided_by=who, decided_at=at, reason=reason)
    Incidents(world.state, incident.connection).put(decided)
    return decided
