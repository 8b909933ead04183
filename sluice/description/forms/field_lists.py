"""Reads plain lists of fields and their types, as people gather them from vendors' reference pages.

Three forms: ``{"entities": {name: {"properties": {field: type}, "methods"}}}``; ``{name: {"uri",
"properties": [{"name", "type"}]}}``; and ``{"name", "fields": [{"name", "type"}]}``. Nothing in them says
what is required.
"""

from __future__ import annotations

from typing import Any

from sluice.description.forms.edm_types import primitive
from sluice.description.forms.lifecycle import from_text
from sluice.description.model import ANYTHING, Description, Field, Operation, Schema, by_key


def read_field_list(value: Any) -> Description | None:
    """Return the description; None where the value is no list of fields."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("entities"), dict) and all(
        _has_properties(one, dict) for one in value["entities"].values()
    ):
        operations = [_entity(str(name), one) for name, one in value["entities"].items()]
        version = str(value.get("date") or value.get("version") or "")
    elif value and all(_has_properties(one, list) for one in value.values()):
        operations = [_endpoint(str(name), one) for name, one in value.items()]
        version = ""
    elif isinstance(value.get("name"), str) and _named_fields(value.get("fields")):
        operations = [Operation("QUERY", value["name"], response=_records(_listed(value["fields"])))]
        version = str(value.get("version") or "")
    else:
        return None
    return Description(by_key(operations), form="list of fields", version=version)


def _entity(name: str, said: dict[str, Any]) -> Operation:
    methods = {str(method).upper() for method in said.get("methods") or ("GET",)}
    fields = {str(key): Field(_type(str(kind))) for key, kind in said["properties"].items()}
    return Operation("GET", f"/{name}", response=_records(fields), reads="GET" in methods or not methods)


def _endpoint(name: str, said: dict[str, Any]) -> Operation:
    listed = [one for one in said["properties"] if (one.get("supportedMethods") or {}).get("get", True)]
    reads = (said.get("supportedMethods") or {}).get("get", True) is True
    return Operation("GET", str(said.get("uri") or name), response=_records(_listed(listed)), reads=reads)


def _listed(fields: list[Any]) -> dict[str, Field]:
    return {
        str(one["name"]): Field(
            _type(str(one.get("type", ""))), lifecycle=from_text(str(one.get("description") or ""))
        )
        for one in fields
    }


def _type(name: str) -> Schema:
    # A type of the vendor's own, such as NAV.customerBlocked, is a code list that comes as text.
    known = primitive(name)
    if known is not None:
        return known
    return Schema(frozenset({"string"})) if "." in name else ANYTHING


def _records(fields: dict[str, Field]) -> Schema:
    return Schema(frozenset({"array"}), items=Schema(frozenset({"object"}), fields=fields))


def _has_properties(value: Any, kind: type) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("properties"), kind):
        return False
    return kind is dict or _named_fields(value["properties"])


def _named_fields(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "name" in one for one in value)
    )
