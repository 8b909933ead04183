"""Plain records of a JSON Schema, to see what a mutation would do to such records; not believable ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

COUNT = 40
NULL_EVERY = 5
_DAY = date(2026, 3, 1)


def examples(schema: Mapping[str, Any], count: int = COUNT) -> list[dict[str, Any]]:
    """Return ``count`` records; every fifth has null where the schema allows it."""
    return [_value({"type": "object", **schema}, index, top=True) for index in range(count)]


def kinds_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the types a schema allows; an object or list without a type is known by what it holds."""
    found = schema.get("type")
    if found is None:
        return ["object"] if "properties" in schema else ["array"] if "items" in schema else ["string"]
    return [found] if isinstance(found, str) else list(found)


def _value(schema: Mapping[str, Any], index: int, *, top: bool = False) -> Any:
    kinds = kinds_of(schema)
    if "null" in kinds and not top and index % NULL_EVERY == 0:
        return None
    known = _known(schema)
    if known:
        return known[index % len(known)]
    kind = next((kind for kind in kinds if kind != "null"), "null")
    return _MADE[kind](schema, index)


def _known(schema: Mapping[str, Any]) -> list[Any]:
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    sample = schema.get("sample")
    if isinstance(sample, Mapping):
        return list(sample.get("choice", [sample["constant"]] if sample.get("constant") is not None else []))
    return []


def _text(schema: Mapping[str, Any], index: int) -> str:
    day = (_DAY + timedelta(days=index)).isoformat()
    forms = {"date": day, "date-time": f"{day}T10:{index % 60:02}:00Z"}
    found = forms.get(str(schema.get("format")))
    sample = schema.get("sample")
    if found is None and isinstance(sample, Mapping) and "decimal" in sample:
        return f"{index + 1}.50"
    return found or f"Bjørn & Sønn {index}"


_MADE: dict[str, Callable[[Mapping[str, Any], int], Any]] = {
    "object": lambda schema, index: {
        name: _value(below, index) for name, below in schema.get("properties", {}).items()
    },
    "array": lambda schema, index: [
        _value(schema.get("items", {}), index * 3 + at + 1) for at in range(index % 3)
    ],
    "string": _text,
    "integer": lambda _, index: index + 1,
    "number": lambda _, index: index + 1.75,
    "boolean": lambda _, index: index % 2 == 0,
    "null": lambda *_: None,
}
