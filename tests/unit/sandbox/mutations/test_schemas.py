"""What a mutated stream declares."""

# ruff: noqa: E501 (tables: one row, one line)
from __future__ import annotations

from typing import Any

import pytest

from sandbox.mutations import read_mutation
from sandbox.mutations.schemas import declared_after

LINE: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "amount": {"type": "number"}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "description": "The name."},
        "day": {"type": ["string", "null"], "format": "date"},
        "kind": {"type": "string", "enum": ["EHF", "EMAIL"]},
        "count": {"type": "integer"},
        "address": {"type": ["object", "null"], "properties": {"city": {"type": "string"}}},
        "lines": {"type": "array", "items": LINE},
    },
}


def after(text: str) -> dict[str, Any]:
    changed = declared_after(SCHEMA, read_mutation(text))
    properties: dict[str, Any] = changed["properties"]
    return properties


def test_a_field_that_is_gone_is_declared_no_more() -> None:
    changed = declared_after(SCHEMA, read_mutation("D42/absent:s.name"))
    assert changed["required"] == ["id"]
    assert changed["properties"] == {key: one for key, one in SCHEMA["properties"].items() if key != "name"}


def test_a_renamed_field_keeps_what_was_declared() -> None:
    found = after("D44/renamed:s.name=title")
    assert found["title"] == SCHEMA["properties"]["name"]
    assert "name" not in found


def test_in_a_list_and_in_an_object() -> None:
    assert after("D42/absent:s.lines.amount")["lines"]["items"]["properties"] == {"id": {"type": "integer"}}
    assert after("D44/renamed:s.address.city=town")["address"]["properties"] == {"town": {"type": "string"}}


@pytest.mark.parametrize(
    ("text", "field", "declared"),
    [
        ("D47/text:s.count", "count", {"type": "string"}),
        ("D49/fraction:s.count", "count", {"type": "number"}),
        ("D52/null:s.count", "count", {"type": ["integer", "null"]}),
        ("D60/dotted:s.day", "day", {"type": ["string", "null"]}),
        ("D60/epoch_ms:s.day", "day", {"type": ["integer", "null"]}),
        ("D61/day_before:s.day", "day", {"type": ["string", "null"], "format": "date-time"}),
        ("D56/case:s.kind", "kind", {"type": "string", "enum": ["Ehf", "Email"]}),
        ("D50/value_object:s.count", "count", {"type": "object", "properties": {"value": {"type": "integer"}}}),
        ("D46/into:s.count", "attributes", {"type": "object", "properties": {"count": {"type": "integer"}}}),
        ("D45/text:s.new", "new", {"type": "string"}),
        ("D62/comma:s.lines.amount", "lines", {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}, "amount": {"type": "string"}}}}),
        ("D63/x100:s.lines.amount", "lines", SCHEMA["properties"]["lines"]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_declared_so(text: str, field: str, declared: Any) -> None:
    found = after(text)
    assert found[field] == declared
    others = {name: one for name, one in SCHEMA["properties"].items() if name in found and name != field}
    assert {name: found[name] for name in others} == others


def test_where_only_a_share_changes_both_forms_are_declared() -> None:
    found = after("D44/renamed:s.name=title@0.1")
    assert found["name"] == found["title"] == SCHEMA["properties"]["name"]
    assert after("D55/new:s.kind@0.1")["kind"]["enum"] == ["EHF", "EMAIL", "EXTERNAL"]
