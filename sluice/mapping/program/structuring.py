"""Writes objects and lists of the canonical model; the names of an object's fields are sorted.

An object is made as a struct: making one and writing it as JSON takes half of what a dict takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from sluice.mapping.program.reading import plain, written_path
from sluice.mapping.program.writer import NOTHING, NotWritable, Value, Writer
from sluice.model.shape import Shape

Written = Callable[[Writer, Value], Value]
_SAID = frozenset({"type", "properties", "required", "additionalProperties", "items", "$ref"})
"""Keywords of objects and lists that hold by how they are built."""
_ABOUT = frozenset({"title", "description", "x-personal", "x-unit"})
_BUILT = Shape(frozenset({"built"}))
"""The shape of what is canonical already: nobody looks into it."""


def holds_by_building(rule: Mapping[str, Any]) -> bool:
    """Return whether what is built of an object's or list's valid parts is valid itself."""
    return rule.keys() <= _SAID | _ABOUT


def written_object(writer: Writer, at: Value, rules: Mapping[str, Written], names: Iterable[str]) -> Value:
    """Return an object of the fields ``names``; those without a rule are null."""
    return Value(_made(writer, _values(writer, at, rules), names), _BUILT)


def written_below(
    writer: Writer, at: Value, below: tuple[str, Mapping[str, Written]], names: Iterable[str]
) -> Value:
    """Return an object that is null where all of its values are; their paths begin with the first name."""
    first, rules = below
    holder = written_path(writer, at, (first,))
    if not holder.filled:
        return NOTHING
    if holder.nullable:
        holder = writer.local(holder)
    built = writer.name()
    writer.line(f"{built} = None")
    with writer.block(f"if {holder.code} is not None:", present=holder.code):
        _unless_blank(writer, built, _values(writer, at, rules), names)
    return Value(built, _BUILT).or_null()


def written_nullable(writer: Writer, at: Value, rules: Mapping[str, Written], names: Iterable[str]) -> Value:
    """Return an object that is null where all of its values are."""
    built = writer.name()
    writer.line(f"{built} = None")
    _unless_blank(writer, built, _values(writer, at, rules), names)
    return Value(built, _BUILT).or_null()


def written_plain_list(writer: Writer, elements: Value, read: Callable[[Any, str], Any]) -> Value:
    """Return what ``read`` makes of a list that is plain; nothing is known of what is in it."""
    if elements.loose:
        raise NotWritable
    writer.unproven = True
    return Value(f"{writer.given_as(read)}({elements.code}, c)", _BUILT).or_null()


def written_list(writer: Writer, elements: Value, one: Written, *, of_objects: bool, required: bool) -> Value:
    """Return a list of what ``one`` makes of each of the ``elements``."""
    shape = elements.shape
    if shape is None or (shape.filled and shape.filled != {"list"}) or (required and elements.nullable):
        raise NotWritable
    if shape.items is None:
        return writer.call(_empty_or_none, elements, shape=_BUILT).or_null()
    if of_objects and (shape.items.filled != {"object"} or shape.items.nullable):
        raise NotWritable
    with writer.function() as name:
        made = one(writer, Value("r", shape.items))
        writer.line(f"return {plain(writer, made).code}")
    found = writer.local(elements)
    code = f"[{name}(e, c) for e in {found.code}]"
    if writer.is_present(found):
        return Value(code, _BUILT)
    return Value(f"(None if {found.code} is None else {code})", _BUILT).or_null()


def _empty_or_none(found: Any) -> Any:
    return None if found is None else []


def _values(writer: Writer, at: Value, rules: Mapping[str, Written]) -> dict[str, Value]:
    return {name: written(writer, at) for name, written in rules.items()}


def _unless_blank(writer: Writer, built: str, values: Mapping[str, Value], names: Iterable[str]) -> None:
    if any(not value.nullable for value in values.values()):
        writer.line(f"{built} = {_made(writer, values, names)}")
        return
    found = {name: writer.local(value) for name, value in values.items()}
    filled = " or ".join(f"{value.code} is not None" for value in found.values()) or "False"
    with writer.block(f"if {filled}:"):
        writer.line(f"{built} = {_made(writer, found, names)}")


def attribute_of(name: str, names: Iterable[str]) -> str:
    """Return under which attribute an object of the fields ``names`` has one of them."""
    return f"f{sorted(names).index(name)}"


def _made(writer: Writer, values: Mapping[str, Value], names: Iterable[str]) -> str:
    """Return the code that makes an object; raises NotWritable for names that no struct may have."""
    ordered = sorted(names)
    attributes = {attribute_of(name, ordered): name for name in ordered}
    try:
        made = msgspec.defstruct("Made", list(attributes), rename=attributes, gc=False)
    except ValueError as refused:
        raise NotWritable from refused
    codes = (values[name].code if name in values else "None" for name in ordered)
    return f"{writer.given_as(made)}({', '.join(codes)})"
