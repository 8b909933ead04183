"""API changes as an operator looks at them. What is decided on them is sluice.usecases.deciding's."""

from __future__ import annotations

from typing import Any

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.change import Change
from sluice.registry.fleet import Fleet
from sluice.registry.incidents import Incident, Incidents
from sluice.usecases.telling.notices import notice_of
from sluice.usecases.telling.tell import connections_of
from sluice.usecases.world import World


def list_changes(world: World, connection: str | None = None) -> list[Incident]:
    """Return the incidents that are API changes, of one connection or of all, the newest first."""
    names = [connection] if connection else [found.name for found in world.connections.all()]
    found = [incident for name in names for incident in Incidents(world.state, name).all() if incident.change]
    return sorted(found, key=lambda incident: incident.opened_at, reverse=True)


def describe_change(world: World, incident: Incident) -> dict[str, Any]:
    """Return the incident, its change, whose it is, what was done and what can be done, as a JSON object."""
    found = incident.to_json()
    change = found.pop("change") or {}
    connector = world.connections.get(incident.connection).connector
    view = Fleet(world.state, connector).view(incident.stream or "", Change.from_json(change))
    notice = notice_of(incident, view, len(connections_of(world, connector)))
    told = {name: notice.facts[name] for name in ("meaning", "scope", "connections", "since", "did")}
    whose = notice.facts["scope_in_words"]
    return {**found, **change, **told, "whose": whose, "advice": notice.advice}


def find_change(world: World, change_id: str) -> Incident:
    """Return the change of this id; raises ConfigurationInvalid naming those that exist."""
    known = list_changes(world)
    for incident in known:
        if incident.id == change_id:
            return incident
    listed = ", ".join(incident.id for incident in known[:20]) or "none"
    message = f"no change {change_id!r}; there are: {listed}"
    raise ConfigurationInvalid(message, [Fault("unknown_change", "/id", message)])
