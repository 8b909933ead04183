"""Writes how paths are read from a decoded record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from sluice.mapping.program.writer import NOTHING, NotWritable, Value, Writer
from sluice.model.shape import Shape

_STRUCTURED = frozenset({"object", "list"})


def written_path(writer: Writer, at: Value, steps: Sequence[str | int]) -> Value:
    """Return the value at the end of plain steps; raises NotWritable where one may lead through a text."""
    value = at
    for step in steps:
        value = _member(writer, value, step) if isinstance(step, str) else _element(writer, value, step)
    return value


def written_search(
    writer: Writer, at: Value, steps: Sequence[str | int], search: Callable[[Any], Any]
) -> Value:
    """Return what ``search`` finds in a record that holds nothing but the list at the end of ``steps``.

    Null and absent are the same to a search, so what the list was decoded from is made again loosely.
    """
    names = [step for step in steps if isinstance(step, str)]
    if not names or len(names) < len(steps):
        raise NotWritable
    found = written_path(writer, at, names)
    if found.filled is None or (found.filled and found.filled != {"list"}):
        raise NotWritable

    def searched(elements: Any) -> Any:
        record = None if elements is None else msgspec.to_builtins(elements)
        for name in reversed(names):
            record = {name: record}
        return search(record)

    loose = found.shape is not None and not found.shape.is_whole
    return replace(writer.call(searched, found), loose=loose)


def plain(writer: Writer, value: Value) -> Value:
    """Return the value as dicts and lists, as it came; raises NotWritable where that cannot be told."""
    if value.shape is None or value.shape.filled.isdisjoint(_STRUCTURED):
        return value
    if not value.shape.is_whole:
        raise NotWritable
    return writer.call(msgspec.to_builtins, value)


def _member(writer: Writer, value: Value, name: str) -> Value:
    shape = value.shape
    if shape is None or shape.is_map:
        raise NotWritable
    if not shape.filled or (shape.filled == {"object"} and name not in shape.fields):
        return NOTHING
    if shape.filled != {"object"}:
        raise NotWritable
    attribute, inner = shape.attributes[name], shape.fields[name]
    holder = writer.local(value) if value.nullable else value
    if writer.is_present(holder):
        return Value(f"{holder.code}.{attribute}", inner)
    return Value(f"(None if {holder.code} is None else {holder.code}.{attribute})", inner).or_null()


def _element(writer: Writer, value: Value, place: int) -> Value:
    shape = value.shape
    if shape is None or (shape.filled and shape.filled != {"list"}):
        raise NotWritable
    if shape.items is None:
        return NOTHING

    def element(found: list[Any] | None) -> Any:
        return None if found is None or not -len(found) <= place < len(found) else found[place]

    return writer.call(element, value, shape=shape.items).or_null()


def boolean(*, nullable: bool = False) -> Shape:
    """Return the shape of true and false."""
    return Shape(frozenset({"boolean"}), absent=nullable)
