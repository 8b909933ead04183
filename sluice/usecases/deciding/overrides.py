"""Mappings patched for a connection: made when a change is accepted, dropped once the file says the same."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.patch import Suggestion
from sluice.model.connection import Connection
from sluice.model.yaml_document import read_yaml
from sluice.ports.table import Conflict
from sluice.registry.decisions import Decided
from sluice.registry.incidents import Incident
from sluice.registry.overrides import Override, Overrides
from sluice.usecases.world import World


class Exported(Struct, frozen=True):
    """An override to be brought home: ``text`` for the mapping's file, and the connections that have it.

    ``stale`` says that the file has been changed since the override was made of it. ``faults`` are what the
    connector's checks would say of it: a field under a new name is not declared by the stream yet.
    """

    text: str
    connections: tuple[str, ...]
    stale: bool
    faults: tuple[Fault, ...] = ()


def check_patch(world: World, incident: Incident, suggestion: Suggestion) -> None:
    """Raise ConfigurationInvalid, with what would have to be done by hand, if the patch cannot be made."""
    _patched(world, incident, suggestion, Overrides(world.state, incident.connection).get(_stream(incident)))


def put_patch(world: World, incident: Incident, suggestion: Suggestion, decided: Decided) -> None:
    """Store the patched mapping for the incident's connection; a patch that is in already changes nothing."""
    overrides = Overrides(world.state, incident.connection)
    stream = _stream(incident)
    known = overrides.get(stream)
    if known is not None and decided.id in known.incidents:
        return
    text = _patched(world, incident, suggestion, known)
    if text is None:
        return
    connection = world.connections.get(incident.connection)
    file = world.catalog_of(connection).mapping_text(connection.connector, stream)
    base = known.base if known else _digest(file)
    override = Override(
        text=text,
        base=base,
        incidents=(*(known.incidents if known else ()), decided.id),
        who=decided.who,
        reason=decided.reason,
        at=decided.at,
        version=known.version if known else 0,
    )
    try:
        overrides.put(stream, override)
    except Conflict:
        put_patch(world, incident, suggestion, decided)


def drop_what_came_home(world: World, connection: Connection) -> None:
    """Drop the overrides that say what the mapping's file says by now."""
    overrides = Overrides(world.state, connection.name)
    for stream in list(overrides.streams()):
        override = overrides.get(stream)
        file = world.catalog_of(connection).mapping_text(connection.connector, stream)
        if override is not None and _value(override.text) == _value(file):
            overrides.drop(stream, override.version)


def export_override(world: World, connector: str, stream: str, connection: str | None = None) -> Exported:
    """Return the stream's override, of one connection or the one that all of the connector's share.

    Raises ConfigurationInvalid where there is none, or no such connector, and where connections have
    different ones.
    """
    world.catalog.require(connector)
    found: dict[str, Override] = {}
    for known in world.connections.all():
        override = Overrides(world.state, known.name).get(stream)
        if known.connector == connector and override is not None and connection in {None, known.name}:
            found[known.name] = override
    texts = {override.text for override in found.values()}
    if len(texts) != 1:
        names = ", ".join(found)
        message = (
            f"connections have different overrides of {connector}/{stream}: {names}; say --connection NAME"
            if found
            else f"{connection or 'no connection'} has no override of {connector}/{stream}; the file holds"
        )
        raise ConfigurationInvalid(message, [Fault("no_one_override", "/stream", message)])
    catalog, text = world.catalog.of(connection or ""), texts.pop()
    file = _digest(catalog.mapping_text(connector, stream))
    stale = any(override.base != file for override in found.values())
    declared = catalog.connector(connector).streams[stream]
    return Exported(text, tuple(found), stale, tuple(catalog.mapping_faults(connector, declared, text)))


def _patched(world: World, incident: Incident, suggestion: Suggestion, known: Override | None) -> str | None:
    """Return the patched text; None where the mapping reads the field at its new place already."""
    connection = world.connections.get(incident.connection)
    connector, catalog = connection.connector, world.catalog_of(connection)
    stream, override = _stream(incident), known.text if known else None
    reads = catalog.mapper(connector, stream, override).used.paths()
    if suggestion.after_names in reads and suggestion.before_names not in reads:
        return None
    return catalog.patched(connector, stream, suggestion, override)


def _stream(incident: Incident) -> str:
    return incident.stream or ""


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _value(text: str) -> object:
    return read_yaml(text.encode(), "mapping").value
