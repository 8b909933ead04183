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
from sluice.mapping.program.structuring import Written, holds_by_building, written_object
from sluice.mapping.program.writer import NotWritable, Value, Writer
from sluice.model.shape import Shape

LONGEST_ID = 200
"""Characters of a connection's name and of a source id: with both, no canonical id is too long."""
_NO_LIMIT = 1 << 30
_STRUCTURED = frozenset({Kind.OBJECT, Kind.LIST})

Mapped = tuple[str, bytes]
Run = Callable[[Any, str, bytearray], "Mapped | None"]
"""(decoded record, connection, buffer) -> source id and canonical JSON, None for one that is not ours.

The JSON is written into the buffer first, whatever stands there: one that is used again has grown already.
"""
_write_json = msgspec.json.Encoder().encode_into


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
    return 0 < len(connection) <= LONGEST_ID and "/" not in connection


def written(
    schema: EntitySchema, when: Node | None, source_id: Node, fields: Mapping[str, Node], shape: Shape
) -> Program | None:
    """Return the mapping of these rules for a shape, None where it cannot be written."""
    if not all(map(_may_be_blank, _leaves(schema.fields))) or not _holds(schema):
        return None
    writer = Writer()
    try:
        with writer.function("b") as name:
            record = Value("r", shape)
            if when is not None:
                with writer.block(f"if {when.written(writer, record).code} is not True:"):
                    writer.line("return None")
            _write(writer, record, source_id, fields, schema)
    except NotWritable:
        return None
    longest = -_NO_LIMIT if writer.unproven else min(writer.longest, default=_NO_LIMIT)
    return Program(writer.built(name), schema, longest)


def _write(
    writer: Writer, record: Value, source_id: Node, fields: Mapping[str, Node], schema: EntitySchema
) -> None:
    found = source_id.written(writer, record)
    key = writer.name()
    writer.line(f"{key} = {found.code}")
    if found.filled != DIGITS:
        with writer.block(f"if not {key}.isprintable() or not 0 < len({key}) <= {LONGEST_ID}:"):
            writer.line(f"raise {writer.given_as(Refused)}")
    between = writer.given_as(f"/{schema.name}/")
    rules: dict[str, Written] = {name: node.written for name, node in fields.items()}
    rules["id"] = lambda *_: Value(f"f'{{c}}{{{between}}}{{{key}}}'")
    rules["source_id"] = lambda *_: Value(key)
    made = written_object(writer, record, rules, schema.fields)
    writer.line(f"{writer.given_as(_write_json)}({made.code}, b)")
    writer.line(f"return {key}, bytes(b)")


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
