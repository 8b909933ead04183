"""Reads a JSON Schema as the description of one record, or of each definition where it has no root."""

from __future__ import annotations

from typing import Any

from sluice.description.forms.lifecycle import lifecycle_of
from sluice.description.forms.openapi.references import References
from sluice.description.forms.openapi.schemas import SchemaReader
from sluice.description.model import Description, Operation, by_key

_SIGNS = ("properties", "items", "allOf", "oneOf", "anyOf", "$ref", "enum")
_DEFINITIONS = ("$defs", "definitions")


def is_json_schema(value: Any) -> bool:
    """Return whether a JSON value is a JSON Schema, with or without saying so."""
    if not isinstance(value, dict):
        return False
    named = "json-schema.org" in str(value.get("$schema", ""))
    typed = isinstance(value.get("type"), str | list) and any(
        isinstance(value.get(key), dict) for key in _SIGNS
    )
    return named or typed or any(isinstance(value.get(key), dict) for key in _DEFINITIONS)


def read_json_schema(root: dict[str, Any]) -> Description:
    """Return the description: ``QUERY record``, or ``QUERY <name>`` for each definition."""
    references = References(root)
    reader = SchemaReader(references)
    roots: dict[str, Any]
    if any(key in root for key in _SIGNS):
        roots = {"record": root}
    else:
        roots = {name: one for key in _DEFINITIONS for name, one in (root.get(key) or {}).items()}
    operations = [
        Operation("QUERY", str(name), response=reader.schema(one), lifecycle=lifecycle_of(one))
        for name, one in roots.items()
        if isinstance(one, dict)
    ]
    return Description(
        by_key(operations),
        reader.types(),
        form="JSON Schema",
        version=str(root.get("version", "")),
        unread=tuple(f"{one} is not in the document" for one in references.unknown),
    )
