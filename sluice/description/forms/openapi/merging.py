"""Puts schemas together that describe one value: all of them hold, or one of them does."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.description.model import ANYTHING, Field, Lifecycle, Schema


def together(parts: Sequence[Schema], *, nullable: bool) -> Schema:
    """Return what a value is for which every part holds."""
    fields: dict[str, Field] = {}
    for part in parts:
        for name, one in part.fields.items():
            fields[name] = _both(fields[name], one) if name in fields else one
    closed = [part.codes for part in parts if part.codes]
    return Schema(
        types=_narrowest([part.types for part in parts]),
        format=next((part.format for part in parts if part.format), ""),
        nullable=nullable,
        codes=tuple(code for code in closed[0] if all(code in other for other in closed)) if closed else (),
        fields=fields,
        items=next((part.items for part in parts if part.items), None),
    )


def either(parts: Sequence[Schema], *, nullable: bool) -> Schema:
    """Return what a value is for which one of the parts holds."""
    fields: dict[str, Field] = {}
    for part in parts:
        for name, one in part.fields.items():
            fields[name] = _one_of(fields[name], one) if name in fields else one
    shared = {name for name in fields if all(name in part.fields for part in parts)}
    open_ended = any(not part.types and not part.fields for part in parts)
    return Schema(
        types=frozenset() if open_ended else frozenset().union(*(part.types for part in parts)),
        format=parts[0].format if len({part.format for part in parts}) == 1 else "",
        nullable=nullable or any(part.nullable for part in parts),
        codes=_all_codes(parts),
        fields={
            name: Field(one.schema, one.required and name in shared, one.lifecycle)
            for name, one in fields.items()
        },
        items=next((part.items for part in parts if part.items), None),
    )


def _narrowest(types: Sequence[frozenset[str]]) -> frozenset[str]:
    said = [one for one in types if one]
    if not said:
        return frozenset()
    shared = frozenset.intersection(*said)
    return shared or frozenset().union(*said)


def _both(one: Field, other: Field) -> Field:
    schema = one.schema if other.schema == ANYTHING else other.schema
    lifecycle = one.lifecycle if one.lifecycle != Lifecycle() else other.lifecycle
    return Field(schema, one.required or other.required, lifecycle)


def _one_of(one: Field, other: Field) -> Field:
    schema = one.schema
    if not schema.name and not other.schema.name and schema != other.schema:
        schema = either([schema, other.schema], nullable=False)
    lifecycle = one.lifecycle if one.lifecycle == other.lifecycle else Lifecycle()
    return Field(schema, one.required and other.required, lifecycle)


def _all_codes(parts: Sequence[Schema]) -> tuple[str, ...]:
    if not all(part.codes for part in parts):
        return ()
    return tuple(dict.fromkeys(code for part in parts for code in part.codes))
