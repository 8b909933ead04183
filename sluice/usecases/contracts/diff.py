"""Two descriptions side by side, for everybody or for what one connector reads with its mappings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.paths import Path
from sluice.connector.spec import Connector, Stream
from sluice.connector.values import Call, Literal, ObjectOf, Value
from sluice.contract.reliance import Reliance, Segments
from sluice.description.compare import differences
from sluice.description.interest import Interest, touching, uncovered
from sluice.description.model import Description
from sluice.description.read import read_description
from sluice.description.telling import breaks
from sluice.errors import ConfigurationInvalid
from sluice.mapping.mapper import Mapper
from sluice.model.change import Change, Severity
from sluice.usecases.contracts.reliance import reliance_of

Named = tuple[str, bytes]

_WORD = re.compile(r"[A-Za-z_]\w*")


class Diff(Struct, frozen=True):
    """What is different; ``breaking`` says whether a reader loses something that it uses.

    ``unread`` tells what of the two was not understood, ``uncovered`` which operations of the connector the
    old one does not hold.
    """

    changes: tuple[Change, ...]
    breaking: bool
    unread: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()


def diff_of(old: Named, new: Named, interests: Sequence[Interest] | None = None) -> Diff:
    """Compare two descriptions, (name, content) each; raises ConfigurationInvalid where one cannot be read.

    What is used comes first, then what matters most. Without ``interests`` nothing counts as used, and all is
    judged as if it were.
    """
    before, after = _read(*old), _read(*new)
    unread = tuple(dict.fromkeys((*before.unread, *after.unread)))
    if interests is None:
        changes = _worst_first(differences(before, after))
        return Diff(changes, any(map(breaks, changes)), unread)
    changes = _worst_first(touching(before, after, interests, others=True))
    missing = tuple(f"{one.method} {one.path}" for one in uncovered(before, interests))
    return Diff(changes, any(breaks(one) for one in changes if one.used_by), unread, missing)


def interests_of(connector: Connector, mapper_of: Callable[[str], Mapper]) -> list[Interest]:
    """Return what the connector's streams read, by their mappings; raises what ``mapper_of`` raises."""
    return [interest_of(connector, stream, mapper_of(name)) for name, stream in connector.streams.items()]


def interest_of(connector: Connector, stream: Stream, mapper: Mapper) -> Interest:
    """Return what one stream and its mapping rely on, in the terms of the connector's kind of description."""
    reliance = reliance_of(connector, stream, mapper)
    kind = connector.published.kind if connector.published else ""
    method, path, records = _operation(stream, kind)
    used = _of_documents(stream, _used(reliance))
    return Interest(method, path, reliance.entity, used, _sent(stream), records)


def _read(name: str, data: bytes) -> Description:
    try:
        return read_description(data)
    except ConfigurationInvalid as invalid:
        faults = [replace(fault, source=name) for fault in invalid.faults]
        raise ConfigurationInvalid(f"{name} is no description of an API", faults) from invalid


def _worst_first(changes: list[Change]) -> tuple[Change, ...]:
    order = list(Severity)
    return tuple(sorted(changes, key=lambda one: (not one.used_by, -order.index(one.severity))))


def _operation(stream: Stream, kind: str) -> tuple[str, str, Path]:
    """Return method, path and the place of the records as a description of this kind names them."""
    request = stream.request
    if kind == "json_schema":
        return "QUERY", stream.name, stream.records
    if kind == "graphql" or _text(request.body, "query"):
        # The answer is {"data": {field: ...}}, and each field of `data` is an operation of its own.
        below = stream.records[1:] if stream.records[:1] == ("data",) else stream.records
        return "QUERY", below[0] if below else stream.name, below[1:]
    if stream.details is not None:
        return "GET", stream.details.path, stream.details.record
    # JSON-RPC has one address; the method that is called stands in the body.
    called = _text(request.body, "method")
    return request.method, called or stream.path, stream.records


def _text(body: Value | None, name: str) -> str:
    if isinstance(body, Literal):
        found = body.value.get(name) if isinstance(body.value, dict) else None
    else:
        found = _written(body.items.get(name)) if isinstance(body, ObjectOf) else None
    return found if isinstance(found, str) else ""


def _written(value: Value | None) -> Any:
    """Return what a value says by itself: a literal, or the literal parts of what is joined."""
    if isinstance(value, Call) and value.word in {"join", "if_since"}:
        return "".join(str(_written(part) or "") for part in value.values)
    return value.value if isinstance(value, Literal) else None


def _used(reliance: Reliance) -> dict[Segments, tuple[str, ...]]:
    roles = (("key", reliance.key), ("filter", reliance.filtered), ("order", reliance.ordered))
    found: dict[Segments, tuple[str, ...]] = {(): ("rest",)} if reliance.whole_record else {}
    for role, paths in roles:
        for path in paths:
            found[path] = (*found.get(path, ()), role)
    for path, fields in reliance.used.items():
        found[path] = (*found.get(path, ()), *fields)
    return found


def _of_documents(stream: Stream, used: dict[Segments, tuple[str, ...]]) -> dict[Segments, tuple[str, ...]]:
    """Return what is used of the rows as what is used of the documents that hold them."""
    rows = stream.rows
    if rows is None:
        return used
    found: dict[Segments, tuple[str, ...]] = {rows.path: ("rows",)}
    put_there = {rows.number, stream.parents.name if stream.parents else ""}
    for path, fields in used.items():
        if path and path[0] in put_there:
            continue
        place = path[1:] if path[:1] == (rows.name,) else (*rows.path, *path)
        found[place] = (*found.get(place, ()), *fields)
    return found


def _sent(stream: Stream) -> frozenset[str]:
    paged = (stream.pagination.at, stream.pagination.limit)
    names = [place.name for place in paged if place and place.name]
    if stream.details is not None:
        return frozenset((*stream.details.request.query, *stream.details.request.headers))
    for part in (stream.request, stream.incremental, stream.windows):
        if part:
            names += [*part.query, *part.headers]
    # A query of GraphQL names its arguments in its own text.
    return frozenset((*names, *_WORD.findall(_text(stream.request.body, "query"))))
