"""Records of vendors that write false in place of every empty value, read as the schema declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def without_false(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return the value with null for every false whose field is declared, and not as a boolean.

    An undeclared field stays as it is: whether its false is a value or none cannot be told.
    """
    if value is False:
        return False if "boolean" in _types(schema) else None
    if isinstance(value, list):
        items = schema.get("items")
        return value if items is None else [without_false(item, items) for item in value]
    if isinstance(value, Mapping):
        declared = schema.get("properties", {})
        return {
            name: without_false(below, declared[name]) if name in declared else below
            for name, below in value.items()
        }
    return value


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found = schema["type"]
    return (found,) if isinstance(found, str) else tuple(found)
