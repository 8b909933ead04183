"""A mapping written for records of one shape: what it makes is valid, or it says that it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs
import msgspec
import orjson

from sluice.mapping.canonical import EntitySchema, Field
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node
from sluice.mapping.program.filling import DIGITS, Refused
from sluice.mapping.program.structuring import attribute_of, holds_by_building
from sluice.mapping.program.writer import NotWritable, Value, Writer
from sluice.model.shape import Shape

_LONGEST_ID = 200
"""Characters of a connection's name and of a source id: with both, no canonical id is too long."""
_NO_LIMIT = 1 << 30
_STRUCTURED = frozenset({Kind.OBJECT, Kind.LIST})

Mapped = tuple[str, bytes]
Run = Callable[[Any, str], "Mapped | None"]
"""(decoded record, connection) -> source id and canonical JSON, None for one that is not ours."""
_to_json = msgspec.json.Encoder().encode


class Program:
    """``run`` maps a decoded record to the text that it has with its names sorted.

    Where the other way has to be gone it raises Unmappable, Refused or TypeError. A text of at most ``room``
    bytes is valid by its size: nothing in it can be too long.
    """

    def __init__(self, run: Run, schema: EntitySchema, longest: int) -> None:
        self.run = run
        self.room = longest + _frame(schema.fields)


def serves(connection: str) -> bool:
    """Return whether canonical ids with this connection's name are valid."""
    return 0 < len(connection) <= _LONGEST_ID and "/" not in connection


def written(schema: EntitySchema, rules: Mapping[str, Node | None], shape: Shape) -> Program | None:
    """Return the mapping of ``when``, ``id`` and ``root`` for a shape, None where it cannot be written."""
    if not all(map(_may_be_blank, _leaves(schema.fields))) or not _holds(schema):
        return None
    writer = Writer()
    try:
        with writer.function() as name:
            _write(writer, rules, schema, shape)
    except NotWritable:
        return None
    longest = -_NO_LIMIT if writer.unproven else min(writer.longest, default=_NO_LIMIT)
    return Program(writer.built(name), schema, longest)


def _write(writer: Writer, rules: Mapping[str, Node | None], schema: EntitySchema, shape: Shape) -> None:
    record, when, source_id, root = Value("r", shape), rules["when"], rules["id"], rules["root"]
    if source_id is None or root is None:
        raise NotWritable
    if when is not None:
        with writer.block(f"if {when.written(writer, record).code} is not True:"):
            writer.line("return None")
    found = source_id.written(writer, record)
    key = writer.name()
    writer.line(f"{key} = {found.code}")
    if found.filled != DIGITS:
        with writer.block(f"if not {key}.isprintable() or not 0 < len({key}) <= {_LONGEST_ID}:"):
            writer.line(f"raise {writer.given_as(Refused)}")
    writer.line(f"d = {root.written(writer, record).code}")
    between = writer.given_as(f"/{schema.name}/")
    writer.line(f"d.{attribute_of('id', schema.fields)} = f'{{c}}{{{between}}}{{{key}}}'")
    writer.line(f"d.{attribute_of('source_id', schema.fields)} = {key}")
    writer.line(f"return {key}, {writer.given_as(_to_json)}(d)")


def _frame(fields: Mapping[str, Field]) -> int:
    """Return how many bytes of any record of these fields are no value."""
    return len(orjson.dumps(dict.fromkeys(fields))) - len("null") * len(fields)


def _leaves(fields: Mapping[str, Field]) -> Iterator[Field]:
    for field in fields.values():
        yield field
        yield from _leaves(field.fields)
        if field.items is not None:
            yield from _leaves({"": field.items})


def _may_be_blank(field: Field) -> bool:
    """Return whether null is valid wherever no value is required."""
    if field.required or field.kind in _STRUCTURED:
        return True  # of objects and lists the type alone says it
    return bool(jsonschema_rs.validator_for(dict(field.rule)).is_valid(None))


def _holds(schema: EntitySchema) -> bool:
    """Return whether objects and lists are valid when their parts are."""
    head = {name: said for name, said in schema.schema.items() if name not in {"$schema", "$id", "$defs"}}
    structured = (field for field in _leaves(schema.fields) if field.kind in _STRUCTURED)
    return holds_by_building(head) and all(holds_by_building(field.rule) for field in structured)
