"""The connectors that hold for many connections, looked up together: a request for each version of them."""

from __future__ import annotations

from collections.abc import Iterable

from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.model.connection import Connection
from sluice.registry.packages import DELIVERED, Active
from sluice.usecases.world import World


def connectors_of(
    world: World, connections: Iterable[Connection]
) -> tuple[dict[str, Connector], dict[str, str]]:
    """Return the connector of each connection by its name; and of those that have none, what is wrong."""
    active = world.packages.all_active()
    digests: dict[tuple[str, int], str] = {}
    found: dict[str, Connector] = {}
    invalid: dict[str, str] = {}
    for one in connections:
        name = one.connector
        number = active.get(name, Active()).of(one.name)
        if (name, number) not in digests:
            digests[name, number] = world.packages.version(name, number).digest if number else DELIVERED
        try:
            found[one.name] = world.catalog.pinned(name, digests[name, number]).connector(name)
        except ConfigurationInvalid as error:
            invalid[one.name] = in_a_line(error)
    return found, invalid


def in_a_line(error: ConfigurationInvalid) -> str:
    """Return the first line of what is wrong."""
    return str(error).partition("\n")[0]
