"""Accepting and rejecting a change: one act, that a crash or a second operator can only repeat, never double.

The decision itself is written first, by a conditional write, with all that it needs; everything after it
follows from it and can be done again: whoever accepts once more completes what somebody else left off.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid, LeaseLost
from sluice.faults import Fault
from sluice.mapping.patch import Suggestion
from sluice.model.change import Action, Change
from sluice.registry.audit import Act
from sluice.registry.contracts import Contracts, Decision
from sluice.registry.cursors import Cursors
from sluice.registry.decisions import Decided, Decisions
from sluice.registry.incidents import Incident, Incidents
from sluice.usecases.deciding.changes import find_change, list_changes
from sluice.usecases.deciding.overrides import check_patch, put_patch
from sluice.usecases.operating.auditing import audited
from sluice.usecases.replay.starting import replay_accepted
from sluice.usecases.world import World, iso

_TRIES = 5
_UNDECIDED = {"open", "rejected"}


class Accepted(Struct, frozen=True):
    """What accepting came to.

    ``decided`` is what holds: of two who decide at once, the one who came first. ``together`` are the ids of
    changes at the same place, accepted with it. ``contract`` is the version that allows it, 0 where a stream
    has none. ``held_by`` is another change that still holds the stream, else ``replay`` the name of the
    execution that hands over what was held or set aside, None where nothing was.
    """

    incident: Incident
    decided: Decided
    together: tuple[str, ...] = ()
    contract: int = 0
    held_by: str | None = None
    replay: str | None = None


def accept_change(world: World, change_id: str, who: str, reason: str, *, patch: bool = False) -> Accepted:
    """Take the change as right: a new contract version, the stream released, its held records replayed.

    With ``patch`` the mapping is patched for this connection as the change suggests. Raises
    ConfigurationInvalid, having decided nothing, for an unknown change or a patch that cannot be made.
    """
    incident = find_change(world, change_id)
    wanted = _decision(world, incident, (who, reason), accepted=True)
    with audited(world, _act("changes.accept", incident, wanted)) as outcome:
        known = Decisions(world.state, incident.connection).get(wanted)
        if patch and (known is None or not known.accepted):
            wanted = replace(wanted, patched=True)
            check_patch(world, incident, suggestion_of(incident))
        decided = Decisions(world.state, incident.connection).decide(wanted)
        accepted = _follow(world, incident, decided)
        outcome.after = {
            "decided_by": decided.who,
            "patched": decided.patched,
            "together": list(accepted.together),
            "contract": accepted.contract,
            "held_by": accepted.held_by,
            "replay": accepted.replay,
        }
    return accepted


def accept_everywhere(
    world: World, change_id: str, who: str, reason: str, *, patch: bool = False
) -> list[Accepted]:
    """Accept the change on every connection of the connector on which the same one is open."""
    incident = find_change(world, change_id)
    first = accept_change(world, change_id, who, reason, patch=patch)
    connector = world.connections.get(incident.connection).connector
    return [first] + [
        accept_change(world, other.id, who, reason, patch=patch)
        for other in list_changes(world)
        if other.state == "open"
        and other.id != incident.id
        and (other.stream, _key(other)) == (incident.stream, _key(incident))
        and world.connections.get(other.connection).connector == connector
    ]


def reject_change(world: World, change_id: str, who: str, reason: str) -> Decided:
    """Take the change as wrong: the stream stays held until the change is accepted after all.

    Returns what holds: a change that was accepted is not rejected any more.
    """
    incident = find_change(world, change_id)
    wanted = _decision(world, incident, (who, reason), accepted=False)
    with audited(world, _act("changes.reject", incident, wanted)) as outcome:
        decided = Decisions(world.state, incident.connection).decide(wanted)
        if not decided.accepted:
            _mark(world, incident.id, decided)
        outcome.after = {"decided_by": decided.who, "accepted": decided.accepted}
    return decided


def suggestion_of(incident: Incident) -> Suggestion:
    """Return the patch that the change suggests; raises ConfigurationInvalid where it suggests none."""
    found = Change.from_json(incident.change).evidence.get("suggestion") if incident.change else None
    if not found:
        message = f"the change {incident.id} suggests no patch; accept it without one, or change the mapping"
        raise ConfigurationInvalid(message, [Fault("no_suggestion", "/id", message)])
    return Suggestion.from_json(found)


def _act(action: str, incident: Incident, wanted: Decided) -> Act:
    before = {"state": incident.state, "stream": incident.stream, "error": incident.error}
    return Act(wanted.who, action, incident.id, incident.connection, wanted.reason, before)


def _decision(world: World, incident: Incident, by: tuple[str, str], *, accepted: bool) -> Decided:
    cursor = Cursors(world.state, incident.connection).get(incident.stream) if incident.stream else None
    who, reason = by
    return Decided(
        incident=incident.id,
        opened_at=incident.opened_at,
        accepted=accepted,
        who=who,
        reason=reason,
        at=iso(world.clock.now()),
        sweep=cursor.begun if cursor and cursor.held else None,
    )


def _follow(world: World, incident: Incident, decided: Decided) -> Accepted:
    """Do what follows from the decision, in an order in which each step may be done again."""
    stream = incident.stream
    if stream is None:
        _mark(world, incident.id, decided)
        return Accepted(incident, decided)
    together = _at_the_same_place(world, incident)
    changes = [Change.from_json(one.change) for one in (incident, *together) if one.change]
    decision = Decision(decided.id, decided.who, decided.reason, decided.at)
    contracts = Contracts(world.state, world.objects, incident.connection)
    contract = contracts.amend(stream, changes, decision)
    if decided.patched:
        put_patch(world, incident, suggestion_of(incident), decided)
    held_by = _release(world, incident, [one.id for one in together])
    for one in (incident, *together):
        _mark(world, one.id, decided)
    # Last: from here on the records flow.
    replay = None if held_by else replay_accepted(world, (incident.connection, stream), decided)
    ids = tuple(one.id for one in together)
    return Accepted(incident, decided, ids, contract.version, held_by, replay)


def _at_the_same_place(world: World, incident: Incident) -> list[Incident]:
    """Return the other undecided changes of the stream at the change's path, or below it.

    A field that was renamed is also a field that is gone: one decision settles both.
    """
    place = _place(incident)
    if not place:
        return []
    return [
        other
        for other in Incidents(world.state, incident.connection).all()
        if other.id != incident.id
        and other.stream == incident.stream
        and other.state in _UNDECIDED
        and _place(other)[: len(place)] == place
    ]


def _release(world: World, incident: Incident, settled: list[str]) -> str | None:
    """Release the stream if what holds it is settled; return the id of the change that holds it still."""
    stream = incident.stream or ""
    cursors = Cursors(world.state, incident.connection)
    for attempt in range(_TRIES):
        cursor = cursors.get(stream)
        if cursor.held not in {incident.id, *settled}:
            return cursor.held
        left = _holding(world, incident, settled)
        try:
            cursors.put(stream, replace(cursor, held=left))
        except LeaseLost:
            # A run wrote the cursor meanwhile.
            if attempt == _TRIES - 1:
                raise
            continue
        return left
    return None


def _holding(world: World, incident: Incident, settled: list[str]) -> str | None:
    """Return another undecided change that the same run held the stream for."""
    incidents = Incidents(world.state, incident.connection)
    for other in incidents.all():
        undecided = other.state in _UNDECIDED and other.id not in {incident.id, *settled}
        at_once = other.stream == incident.stream and other.last_run == incident.last_run
        if undecided and at_once and other.change and other.change["action"] == Action.HOLD:
            return other.id
    return None


def _mark(world: World, incident_id: str, decided: Decided) -> None:
    """Show the decision on the incident, unless that has been opened again since."""
    incident = find_change(world, incident_id)
    opened_again = incident_id == decided.incident and incident.opened_at != decided.opened_at
    if opened_again or incident.opened_at > decided.at:
        return
    state = "accepted" if decided.accepted else "rejected"
    marked = replace(
        incident, state=state, decided_by=decided.who, decided_at=decided.at, reason=decided.reason
    )
    if marked != incident:
        Incidents(world.state, incident.connection).put(marked)
    # Somebody may have accepted meanwhile what is marked as rejected.
    latest = Decisions(world.state, incident.connection).get(decided) or decided
    if latest != decided:
        _mark(world, incident_id, latest)


def _place(incident: Incident) -> tuple[str, ...]:
    return Change.from_json(incident.change).segments() if incident.change else ()


def _key(incident: Incident) -> tuple[str, str]:
    change = incident.change or {}
    return str(change.get("code", "")), str(change.get("path", ""))
