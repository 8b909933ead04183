"""API changes as an operator looks at them. What is decided on them is sluice.usecases.deciding's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.change import Change
from sluice.model.connection import Connection
from sluice.ports.table import Item
from sluice.registry.fleet import FleetView, views_of
from sluice.registry.incident_index import Entry, IncidentIndex
from sluice.registry.incidents import Incident, Incidents, incidents_at
from sluice.registry.paging import Page, page_of
from sluice.usecases.telling.notices import notice_of
from sluice.usecases.world import World

_SPARSE = 100
"""Changes that are read at a time where a filter may let few of them through: one request's worth."""


def list_changes(world: World, connection: str | None = None) -> list[Incident]:
    """Return the incidents that are API changes, of one connection or of all, the newest first."""
    names = [connection] if connection else [found.name for found in world.connections.all()]
    found = [incident for name in names for incident in Incidents(world.state, name).all() if incident.change]
    return sorted(found, key=lambda incident: incident.opened_at, reverse=True)


def page_of_changes(
    world: World, state: str | None = None, *, after: str | None = None, limit: int = 50
) -> Page[Incident]:
    """Return the newest API changes of all connections in this state; ``after`` is of the page before.

    It reads about as many items as the page has; with a state at most MOST_READ.
    """

    def read(item: Item) -> Incident | None:
        incident = Incident(**item.value)
        return incident if state in {None, incident.state} else None

    at_a_time = max(limit + 1, _SPARSE) if state else limit + 1
    entries = index_of(world).newest(after, at_a_time)
    return page_of(_read_on(world, entries, at_a_time), read, limit)


def index_of(world: World) -> IncidentIndex:
    """Return the index of all incidents, completed where nobody has done that yet."""
    complete_index(world)
    return IncidentIndex(world.state)


def complete_index(world: World) -> None:
    """Add the incidents of before there was an index; where that is done, it takes one request to see it.

    It may take a while: `sluice up` and the housekeeping do it, so that nobody waits for it at a page.
    """
    index = IncidentIndex(world.state)
    if index.is_whole:
        return
    for connection in world.connections.all():
        known = {incident.entry: incident for incident in Incidents(world.state, connection.name).all()}
        for entry in index.lacking(known):
            one = known[entry]
            index.add(entry, is_change=one.change is not None, is_open=one.state == "open")
    index.mark_whole()


def describe_change(world: World, incident: Incident) -> dict[str, Any]:
    """Return the incident, its change, whose it is, what was done and what can be done, as a JSON object."""
    return describe_changes(world, [incident])[0]


def describe_changes(world: World, incidents: Sequence[Incident]) -> list[dict[str, Any]]:
    """Return what :func:`describe_change` does of each, in few requests for all."""
    known = {connection.name: connection for connection in world.connections.all()}
    connectors = [
        (known.get(one.connection) or world.connections.get(one.connection)).connector for one in incidents
    ]
    changes = [Change.from_json(one.change or {}) for one in incidents]
    streams = (one.stream or "" for one in incidents)
    views = views_of(world.state, list(zip(connectors, streams, changes, strict=True)))
    return [
        _described(incident, view, _in_use(known.values(), connector))
        for incident, view, connector in zip(incidents, views, connectors, strict=True)
    ]


def find_change(world: World, change_id: str) -> Incident:
    """Return the change of this id; raises ConfigurationInvalid naming those that exist."""
    entry = index_of(world).find(change_id)
    incident = Incidents(world.state, entry.connection).get(change_id) if entry else None
    if incident is not None and incident.change is not None:
        return incident
    listed = ", ".join(one.id for one in page_of_changes(world, limit=20).items) or "none"
    message = f"no change {change_id!r}; there are: {listed}"
    raise ConfigurationInvalid(message, [Fault("unknown_change", "/id", message)])


def _read_on(world: World, entries: Iterator[Entry], at_a_time: int) -> Iterator[Item]:
    """Yield the incidents that entries lead to, as items that are sorted by their place."""
    while block := list(islice(entries, at_a_time)):
        found = incidents_at(world.state, block)
        for entry in block:
            if entry in found:
                yield Item(entry.connection, entry.place, found[entry].to_json(), 0)


def _described(incident: Incident, view: FleetView, connections: int) -> dict[str, Any]:
    found = incident.to_json()
    change = found.pop("change") or {}
    notice = notice_of(incident, view, connections)
    told = {name: notice.facts[name] for name in ("meaning", "scope", "connections", "since", "did")}
    return {**found, **change, **told, "whose": notice.facts["scope_in_words"], "advice": notice.advice}


def _in_use(connections: Iterable[Connection], connector: str) -> int:
    return sum(one.connector == connector and not one.paused for one in connections)
