"""Registering a connector on a running deployment, and going back: from then on new runs work with it.

A run under way stays with what it started with (World.of_run). Nothing that does not load, or that a
connection would not fit, is let in; nothing registered is ever lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from sluice.connector.settings import complete_settings
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.registry.audit import Act
from sluice.registry.catalog import Catalog, faults_of
from sluice.registry.packages import DELIVERED, Files, NoSuchVersion, Version
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.operating.auditing import audited
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.world import World, iso


class Wanted(Struct, frozen=True):
    """Which connector is to hold for whom: ``connections`` empty means for all. ``who`` decides, and why."""

    connector: str
    who: str
    reason: str = ""
    connections: tuple[str, ...] = ()


class Registered(Struct, frozen=True):
    """What holds now: the version (0: what was deployed with the code), and for which connections.

    ``streams`` are the connector's; ``read_again`` those of its streams that their next run reads whole, as
    something about them is another. ``before`` is the version that held.
    """

    connector: str
    version: int
    before: int
    connections: tuple[str, ...]
    streams: tuple[str, ...]
    read_again: tuple[str, ...]


def register(world: World, files: Files, wanted: Wanted) -> Registered:
    """Keep the files as a version of the connector, and let it hold; raises ConfigurationInvalid.

    The files that hold already change nothing.
    """
    with audited(world, _act("connectors.register", wanted)) as outcome:
        catalog = world.catalog.with_files(wanted.connector, files)
        _check(world, catalog, wanted)
        at = iso(world.clock.now())
        version = world.packages.add(wanted.connector, files, (wanted.who, wanted.reason, at))
        registered = _switched(world, catalog, wanted, version.number)
        outcome.after = _told(registered)
    return registered


def roll_back(world: World, wanted: Wanted, to: int | None = None) -> Registered:
    """Let an earlier version hold again: ``to``, or the one before; 0 is what was deployed with the code.

    Where nothing was, there is no 0. Raises ConfigurationInvalid, also where a connection would not fit it
    any more.
    """
    with audited(world, _act("connectors.rollback", wanted)) as outcome:
        registered = _rolled_back(world, wanted, to)
        outcome.after = _told(registered)
    return registered


def _rolled_back(world: World, wanted: Wanted, to: int | None) -> Registered:
    world.catalog.require(wanted.connector)
    active = world.packages.active(wanted.connector)
    now = active.of(wanted.connections[0] if wanted.connections else "")
    number = now - 1 if to is None else to
    if number < 0:
        raise _refused(wanted, "nothing_before", "holds as it was deployed; there is no version before it")
    if number == 0 and not world.catalog.was_delivered(wanted.connector):
        why = "was registered here and never deployed with the code; right would be one of its versions"
        raise _refused(wanted, "never_delivered", why)
    if number == now and not (active.connections and not wanted.connections):
        raise _refused(wanted, "holds_already", f"holds in version {now} already; right would be another one")
    try:
        catalog = _catalog_of(world, wanted.connector, number)
    except NoSuchVersion as error:
        raise _refused(wanted, "no_such_version", str(error)) from error
    _check(world, catalog, wanted)
    return _switched(world, catalog, wanted, number)


def versions(world: World, connector: str) -> list[tuple[Version, bool, tuple[str, ...]]]:
    """Return the versions, newest first; each with whether it holds for all, and for whom alone."""
    active = world.packages.active(connector)
    found = []
    for version in world.packages.versions(connector):
        own = tuple(name for name, number in sorted(active.connections.items()) if number == version.number)
        found.append((version, version.number == active.version, own))
    return found


def _act(action: str, wanted: Wanted) -> Act:
    own = wanted.connections[0] if len(wanted.connections) == 1 else ""
    return Act(wanted.who, action, wanted.connector, own, wanted.reason)


def _told(registered: Registered) -> dict[str, Any]:
    return {
        "version": registered.version,
        "version_before": registered.before,
        "connections": list(registered.connections),
        "read_again": list(registered.read_again),
    }


def _switched(world: World, catalog: Catalog, wanted: Wanted, number: int) -> Registered:
    packages, connector = world.packages, wanted.connector
    connection = wanted.connections[0] if wanted.connections else ""
    before = packages.active(connector).of(connection)
    held = world.catalog.of(connection)
    streams = tuple(catalog.connector(connector).streams)
    again = tuple(
        stream for stream in streams if _shape(held, connector, stream) != _shape(catalog, connector, stream)
    )
    packages.activate(connector, number, wanted.connections)
    names = tuple(one.name for one in _touched(world, wanted))
    return Registered(connector, number, before, names, streams, again)


def _shape(catalog: Catalog, connector: str, stream: str) -> str:
    """Return the stream's shape; empty where there is no such stream, or no such connector."""
    try:
        return catalog.shape_of(connector, stream)
    except ConfigurationInvalid:
        return ""


def _catalog_of(world: World, connector: str, number: int) -> Catalog:
    if not number:
        return world.catalog.pinned(connector, DELIVERED)
    version = world.packages.version(connector, number)
    return world.catalog.pinned(connector, version.digest)


def _check(world: World, catalog: Catalog, wanted: Wanted) -> None:
    """Raise ConfigurationInvalid if the files do not load, or a connection that they are for does not fit."""
    faults = faults_of(catalog, wanted.connector)
    if faults:
        raise ConfigurationInvalid(
            f"{wanted.connector} cannot be registered: its files are not valid", faults
        )
    for connection in _touched(world, wanted):
        _check_fits(world, catalog, connection)


def _check_fits(world: World, catalog: Catalog, connection: Connection) -> None:
    connector = catalog.connector(connection.connector)
    try:
        complete_settings(connector, connection.settings)
        credentials_of(world, connection, connector)
        enabled_streams(connection, connector)
    except ConfigurationInvalid as invalid:
        message = f"the connection {connection.name} does not fit this version of {connector.name}"
        raise ConfigurationInvalid(f"{message}: {invalid}", invalid.faults) from invalid


def _touched(world: World, wanted: Wanted) -> Sequence[Connection]:
    """Return the connections that a version would hold for; raises ConfigurationInvalid for one unknown."""
    own: Collection[str] = wanted.connections
    for name in own:
        connection = world.connections.get(name)
        if connection.connector != wanted.connector:
            message = f"the connection {name} is one of {connection.connector}, not of {wanted.connector}"
            raise ConfigurationInvalid(message, [Fault("other_connector", "/connection", message)])
    return [
        one
        for one in world.connections.all()
        if one.connector == wanted.connector and (not own or one.name in own)
    ]


def _refused(wanted: Wanted, code: str, why: str) -> ConfigurationInvalid:
    message = f"{wanted.connector} {why}" if code != "no_such_version" else why
    return ConfigurationInvalid(message, [Fault(code, "/version", message)])
