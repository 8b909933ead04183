from __future__ import annotations

from typing import Any

import pytest

from sandbox.fields import check, cutter, read_tree
from sandbox.problems import Refused

PARTY: dict[str, Any] = {"properties": {"id": {}, "name": {}}}
SCHEMA: dict[str, Any] = {
    "properties": {
        "id": {},
        "name": {},
        "customer": PARTY,
        "lines": {"items": {"properties": {"count": {}, "product": PARTY}}},
        "party.": {"properties": {"name": {}, "address.": {"properties": {"city": {}}}}},
    }
}
RECORD = {
    "id": 1,
    "name": "A",
    "customer": {"id": 2, "name": "B"},
    "lines": [{"count": 1, "product": {"id": 3, "name": "C"}}, {"count": 2, "product": None}],
    "party.": {"name": "D", "address.": {"city": "E"}},
}


@pytest.mark.parametrize(
    ("asked", "form", "wanted"),
    [
        ("id,name", "parentheses", {"id": 1, "name": "A"}),
        ("id,customer(name)", "parentheses", {"id": 1, "customer": {"name": "B"}}),
        ("customer", "parentheses", {"customer": {"id": 2}}),
        ("customer(*)", "parentheses", {"customer": {"id": 2, "name": "B"}}),
        (
            "lines(product(id))",
            "parentheses",
            {"lines": [{"product": {"id": 3}}, {"product": None}]},
        ),
        ("id customer { name }", "graphql", {"id": 1, "customer": {"name": "B"}}),
        (
            "lines { product { id } } name",
            "graphql",
            {"name": "A", "lines": [{"product": {"id": 3}}, {"product": None}]},
        ),
        ('["id","name"]', "json_list", {"id": 1, "name": "A"}),
        ('["*"]', "json_list", RECORD),
        ("id,customer", "commas", {"id": 1, "customer": {"id": 2, "name": "B"}}),
        (["id", "customer.name"], "dotted_list", {"id": 1, "customer": {"name": "B"}}),
        (
            {"id": {}, "customer": {"fields": {"name": {}}}},
            "specification",
            {"id": 1, "customer": {"name": "B"}},
        ),
        ({"customer": {}}, "specification", {"customer": {"id": 2, "name": "B"}}),
        (["party.address.city"], "dotted_list", {"party.": {"address.": {"city": "E"}}}),
    ],
)
def test_a_selection_cuts_records(asked: Any, form: str, wanted: Any) -> None:
    tree = read_tree(asked, form, SCHEMA)
    check(tree, SCHEMA, "ToyDTO")
    assert cutter(tree, SCHEMA, bare_objects=form == "parentheses")(RECORD) == wanted


@pytest.mark.parametrize("asked", ["id,shoe", "customer(shoe)", "lines(product(shoe))"])
def test_an_unknown_field_is_named(asked: str) -> None:
    with pytest.raises(Refused, match="shoe does not match a field in the model: ToyDTO"):
        check(read_tree(asked, "parentheses", SCHEMA), SCHEMA, "ToyDTO")


@pytest.mark.parametrize("asked", ["id)", "customer(id"])
def test_broken_parentheses_are_refused(asked: str) -> None:
    with pytest.raises(Refused):
        read_tree(asked, "parentheses", SCHEMA)
    with pytest.raises(Refused):
        read_tree(asked.translate(str.maketrans("()", "{}")), "graphql", SCHEMA)


@pytest.mark.parametrize("asked", ["id", ["id"], {"id": True}, {"customer": {"fields": ["name"]}}])
def test_a_specification_is_an_object_of_objects(asked: Any) -> None:
    with pytest.raises(Refused, match="is no specification of fields"):
        read_tree(asked, "specification", SCHEMA)
