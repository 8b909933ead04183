from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.selection import Selection

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "address": {
            "type": ["object", "null"],
            "properties": {
                "city": {"type": "string"},
                "country": {"type": "object", "properties": {"code": {"type": "string"}}},
            },
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "count": {"type": "number"}},
            },
        },
        "party.": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}


def selection(*paths: str) -> Selection:
    return Selection(frozenset(tuple(path.split("/")) for path in paths))


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("parentheses", "address(city,country(code)),id,lines(count,text),name"),
        ("commas", "address,id,lines,name"),
        ("json_list", '["address","id","lines","name"]'),
        ("graphql", "address { city country { code } } id lines { count text } name"),
        (
            "specification",
            {
                "address": {"fields": {"city": {}, "country": {"fields": {"code": {}}}}},
                "id": {},
                "lines": {"fields": {"count": {}, "text": {}}},
                "name": {},
            },
        ),
        (
            "dotted_list",
            ["address.city", "address.country.code", "id", "lines.count", "lines.text", "name"],
        ),
    ],
)
def test_how_a_selection_is_written(form: str, written: Any) -> None:
    chosen = selection("id", "name", "address/city", "address/country/code", "lines/text", "lines/count")
    assert chosen.in_form(form) == written


def test_an_empty_selection_asks_for_nothing_in_particular() -> None:
    assert Selection().in_form("parentheses") is None
    assert Selection().with_paths([("id",)]) == Selection()


def test_an_object_is_asked_for_with_all_its_declared_fields() -> None:
    chosen = selection("id", "address", "lines", "undeclared", "address/city")
    assert chosen.expanded(SCHEMA).in_form("parentheses") == (
        "address(city,country(code)),id,lines(count,text),undeclared"
    )


def test_tryton_s_dotted_names_are_written_as_it_wants_them() -> None:
    assert selection("party./name").in_form("dotted_list") == ["party.name"]


def test_everything_declared() -> None:
    everything = Selection.everything_declared(SCHEMA)
    assert everything.in_form("commas") == "address,id,lines,name,party."
    assert ("lines", "text") in everything.paths


def test_where_a_field_is_refused_by_its_name_a_json_list_asks_for_all() -> None:
    assert selection("id", "name").without_names([("name",)]).in_form("json_list") == '["*"]'
