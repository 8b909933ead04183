"""Joins a compiled value to the canonical field that it fills, with the common cases made direct."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sluice.mapping.canonical import Field
from sluice.mapping.conversion import NATIVE, PASSING, Convert, converter_for, id_of
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node, Read, Write
from sluice.mapping.paths import Path, below_first_step
from sluice.mapping.program.filling import Target, filled, verbatim
from sluice.mapping.program.filling import key as written_key
from sluice.mapping.program.writer import Value, Writer
from sluice.mapping.unmappable import Unmappable


def fill(node: Node, field: Field, name: str, *, personal: bool) -> Node:
    """Return the node that reads ``node`` and converts to ``field``; ``name`` is the field's in messages."""
    uses = node.uses
    if node.path and node.path.is_plain:
        uses = tuple(replace(use, becomes=field.kind) for use in uses)
    return Node(
        read=_reading(node, field),
        within=_within(node, field),
        gives=field.kind,
        uses=uses,
        place=node.place,
        parts=(node,),
        literals=node.literals,
        target=name,
        personal=personal or field.personal,
        write=_writing(node, field),
    )


def _writing(node: Node, field: Field) -> Write:
    if field.kind is Kind.ANY and not field.rule:
        convert = converter_for(field)
        return lambda writer, at: verbatim(writer, node.written(writer, at), convert)
    native = "" if field.strict else PASSING.get(field.kind, "")
    target = Target(
        field.rule,
        field.required,
        native,
        converter_for(field),
        is_number=field.kind is Kind.DECIMAL,
        refers_to=field.reference if field.kind is Kind.REFERENCE else "",
    )
    return lambda writer, at: filled(writer, node.written(writer, at), target)


def key_node(node: Node) -> Node:
    """Return the node that gives the record's id as text; a missing or empty one is a fault."""

    def read(record: Any, connection: str) -> str:
        return _id_text(node.read(record, connection))

    def write(writer: Writer, at: Value) -> Value:
        return written_key(writer, node.written(writer, at), _id_text)

    return replace(node, read=read, parts=(node,), path=None, target="source_id", write=write)


def _id_text(value: Any) -> str:
    if value is None or value == "":
        raise Unmappable("key_missing", None, "the record's id")
    return id_of(value)


def literal_error(field: Field, literal: Any) -> str | None:
    """Return why the mapping's own ``literal`` cannot stand in ``field``; None where it can."""
    try:
        found = converter_for(field)(literal)
    except Unmappable as err:
        return err.in_words(personal=False)
    if found is not None and field.choices and found not in field.choices:
        return f"is {found!r}; should be one of {', '.join(field.choices)}"
    return None


def _reading(node: Node, field: Field) -> Read:
    if field.kind is Kind.REFERENCE:
        return _reference(node.read, field)
    convert = converter_for(field)
    passing = _types_that_pass(field)
    steps = node.path.steps if node.path and node.path.is_plain else ()
    if node.path and steps and all(isinstance(step, str) for step in steps):
        if len(steps) == 1:
            return _one_key(steps[0], convert, passing)
        return _keys(node.path, convert, passing)
    read = node.read

    def reading(record: Any, connection: str) -> Any:
        value = read(record, connection)
        return value if type(value) in passing else convert(value)

    return reading


def _types_that_pass(field: Field) -> frozenset[type]:
    """Return the types of raw values that are the field's canonical value already."""
    native = None if field.strict else NATIVE.get(field.kind)
    passing: set[type] = {native} if native else set()
    if field.kind is Kind.ANY:
        passing = {str, int, bool}
    return frozenset(passing if field.required else passing | {type(None)})


def _within(node: Node, field: Field) -> Read | None:
    below = below_first_step(node.path) if node.path else None
    if below is None:
        return None
    get = below.get
    return _reading(replace(node, path=below, read=lambda record, _: get(record)), field)


def _one_key(key: Any, convert: Convert, passing: frozenset[type]) -> Read:
    def read(record: Any, _: str) -> Any:
        value = record.get(key)
        return value if type(value) in passing else convert(value)

    return read


def _keys(path: Path, convert: Convert, passing: frozenset[type]) -> Read:
    *outer, last = path.steps
    get = path.get

    def read(record: Any, _: str) -> Any:
        found = record
        for key in outer:
            found = found.get(key)
            if type(found) is not dict:
                return convert(get(record))  # null, or the fault that says what it is instead
        value = found.get(last)
        return value if type(value) in passing else convert(value)

    return read


def _reference(read: Read, field: Field) -> Read:
    convert, entity = converter_for(field), field.reference

    def referring(record: Any, connection: str) -> Any:
        value = read(record, connection)
        if type(value) is int:
            return f"{connection}/{entity}/{value}"
        source_id = convert(value)
        return None if source_id is None else f"{connection}/{entity}/{source_id}"

    return referring
