"""Telling people, once per incident."""

from __future__ import annotations

from sluice import errors
from sluice.contract.policy import goes_on
from sluice.messages.notification import BY_ERROR, Notice, Notification
from sluice.model.change import Action
from sluice.registry.incidents import Incident, Incidents, Sighting
from sluice.usecases.world import World, iso


def report_incident(world: World, connection: str, sighting: Sighting) -> Incident:
    """Note what went wrong and tell people if they do not know of it yet; return the incident."""
    incidents = Incidents(world.state, connection)
    incident, must_tell = incidents.report(sighting)
    if must_tell:
        _tell(world, incident)
    return incident


def tell_untold(world: World, connection: str) -> None:
    """Tell of the incidents whose teller died, or found nobody to listen; a repeat has the same notice id."""
    for incident in Incidents(world.state, connection).untold():
        _tell(world, incident)


def _tell(world: World, incident: Incident) -> None:
    world.notification.publish([_notice(incident).to_message()])
    Incidents(world.state, incident.connection).mark_told(incident.id, iso(world.clock.now()))


def _notice(incident: Incident) -> Notification:
    kind = _kind(incident)
    where = f"{incident.connection}/{incident.stream}" if incident.stream else incident.connection
    facts = (
        {"error": incident.error, "change": incident.change} if incident.change else {"error": incident.error}
    )
    return Notification(
        kind=kind,
        connection=incident.connection,
        run=incident.run,
        time=incident.opened_at,
        title=f"{where}: {_TITLES.get(kind, 'the run failed')}",
        detail=incident.cause,
        advice=_advice(incident),
        stream=incident.stream,
        incident=incident.id,
        facts=facts,
    )


def _kind(incident: Incident) -> Notice:
    if incident.change is not None and goes_on(Action(incident.change["action"])):
        return Notice.API_CHANGED
    return BY_ERROR.get(incident.error, Notice.RUN_FAILED)


_TITLES = {
    Notice.API_CHANGED: "the ERP answers differently, and by the connection's policy the stream went on",
    Notice.STREAM_HELD: "held, because the ERP answers differently from what we rely on",
    Notice.CREDENTIALS_REJECTED: "the ERP refuses our credentials",
    Notice.ERP_UNAVAILABLE: "the ERP could not be read",
    Notice.CONFIGURATION_INVALID: "the configuration is wrong",
}


def _advice(incident: Incident) -> str:
    error = getattr(errors, incident.error, None)
    advice: str = getattr(error, "advice", "") or "Look at the run: sluice runs show RUN."
    return advice.replace("NAME", incident.connection).replace("ID", incident.id).replace("RUN", incident.run)
