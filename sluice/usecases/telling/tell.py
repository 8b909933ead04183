"""Telling people, once per incident, and once more when it turns out to be the vendor's."""

from __future__ import annotations

from sluice.model.change import Change
from sluice.registry.decisions import Decisions
from sluice.registry.fleet import Fleet, FleetView
from sluice.registry.incidents import Incident, Incidents, Sighting
from sluice.usecases.telling.notices import notice_of, notice_of_end
from sluice.usecases.world import World, iso


def report_incident(world: World, connection: str, sighting: Sighting) -> Incident:
    """Note what went wrong and tell people if they do not know of it yet; return the incident.

    The same change on another connection of the connector is the same incident to people: they are told of
    the first one, and of the second that it is the vendor's; of any further one they know.
    """
    incident, must_tell = Incidents(world.state, connection).report(sighting)
    view = _sighted(world, incident)
    if must_tell:
        _tell(world, incident, view)
    return incident


def tell_untold(world: World, connection: str) -> None:
    """Tell of the incidents whose teller died, or found nobody to listen; a repeat has the same notice id."""
    for incident in Incidents(world.state, connection).untold():
        _tell(world, incident, _sighted(world, incident))


def resolve_incidents(world: World, connection: str, stream: str | None, run: str) -> None:
    """Close the open incidents of a stream (of the connection, for None) that did not strike this run.

    Records set aside still wait for a decision, so their incident stays open. Who was told of trouble is told
    of its end, before the incident is closed: who dies in between tells again, with the same notice id.
    """
    at = iso(world.clock.now())
    incidents = Incidents(world.state, connection)
    for incident in incidents.over(stream, run):
        if incident.announced and incident.is_trouble:
            world.notification.publish([notice_of_end(incident, at).to_message()])
        incidents.close(incident.id, at)
        forget_sighting(world, incident)


def forget_sighting(world: World, incident: Incident) -> None:
    """Note that the incident's connection does not meet its change any more."""
    if incident.change is not None:
        change = Change.from_json(incident.change)
        _fleet(world, incident.connection).over(incident.stream or "", change, incident.connection)


def connections_of(world: World, connector: str) -> list[str]:
    """Return the names of the connector's connections that are in use."""
    found = world.connections.all()
    return [known.name for known in found if known.connector == connector and not known.paused]


def _sighted(world: World, incident: Incident) -> FleetView | None:
    if incident.change is None:
        return None
    change = Change.from_json(incident.change)
    fleet = _fleet(world, incident.connection)
    return fleet.sight(incident.stream or "", change, incident.connection, incident.last_seen_at)


def _fleet(world: World, connection: str) -> Fleet:
    return Fleet(world.state, world.connections.get(connection).connector)


def _was_decided(world: World, incident: Incident) -> bool:
    return Decisions(world.state, incident.connection).was_decided(incident.id)


def _tell(world: World, incident: Incident, view: FleetView | None) -> None:
    # What a person has accepted and is met again is news to them, whatever was told of it before.
    is_news = view is None or view.is_news or _was_decided(world, incident)
    if view is None:
        world.notification.publish([notice_of(incident).to_message()])
    elif is_news:
        connector = world.connections.get(incident.connection).connector
        connections = len(connections_of(world, connector))
        world.notification.publish([notice_of(incident, view, connections).to_message()])
    at = iso(world.clock.now())
    Incidents(world.state, incident.connection).mark_told(incident.id, at, announced=is_news)
    if view is not None and incident.change is not None:
        change = Change.from_json(incident.change)
        _fleet(world, incident.connection).mark_told(incident.stream or "", change, view.scope)
