"""Writes conditions and tables in such a way that common kinds of values need no call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sluice.mapping.program.reading import boolean, plain
from sluice.mapping.program.writer import NOTHING, Value, Writer
from sluice.model.shape import Shape

Written = Callable[[Writer, Value], Value]
_BOOLEAN = frozenset({"boolean"})
_KINDS = {str: "text", bool: "boolean", int: "integer", type(None): "null"}


def literal(writer: Writer, constant: Any) -> Value:
    """Return a literal of the mapping."""
    kind = _KINDS.get(type(constant))
    shape = None if kind is None else Shape(frozenset({kind}))
    return Value(writer.given_as(constant), shape, (constant,))


def negated(writer: Writer, value: Value, negate: Callable[[Any], Any]) -> Value:
    """Return ``value`` turned; ``negate`` does it for what is no boolean."""
    if value.filled != _BOOLEAN:
        return writer.call(negate, plain(writer, value))
    if writer.is_present(value):
        return Value(f"(not {value.code})", boolean())
    found = writer.local(value)
    return Value(f"(None if {found.code} is None else not {found.code})", boolean(nullable=True))


def equal(writer: Writer, value: Value, wanted: Sequence[Any], equals: Callable[[Any], bool]) -> Value:
    """Return whether the value is one of the literals; ``equals`` says so for every kind of value."""
    kinds = {_KINDS.get(type(one)) for one in wanted}
    if value.filled is None or kinds not in ({"text"}, {"integer"}) or not value.filled <= kinds:
        return Value(writer.call(equals, plain(writer, value)).code, boolean())
    if len(wanted) == 1:
        return Value(f"({value.code} == {writer.given_as(wanted[0])})", boolean())
    return Value(f"({value.code} in {writer.given_as(frozenset(wanted))})", boolean())


def null_where(writer: Writer, value: Value, wanted: Sequence[Any], equals: Callable[[Any], bool]) -> Value:
    """Return the value, or null where it is one of the literals."""
    found = writer.local(value)
    asked = equal(writer, found, wanted, equals)
    return Value(f"(None if {asked.code} else {found.code})", value.shape).or_null()


def looked_up(
    writer: Writer,
    value: Value,
    table: Mapping[str, Any],
    literals: Sequence[Any],
    look_up: Callable[[Any], Any],
) -> Value:
    """Return which of the literals is the value's; ``look_up`` says it of any, or raises where there is none.

    Of a text that the table has, the table says the same at once, unless its entry is a blank one.
    """
    if value.filled is not None and value.filled <= {"text"}:
        value = writer.local(value)
        found = Value(f"({writer.given_as(table)}.get({value.code}) or {writer.call(look_up, value).code})")
    else:
        found = writer.call(look_up, plain(writer, value))
    kinds = {_KINDS.get(type(one), "other") for one in literals}
    shape = None if "other" in kinds else Shape(frozenset(kinds), absent=True)
    return Value(found.code, shape, (*literals, None))


def chosen(
    writer: Writer,
    at: Value,
    condition: tuple[Written, Callable[[Any], bool]],
    branches: Sequence[Written],
) -> Value:
    """Return the first branch where the condition holds, else the second, or null where there is none."""
    asked = condition[0](writer, at)
    if asked.filled != _BOOLEAN:
        asked = writer.call(condition[1], plain(writer, asked))
    name = writer.name()
    found = []
    for head, branch in zip((f"if {asked.code}:", "else:"), branches, strict=False):
        with writer.block(head):
            value = branch(writer, at)
            found.append(value if len(branches) == 1 else plain(writer, value))
            writer.line(f"{name} = {found[-1].code}")
    if len(branches) == 1:
        with writer.block("else:"):
            found.append(NOTHING)
            writer.line(f"{name} = None")
    return _one_of(name, found)


def first_filled(writer: Writer, at: Value, parts: Sequence[Written]) -> Value:
    """Return the first value that is neither null nor empty text."""
    name, found = writer.name(), [NOTHING]
    writer.line(f"{name} = None")
    for part in parts:
        with writer.block(f'if {name} is None or {name} == "":'):
            found.append(plain(writer, part(writer, at)))
            writer.line(f"{name} = {found[-1].code}")
    with writer.block(f'if {name} == "":'):
        writer.line(f"{name} = None")
    return _one_of(name, found)


def _one_of(name: str, found: Sequence[Value]) -> Value:
    shapes = [value.shape for value in found if value.shape is not None]
    loose = any(value.loose for value in found)
    filled = [value for value in found if value.filled is None or value.filled]
    if len(filled) == 1:
        return replace(filled[0].or_null(), code=name)
    if len(shapes) < len(found) or any(shape.filled & {"object", "list"} for shape in shapes):
        return Value(name, loose=loose)
    kinds = frozenset[str]().union(*(shape.kinds for shape in shapes))
    only = tuple(one for value in found for one in value.only or ()) if all(v.only for v in found) else None
    return Value(name, Shape(kinds, absent=any(shape.absent for shape in shapes)), only)
