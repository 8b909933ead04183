"""Each change of an OpenAPI document is told once, with its kind, operation and path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sluice.description.telling import breaks
from sluice.model.change import Action, Severity
from tests.unit.description.apis import Document, changed, compared, in_short, openapi, schemas, swagger

Edit = Callable[[Document], Any]


def _customer(edit: Edit) -> Edit:
    return lambda document: edit(schemas(document)["Customer"]["properties"])


def _count(edit: Edit) -> Edit:
    return lambda document: edit(document["paths"]["/customer"]["get"]["parameters"][1])


def _get(edit: Edit) -> Edit:
    return lambda document: edit(document["paths"]["/customer"]["get"])


def _answer(schema: Document) -> Edit:
    body = {"content": {"application/json": {"schema": schema}}}
    return _get(lambda get: get["responses"].update({"200": body}))


def _without(document: Document, *path: str) -> None:
    for name in path[:-1]:
        document = document[name]
    del document[path[-1]]


def _required(parameter: Document) -> None:
    parameter["required"] = True
    del parameter["schema"]["default"]


LIST, ONE = "GET /customer", "GET /customer/{id}"
EDITS: dict[str, tuple[Edit, list[tuple[str, str, str]]]] = {
    "a field is gone": (_customer(lambda it: it.pop("balance")), [("D42", LIST, "balance")]),
    "a field is gone from a type inside": (
        lambda document: schemas(document)["Address"]["properties"].pop("city"),
        [("D42", LIST, "address.city")],
    ),
    "a field is gone from a list inside": (
        lambda document: schemas(document)["Contact"]["properties"].pop("email"),
        [("D42", LIST, "contacts[].email")],
    ),
    "a field is new": (_customer(lambda it: it.update(vat={"type": "string"})), [("D45", LIST, "vat")]),
    "a field has another name": (
        _customer(lambda it: it.update(created_at=it.pop("createdAt"))),
        [("D44", LIST, "createdAt")],
    ),
    "a field of another type and name is no rename": (
        _customer(lambda it: it.update(creatAt={"type": "integer"}) or it.pop("createdAt")),
        [("D42", LIST, "createdAt"), ("D45", LIST, "creatAt")],
    ),
    "ids become text": (_customer(lambda it: it["id"].update(type="string")), [("D47", LIST, "id")]),
    "a number becomes text": (
        _customer(lambda it: it["balance"].update(type="string")),
        [("D48", LIST, "balance")],
    ),
    "whole numbers become decimals": (
        _customer(lambda it: it["id"].update(type="number")),
        [("D49", LIST, "id")],
    ),
    "decimals become whole numbers": (
        _customer(lambda it: it["balance"].update(type="integer")),
        [("D66", LIST, "balance")],
    ),
    "text becomes an object": (
        _customer(lambda it: it.update(name={"type": "object", "properties": {"en": {"type": "string"}}})),
        [("D50", LIST, "name")],
    ),
    "an object becomes a list": (
        _customer(lambda it: it.update(address={"type": "array", "items": it["address"]})),
        [("D51", LIST, "address")],
    ),
    "a time becomes a date": (
        _customer(lambda it: it["createdAt"].update(format="date")),
        [("D61", LIST, "createdAt")],
    ),
    "a time becomes a number": (
        _customer(lambda it: it.update(createdAt={"type": "integer", "format": "int64"})),
        [("D60", LIST, "createdAt")],
    ),
    "a field may be missing": (
        lambda document: schemas(document)["Customer"]["required"].remove("name"),
        [("D53", LIST, "name")],
    ),
    "a field may be null": (_customer(lambda it: it["name"].update(nullable=True)), [("D53", LIST, "name")]),
    "a code is new": (_customer(lambda it: it["language"]["enum"].append("DA")), [("D55", LIST, "language")]),
    "a code is gone": (
        _customer(lambda it: it["language"]["enum"].remove("SV")),
        [("D56", LIST, "language")],
    ),
    "codes are in another case": (
        _customer(lambda it: it["language"].update(enum=["no", "en", "sv"])),
        [("D56", LIST, "language")],
    ),
    "a field is deprecated": (
        _customer(lambda it: it["balance"].update(deprecated=True)),
        [("D16", LIST, "balance")],
    ),
    "a field is deprecated in words": (
        _customer(lambda it: it["balance"].update(description="[DEPRECATED] Use saldo.")),
        [("D16", LIST, "balance")],
    ),
    "a field ends on a day": (
        _customer(lambda it: it["balance"].update(description="This field will be removed on 2027-01-31.")),
        [("D17", LIST, "balance")],
    ),
    "an operation is deprecated": (_get(lambda get: get.update(deprecated=True)), [("D16", LIST, "")]),
    "an operation ends": (_get(lambda get: get.update({"x-sunset": "2027-02-01"})), [("D17", LIST, "")]),
    "a parameter is deprecated": (
        _count(lambda it: it.update(description="Deprecated")),
        [("D16", LIST, "count")],
    ),
    "a path is gone": (
        lambda document: _without(document, "paths", "/customer/{id}"),
        [("D01", ONE, "")],
    ),
    "a method is gone": (
        lambda document: _without(document, "paths", "/customer", "get"),
        [("D05", LIST, "")],
    ),
    "a parameter is new and required": (
        _get(lambda get: get["parameters"].append({"name": "company", "in": "header", "required": True})),
        [("D36", LIST, "company")],
    ),
    "a parameter becomes required": (_count(_required), [("D36", LIST, "count")]),
    "a parameter is gone": (_get(lambda get: get["parameters"].pop(2)), [("D35", LIST, "changedSince")]),
    "a parameter has another name": (
        _get(lambda get: get["parameters"][2].update(name="changed_since")),
        [("D35", LIST, "changedSince")],
    ),
    "another default": (_count(lambda it: it["schema"].update(default=50)), [("D37", LIST, "count")]),
    "smaller pages": (_count(lambda it: it["schema"].update(maximum=500)), [("D28", LIST, "count")]),
    "XML in place of JSON": (
        _get(
            lambda get: get["responses"]["200"].update(
                content={"application/xml": get["responses"]["200"]["content"]["application/json"]}
            )
        ),
        [("D10", LIST, "")],
    ),
    "another login": (
        lambda document: document["components"]["securitySchemes"].update(
            token={"type": "apiKey", "in": "header", "name": "X-Key"}
        ),
        [("D20", LIST, "")],
    ),
    "another host": (
        lambda document: document.update(servers=[{"url": "https://api2.example.com/v2"}]),
        [("D04", "", "")],
    ),
    "another path of the address": (
        lambda document: document.update(servers=[{"url": "https://api.example.com/v3"}]),
        [("D02", "", "")],
    ),
    "the list of records has another name": (
        lambda document: schemas(document)["ListOfCustomer"]["properties"].update(
            items=schemas(document)["ListOfCustomer"]["properties"].pop("values")
        ),
        [("D11", LIST, "values"), ("D45", LIST, "items")],
    ),
    "a bare list": (
        _answer({"type": "array", "items": {"$ref": "#/components/schemas/Customer"}}),
        [("D11", LIST, "")],
    ),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("before", [openapi, swagger], ids=["OpenAPI 3", "OpenAPI 2"])
def test_a_change_is_found(edit: str, before: Callable[[], Document]) -> None:
    change, expected = EDITS[edit]
    assert in_short(compared(before(), changed(openapi(), change))) == expected


@pytest.mark.parametrize("edit", EDITS)
def test_the_same_document_differs_in_nothing(edit: str) -> None:
    once = changed(openapi(), EDITS[edit][0])
    assert compared(once, once) == []


def test_a_shared_type_is_told_once_with_the_operations_that_use_it() -> None:
    (change,) = compared(openapi(), changed(openapi(), _customer(lambda it: it.pop("active"))))
    assert change.operation == LIST
    assert (
        change.evidence["operations"] == [LIST, "GET /invoice", ONE]
        or change.evidence["operation_count"] == 3
    )
    assert change.evidence["component"] == "Customer"
    assert change.evidence["place"] == "values[].active"


def test_a_change_at_one_operation_only_names_no_others() -> None:
    (change,) = compared(
        openapi(), changed(openapi(), lambda it: schemas(it)["Invoice"]["properties"].pop("number"))
    )
    assert (change.operation, change.path) == ("GET /invoice", "number")
    assert "operations" not in change.evidence


def test_a_description_only_ever_tells() -> None:
    for edit, _ in EDITS.values():
        for change in compared(openapi(), changed(openapi(), edit)):
            assert change.action in {Action.GO_ON, Action.NOTIFY}


def test_what_would_hold_a_stream_is_marked_as_breaking() -> None:
    breaking = {
        edit
        for edit, (change, _) in EDITS.items()
        if any(breaks(one) for one in compared(openapi(), changed(openapi(), change)))
    }
    assert {
        "a field is gone",
        "ids become text",
        "a path is gone",
        "a parameter is new and required",
    } <= breaking
    mild = {
        "a field is new",
        "a field is deprecated",
        "a field may be null",
        "another host",
        "another default",
        "a code is new",
    }
    assert not breaking & mild


def test_a_rename_names_the_new_field_and_why() -> None:
    edit, _ = EDITS["a field has another name"]
    (change,) = compared(openapi(), changed(openapi(), edit))
    assert change.evidence["renamed_to"] == "created_at"
    assert change.evidence["likeness"] == 1.0


def test_neighbouring_numbered_fields_are_no_rename() -> None:
    old = changed(openapi(), _customer(lambda it: it.update(address1={"type": "string"})))
    new = changed(openapi(), _customer(lambda it: it.update(address2={"type": "string"})))
    assert [change.code for change in compared(old, new)] == ["D42", "D45"]


def test_an_announcement_tells_when_and_since() -> None:
    text = "Deprecated since v2.70. Will be removed on 1 March 2027."
    edit = _customer(lambda it: it["name"].update(description=text))
    (change,) = compared(openapi(), changed(openapi(), edit))
    assert change.code == "D17"
    assert change.after == "ends 2027-03-01"
    assert change.evidence["ends"] == "2027-03-01"
    assert change.evidence["since"] == "2.70"
    earlier = changed(
        openapi(), _customer(lambda it: it["name"].update(description=text.replace("March", "January")))
    )
    assert in_short(compared(changed(openapi(), edit), earlier)) == [("D17", LIST, "name")]
    assert compared(earlier, changed(openapi(), edit)) == []


def test_an_operation_that_only_writes_is_told_but_breaks_no_reader() -> None:
    (change,) = compared(openapi(), changed(openapi(), lambda it: _without(it, "paths", "/customer", "post")))
    assert (change.code, change.operation, change.severity) == ("D05", "POST /customer", Severity.LOW)
    assert not breaks(change)


def test_a_parameter_and_a_field_of_one_name_are_two_changes() -> None:
    def edit(document: Document) -> None:
        document["paths"]["/customer"]["get"]["parameters"][2] |= {"name": "name", "deprecated": True}
        schemas(document)["Customer"]["properties"]["name"]["deprecated"] = True

    old = changed(openapi(), lambda it: it["paths"]["/customer"]["get"]["parameters"][2].update(name="name"))
    found = compared(old, changed(openapi(), edit))
    assert in_short(found) == [("D16", LIST, "name"), ("D16", LIST, "name")]
    assert [one.evidence.get("in") for one in found] == ["query", None]


def test_the_type_of_a_parameter_is_a_remark_only() -> None:
    number = changed(openapi(), _get(lambda get: get["parameters"][2].update(schema={"type": "number"})))
    assert in_short(compared(openapi(), number)) == [("D18", LIST, "changedSince")]
    listed = changed(openapi(), _get(lambda get: get["parameters"][2].update(schema={"type": "array"})))
    assert compared(openapi(), listed) == []


def test_a_post_that_asks_is_read() -> None:
    def search(document: Document) -> None:
        document["paths"]["/customer/search"] = {"post": document["paths"]["/customer"]["get"]}
        del document["paths"]["/customer"]

    old = changed(openapi(), search)
    new = changed(old, lambda it: schemas(it)["ListOfCustomer"]["properties"].pop("fullResultSize"))
    assert in_short(compared(old, new)) == [("D42", "POST /customer/search", "fullResultSize")]


def test_an_object_that_is_no_longer_described_is_one_remark() -> None:
    new = changed(openapi(), lambda it: schemas(it)["Address"].pop("properties"))
    (change,) = compared(openapi(), new)
    assert (change.code, change.path, change.severity) == ("D18", "address", Severity.INFO)
    assert change.evidence["fields"] == ["street", "city"]
    assert compared(new, openapi()) == []


def test_a_map_loses_no_fields() -> None:
    def to_map(document: Document) -> None:
        schemas(document)["Address"] = {"type": "object", "additionalProperties": {"type": "string"}}

    assert compared(openapi(), changed(openapi(), to_map)) == []
    numbers = changed(
        changed(openapi(), to_map),
        lambda it: schemas(it)["Address"]["additionalProperties"].update(type="integer"),
    )
    assert in_short(compared(changed(openapi(), to_map), numbers)) == [("D48", LIST, "address.*")]
