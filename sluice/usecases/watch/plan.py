"""PlanWatch: which descriptions there are to read, each once.

A description that anybody may see is read once for all connections that it speaks for; one that is shown to
logged-in clients only, once for each connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid, CredentialsRejected
from sluice.model.connection import Connection
from sluice.registry.descriptions import Descriptions
from sluice.registry.incidents import Incidents
from sluice.usecases.watch.asking import place_of
from sluice.usecases.world import World

EVERYTHING = "*"
"""In place of a connector's name: all of them."""

MOST_PROBES = 500
"""Descriptions read by one execution, so that its states and its history stay within their limits."""


class PlanWatch(Struct, frozen=True):
    """``connector`` is a connector's name, or ``*``."""

    connector: str = EVERYTHING


def plan_watch(world: World, wanted: PlanWatch) -> dict[str, Any]:
    """Return ``connectors`` to tell of and ``probes``: connector, place and a connection it speaks for.

    Those that were read longest ago come first; more than MOST_PROBES wait for the next execution. Raises
    ConfigurationInvalid for an unknown or broken connector that was asked for by name.
    """
    if wanted.connector != EVERYTHING:
        world.catalog.connector(wanted.connector)
    found: dict[tuple[str, str], Connection] = {}
    connectors: dict[str, None] = {}
    for connection, connector in in_use(world, wanted.connector):
        connectors[connector.name] = None
        place = _place(world, connector, connection)
        if place is not None:
            found.setdefault((connector.name, place), connection)
    tried = {
        (connector, place): Descriptions(world.state, world.objects, connector).get(place).tried_at
        for connector, place in found
    }
    probes = [
        {"connector": connector, "place": place, "connection": found[connector, place].name}
        for connector, place in sorted(found, key=lambda key: (tried[key], key))
    ]
    return {
        "connectors": list(connectors),
        "probes": probes[:MOST_PROBES],
        "waiting": len(probes[MOST_PROBES:]),
    }


def in_use(world: World, connector: str = EVERYTHING) -> Iterator[tuple[Connection, Connector]]:
    """Yield the connections that are not paused, with their connectors; a broken connector has none."""
    for connection in world.connections.all():
        if connection.paused or connector not in {EVERYTHING, connection.connector}:
            continue
        try:
            yield connection, world.connector_of(connection)
        except ConfigurationInvalid:
            # Its runs tell of it; the others are watched all the same.
            continue


def _place(world: World, connector: Connector, connection: Connection) -> str | None:
    """Return the place of the connection's description; None where there is nothing to read."""
    published = connector.published
    if published is None or (published.authenticated and _is_refused(world, connection)):
        return None
    try:
        return place_of(world, connector, connection)[0]
    except ConfigurationInvalid:
        return None


def _is_refused(world: World, connection: Connection) -> bool:
    """Return whether the ERP refuses the credentials: trying them daily may lock the user out."""
    open_ones = (found for found in Incidents(world.state, connection.name).all() if found.state == "open")
    return any(found.error == CredentialsRejected.__name__ for found in open_ones)
