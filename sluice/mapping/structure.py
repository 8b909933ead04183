"""Compiles what has structure: the fields of an object, the elements of a list, the extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sluice.faults import Fault, pointer_of
from sluice.mapping.canonical import Field
from sluice.mapping.conversion import verbatim
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node, Read, Use, Write
from sluice.mapping.program.filling import written_down
from sluice.mapping.program.reading import plain
from sluice.mapping.program.structuring import (
    written_below,
    written_list,
    written_nullable,
    written_object,
    written_plain_list,
)
from sluice.mapping.program.writer import Value, Writer
from sluice.mapping.unmappable import Unmappable

Rules = Mapping[str, Node]


def object_(rules: Rules, fields: Mapping[str, Field], *, nullable: bool) -> Node:
    """An object of the canonical model: every field has a value of its own; those without a rule are null.

    Null where all its values are null. Paths start where the object stands, not below it.

    >>> {object: {city: address.town}}  # {"address": {"town": "Oslo"}}
    {"city": "Oslo"}
    """
    blank: dict[str, Any] = dict.fromkeys(sorted(fields))
    reads = [(name, node.read) for name, node in rules.items()]
    nodes = tuple(rules.values())

    def read_all(record: Any, connection: str) -> Any:
        found = blank.copy()
        for name, value in reads:
            found[name] = value(record, connection)
        return None if nullable and found == blank else found

    read = _sharing(rules, blank, read_all) if nullable else read_all

    def explain(record: Any, connection: str) -> list[Fault]:
        return [fault for node in nodes for fault in node.faults(record, connection)]

    uses = tuple(use for name, node in rules.items() for use in node.uses_for(name))
    write = _writing(rules, fields, nullable=nullable)
    place = nodes[0].place[:1] if nodes else ()
    return Node(read, Kind.OBJECT, uses, place, explain=explain, write=write)


def _writing(rules: Rules, fields: Mapping[str, Field], *, nullable: bool) -> Write:
    written, names, first = (
        {name: node.written for name, node in rules.items()},
        sorted(fields),
        _first(rules),
    )
    if not nullable:
        return lambda writer, at: written_object(writer, at, written, names)
    if not isinstance(first, str):
        return lambda writer, at: written_nullable(writer, at, written, names)
    return lambda writer, at: written_below(writer, at, (first, written), names)


def _first(rules: Rules) -> str | int | None:
    """Return the step with which all paths begin, None where they are not all plain paths that share one."""
    shared = {node.place[:1] for node in rules.values()}
    if len(shared) != 1 or not all(node.within for node in rules.values()):
        return None
    ((first,),) = shared
    return first


def _sharing(rules: Rules, blank: dict[str, Any], read_all: Read) -> Read:
    """Return a reader that takes the first step once, where all the paths of a nullable object share it."""
    first = _first(rules)
    reads = [(name, node.within) for name, node in rules.items() if node.within]
    if first is None:
        return read_all

    def read(record: Any, connection: str) -> Any:
        holder = record.get(first)
        if holder is None:
            return None
        if type(holder) is not dict:
            return read_all(record, connection)  # raises the fault that says what it is instead
        found = blank.copy()
        for name, value in reads:
            found[name] = value(holder, connection)
        return None if found == blank else found

    return read


def each(of: Node, one: Node, *, name: str, required: bool) -> Node:
    """A list: ``object`` or ``value`` is made of every element of the list ``of``.

    Paths start at the element. Null where the list is null or absent. Something that is no list is a fault.

    >>> {each: {of: lines, value: amount}}  # {"lines": [{"amount": 1}, {"amount": 2}]}
    [1, 2]
    """
    of_objects = any(use.path for use in one.uses)

    def elements(record: Any, connection: str) -> Any:
        return _checked(of.read(record, connection), required=required, of_objects=of_objects)

    def made(found: Any, connection: str) -> Any:
        listed = _checked(found, required=required, of_objects=of_objects)
        return None if listed is None else [one.read(element, connection) for element in listed]

    def read(record: Any, connection: str) -> Any:
        return made(of.read(record, connection), connection)

    whole = Node(elements, place=of.place, parts=(of,), target=name)

    def explain(record: Any, connection: str) -> list[Fault]:
        if wrong := whole.faults(record, connection):
            return wrong
        return [
            replace(fault, pointer=f"{pointer_of(*of.place, position)}{fault.pointer}")
            for position, element in enumerate(elements(record, connection) or ())
            for fault in one.faults(element, connection)
        ]

    def write(writer: Writer, at: Value) -> Value:
        found = of.written(writer, at)
        if found.shape is None:
            return written_plain_list(writer, found, made)
        return written_list(writer, found, one.written, of_objects=of_objects, required=required)

    return Node(read, Kind.LIST, _uses_below(of, one), of.place, explain=explain, write=write)


def _checked(found: Any, *, required: bool, of_objects: bool) -> Any:
    """Return the list, which must be one, and of objects where paths go into them."""
    if found is None and required:
        raise Unmappable("required_missing", None, "a list, because it is required")
    if found is not None and type(found) is not list:
        raise Unmappable("not_a_list", found, "a list")
    for element in found or ():
        if of_objects and type(element) is not dict:
            raise Unmappable("not_an_object", element, "an object in every place of the list")
    return found


def rest(used: frozenset[str]) -> Node:
    """Return the extensions ``rest``: all fields of the record, verbatim, but those in ``used``."""

    def read(record: Any, _: str) -> Any:
        return {name: verbatim(value) for name, value in record.items() if name not in used}

    def write(writer: Writer, at: Value) -> Value:
        return written_down(writer, plain(writer, at), lambda record: read(record, ""))

    return Node(read, Kind.OBJECT, target="extensions", personal=True, write=write)


def _uses_below(of: Node, one: Node) -> tuple[Use, ...]:
    if not one.uses:
        return of.uses
    looked_at = tuple(use for use in of.uses if not use.is_end)
    ends = (use for use in of.uses if use.is_end)
    return looked_at + tuple(
        replace(inner, path=outer.path + inner.path) for outer in ends for inner in one.uses
    )
