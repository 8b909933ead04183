"""Who reads what of a published description, and on which connections; a patched mapping is a way of its own.

It compares nothing; sluice.description.interest says which differences touch it.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from sluice.connector.spec import Connector
from sluice.description.interest import Interest
from sluice.errors import ConfigurationInvalid
from sluice.mapping.mapper import Mapper
from sluice.model.connection import Connection
from sluice.usecases.contracts.diff import interest_of
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World


class Reader(Struct, frozen=True):
    """One way of reading a stream, and the connections that read it so: a patched mapping is another way."""

    stream: str
    interest: Interest
    connections: tuple[Connection, ...]


def readers_of(world: World, connector: Connector, connections: Iterable[Connection]) -> list[Reader]:
    """Return who reads what, each way once; a connection whose configuration is broken reads nothing.

    What is published describes the API at the connector's base URL: streams at another are not looked at.
    """
    found: dict[tuple[str, int], tuple[Mapper, list[Connection]]] = {}
    for connection in connections:
        try:
            mappers = {
                name: world.mapper_of(connection, name)
                for name in enabled_streams(connection, connector)
                if connector.streams[name].base_url is None
            }
        except ConfigurationInvalid:
            # Its runs tell of it; the others are watched all the same.
            continue
        for name, mapper in mappers.items():
            # The catalogue gives the same mapper for the same mapping.
            found.setdefault((name, id(mapper)), (mapper, []))[1].append(connection)
    return [
        Reader(name, interest_of(connector, connector.streams[name], mapper), tuple(reading))
        for (name, _), (mapper, reading) in found.items()
    ]
