"""What each stream relies on in a published description: its operation, fields and parameters.

It compares nothing; sluice.description.interest says which differences touch it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sluice.connector.spec import Connector, Stream
from sluice.connector.values import ListOf, Literal, ObjectOf, Value
from sluice.description.interest import Interest
from sluice.errors import ConfigurationInvalid
from sluice.mapping.mapper import Mapper
from sluice.model.connection import Connection
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.watch.tryton_models import method_of
from sluice.usecases.world import World

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Reader:
    """One way of reading a stream, and the connections that read it so: a patched mapping is another way."""

    stream: str
    interest: Interest
    connections: tuple[Connection, ...]


def readers_of(world: World, connector: Connector, connections: Iterable[Connection]) -> list[Reader]:
    """Return who reads what, each way once; a connection whose configuration is broken reads nothing."""
    found: dict[tuple[str, int], tuple[Mapper, list[Connection]]] = {}
    for connection in connections:
        try:
            mappers = {
                name: world.mapper_of(connection, name) for name in enabled_streams(connection, connector)
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


def interest_of(connector: Connector, stream: Stream, mapper: Mapper) -> Interest:
    """Return what one stream and its mapping rely on, in the terms of the connector's kind of description."""
    kind = connector.published.kind if connector.published else ""
    method, path, records = stream.request.method, stream.path, stream.records
    if kind == "tryton":
        path, records = method_of(stream), ()
    elif kind == "graphql":
        # The answer is {"data": {field: ...}}, and each field of `data` is an operation of its own.
        method, path, records = "QUERY", next(iter(records[1:]), stream.name), records[2:]
    elif kind == "json_schema":
        method, path = "QUERY", stream.name
    used = {path: list(fields) for path, fields in mapper.used.fields_by_path.items()}
    for key in stream.key:
        used.setdefault(key, []).insert(0, "key")
    return Interest(
        method=method,
        path=path,
        entity=mapper.entity,
        used={path: tuple(fields) for path, fields in used.items()},
        parameters=frozenset(_sent(stream)),
        records=records,
    )


def _sent(stream: Stream) -> Iterator[str]:
    """Yield the names of what is sent with a request: of parameters, or every word of a query in its body."""
    pagination = stream.pagination
    yield from stream.request.query
    yield from stream.request.headers
    yield from stream.path_parameters
    for part in (stream.incremental, stream.windows):
        if part is not None:
            yield from part.query
            yield from part.headers
    for place in (pagination.at, pagination.limit):
        if place is not None and place.name:
            yield place.name
    if stream.request.body is not None:
        for text in _texts(stream.request.body):
            yield from _WORD.findall(text)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, Literal):
        yield from _plain_texts(value.value)
    elif isinstance(value, ListOf):
        for item in value.items:
            yield from _texts(item)
    elif isinstance(value, ObjectOf):
        for name, item in value.items.items():
            yield name
            yield from _texts(item)


def _plain_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _plain_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _plain_texts(item)
