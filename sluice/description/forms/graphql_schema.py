"""Reads the result of a GraphQL introspection query: each field of the query type is an operation.

Mutations and subscriptions are not read. Objects are asked for field by field, so what is described is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sluice.description.forms.lifecycle import from_text
from sluice.description.forms.openapi.merging import either
from sluice.description.model import (
    ANYTHING,
    Description,
    Field,
    Lifecycle,
    Operation,
    Parameter,
    Schema,
    by_key,
)

_SCALARS = {
    "Int": ("integer", ""), "Float": ("number", ""), "String": ("string", ""), "Boolean": ("boolean", ""),
    "ID": ("string", ""), "Date": ("string", "date"), "DateTime": ("string", "date-time"),
    "LocalDate": ("string", "date"), "Decimal": ("number", "decimal"), "Long": ("integer", ""),
    "BigInt": ("integer", ""), "UUID": ("string", "uuid"),
}  # fmt: skip


def introspected(value: Any) -> dict[str, Any] | None:
    """Return the ``__schema`` of an introspection result, with or without its envelope, or None."""
    for holder in (value, value.get("data") if isinstance(value, dict) else None):
        if isinstance(holder, dict) and isinstance(holder.get("__schema"), dict):
            found: dict[str, Any] = holder["__schema"]
            return found
    return None


def read_introspection(schema: dict[str, Any]) -> Description:
    """Return the description of an introspected schema."""
    given = {
        one["name"]: one for one in schema.get("types") or () if isinstance(one, dict) and one.get("name")
    }
    types = {name: _type(one) for name, one in given.items() if one.get("kind") in {"OBJECT", "INTERFACE"}}
    types.update({name: _codes(one) for name, one in given.items() if one.get("kind") == "ENUM"})
    types.update({name: _scalar(name) for name, one in given.items() if one.get("kind") == "SCALAR"})
    for name, one in given.items():
        possible = [
            types[part["name"]] for part in one.get("possibleTypes") or () if part.get("name") in types
        ]
        if one.get("kind") == "UNION" and possible:
            types[name] = either(possible, nullable=False)
    query = given.get((schema.get("queryType") or {}).get("name") or "Query", {})
    return Description(by_key([_operation(one) for one in query.get("fields") or ()]), types, form="GraphQL")


def _operation(said: dict[str, Any]) -> Operation:
    return Operation(
        "QUERY", str(said["name"]),
        parameters=tuple(_argument(one) for one in said.get("args") or ()),
        response=_schema(said.get("type")),
        lifecycle=_lifecycle(said),
    )  # fmt: skip


def _argument(said: dict[str, Any]) -> Parameter:
    default = said.get("defaultValue")
    schema = _schema(said.get("type"))
    return Parameter(
        str(said["name"]), "argument",
        required=not schema.nullable and default is None,
        types=schema.types,
        default=None if default is None else str(default),
        lifecycle=_lifecycle(said),
    )  # fmt: skip


def _type(said: dict[str, Any]) -> Schema:
    fields = {
        str(one["name"]): Field(_schema(one.get("type")), required=True, lifecycle=_lifecycle(one))
        for one in said.get("fields") or ()
    }
    return Schema(frozenset({"object"}), fields=fields)


def _codes(said: dict[str, Any]) -> Schema:
    values: Iterable[dict[str, Any]] = said.get("enumValues") or ()
    return Schema(frozenset({"string"}), codes=tuple(str(one["name"]) for one in values))


def _scalar(name: str) -> Schema:
    kind, form = _SCALARS.get(name, ("", ""))
    return Schema(frozenset({kind}), form) if kind else ANYTHING


def _schema(said: Any, *, nullable: bool = True) -> Schema:
    kind = said.get("kind") if isinstance(said, dict) else None
    if kind == "NON_NULL":
        return _schema(said.get("ofType"), nullable=False)
    if kind == "LIST":
        return Schema(frozenset({"array"}), nullable=nullable, items=_schema(said.get("ofType")))
    name = str(said.get("name") or "") if isinstance(said, dict) else ""
    if kind == "SCALAR":
        scalar = _scalar(name)
        return Schema(scalar.types, scalar.format, nullable)
    return Schema(nullable=nullable, name=name)


def _lifecycle(said: dict[str, Any]) -> Lifecycle:
    texts = (said.get("deprecationReason"), said.get("description"))
    return from_text("\n".join(text for text in texts if text), flagged=said.get("isDeprecated") is True)
