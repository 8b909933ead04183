"""What a change's suggested patch of the mapping would make of the records that wait: nothing is stored."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sluice.faults import Fault
from sluice.mapping.mapper import Mapped, Mapper
from sluice.registry.cursors import Cursors
from sluice.registry.incidents import Incident
from sluice.registry.overrides import Overrides
from sluice.usecases.deciding.accepting import suggestion_of
from sluice.usecases.operating.redaction import masked_data
from sluice.usecases.replay.sources import entries_of, held_chunks, quarantine_of
from sluice.usecases.world import World

MOST_SHOWN = 50
"""Records of one preview; those that wait may be a million."""


class Previewed(Struct, frozen=True):
    """One record by the mapping as it is and as it would be; where it has faults, the record is None."""

    source_id: str | None
    before: dict[str, Any] | None
    before_faults: tuple[Fault, ...]
    after: dict[str, Any] | None
    after_faults: tuple[Fault, ...]


class Preview(Struct, frozen=True):
    """What the patch would make of the first records that wait; ``mapping`` is the patched file's text."""

    mapping: str
    records: tuple[Previewed, ...]


def preview_patch(world: World, incident: Incident, limit: int = 20, *, whole: bool = True) -> Preview:
    """Return the preview of the change's suggestion, of up to ``limit`` (1..MOST_SHOWN) records.

    Those of the held read first, then of the quarantine. Unless ``whole``, personal values are masked. Raises
    ConfigurationInvalid where nothing is suggested, or the patch cannot be made.
    """
    connection, stream = world.connections.get(incident.connection), incident.stream or ""
    override = Overrides(world.state, connection.name).get(stream)
    known = override.text if override else None
    catalog, suggestion = world.catalog_of(connection), suggestion_of(incident)
    text = catalog.patched(connection.connector, stream, suggestion, known)
    mappers = (
        catalog.mapper(connection.connector, stream, known),
        catalog.mapper(connection.connector, stream, text),
    )
    records = itertools.islice(_waiting(world, (connection.name, stream)), min(limit, MOST_SHOWN))
    shown = (_previewed(record, mappers, connection.name) for record in records)
    return Preview(text, tuple(one if whole else _masked(world, one, mappers[1]) for one in shown))


def _waiting(world: World, where: tuple[str, str]) -> Iterator[dict[str, Any]]:
    cursor = Cursors(world.state, where[0]).get(where[1])
    held = held_chunks(world, where, cursor.begun) if cursor.held and cursor.begun else ()
    for source in itertools.chain(held, quarantine_of(world, where)):
        for entry in entries_of(world, source):
            yield entry.record


def _previewed(record: dict[str, Any], mappers: tuple[Mapper, Mapper], connection: str) -> Previewed:
    before, after = (mapper.map(record, connection) for mapper in mappers)
    source_id = after.source_id if after.source_id is not None else before.source_id
    return Previewed(source_id, _data(before), tuple(before.faults), _data(after), tuple(after.faults))


def _data(mapped: Mapped) -> dict[str, Any] | None:
    return None if mapped.data is None else dict(mapped.data)


def _masked(world: World, one: Previewed, mapper: Mapper) -> Previewed:
    entity = world.catalog.canonical.entity(mapper.entity)
    before, after = (masked_data(data, entity) for data in (one.before, one.after))
    return Previewed(one.source_id, before, one.before_faults, after, one.after_faults)
