"""Whose record is to be erased: named as consumers know it, found in the streams that it may come by."""

from __future__ import annotations

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.model.connection import Connection
from sluice.model.schema_faults import did_you_mean
from sluice.usecases.world import World


class Person(Struct, frozen=True):
    """A record of a person: ``acme/employee/17``. Its source id may have slashes."""

    connection: str
    entity: str
    source_id: str

    @classmethod
    def named(cls, text: str) -> Person:
        """Read ``<connection>/<entity>/<source id>``; raises ConfigurationInvalid."""
        parts = text.split("/", 2)
        if len(parts) < 3 or not all(parts):
            message = f"{text!r} names no record; should be connection/entity/source id: acme/employee/17"
            raise ConfigurationInvalid(message, [Fault("bad_record", "/person", message)])
        return cls(*parts)

    def __str__(self) -> str:
        return f"{self.connection}/{self.entity}/{self.source_id}"


def streams_of(world: World, connection: Connection, entity: str) -> dict[str, Mapper]:
    """Return the mappings of the connection's streams that give this entity, by stream.

    Also of streams that are not enabled: they may have been. Raises ConfigurationInvalid where there is none.
    """
    connector = world.connector_of(connection)
    mappers = {stream: world.mapper_of(connection, stream) for stream in connector.streams}
    found = {stream: mapper for stream, mapper in mappers.items() if mapper.entity == entity}
    if not found:
        known = sorted({mapper.entity for mapper in mappers.values()})
        message = f"{connection.connector} has no stream of {entity}; {did_you_mean(entity, known)}"
        raise ConfigurationInvalid(message, [Fault("unknown_entity", "/person", message)])
    return found
