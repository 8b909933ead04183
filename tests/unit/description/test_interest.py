"""Of all differences those are told that touch what is read, per operation, with what relies on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sluice.description.interest import Interest, touching, uncovered
from sluice.description.read import read_description
from sluice.description.telling import breaks
from sluice.model.change import Action, Change, Severity
from tests.unit.description.apis import Document, changed, openapi, schemas, written

CUSTOMER = Interest(
    "GET",
    "/customer",
    "customer",
    used={
        ("id",): ("key", "customer.source_id"),
        ("name",): ("customer.name",),
        ("address", "city"): ("customer.postal_address.city",),
        ("contacts", "email"): ("customer.email",),
        ("language",): ("customer.language",),
    },
    parameters=frozenset({"from", "count"}),
    records=("values",),
)
INVOICE = Interest(
    "GET", "/Invoice/", "invoice", used={("customer", "id"): ("invoice.customer_id",)}, records=("values",)
)


def told(edit: Callable[[Document], Any], *interests: Interest, others: bool = False) -> list[Change]:
    old, new = openapi(), changed(openapi(), edit)
    return touching(
        read_description(written(old)),
        read_description(written(new)),
        interests or (CUSTOMER,),
        others=others,
    )


def customers(edit: Callable[[Document], Any]) -> Callable[[Document], Any]:
    return lambda document: edit(schemas(document)["Customer"]["properties"])


def test_a_used_field_that_is_gone_is_told_with_who_uses_it() -> None:
    (change,) = told(customers(lambda it: it.pop("name")))
    assert (change.code, change.operation, change.path) == ("D42", "GET /customer", "name")
    assert change.used_by == ("customer.name",)
    assert (change.severity, change.action) == (Severity.CRITICAL, Action.NOTIFY)
    assert change.evidence["place"] == "values[].name"
    assert breaks(change)


def test_fields_inside_objects_and_lists_are_used_too() -> None:
    (city,) = told(lambda it: schemas(it)["Address"]["properties"].pop("city"))
    assert (city.path, city.used_by) == ("address.city", ("customer.postal_address.city",))
    (email,) = told(lambda it: schemas(it)["Contact"]["properties"]["email"].update(type="integer"))
    assert (email.code, email.path, email.used_by) == ("D48", "contacts[].email", ("customer.email",))


def test_what_stands_above_a_used_field_touches_it() -> None:
    (change,) = told(customers(lambda it: it.pop("address")))
    assert (change.path, change.used_by) == ("address", ("customer.postal_address.city",))


def test_what_nobody_reads_is_not_told() -> None:
    assert told(customers(lambda it: it.pop("balance"))) == []
    assert told(customers(lambda it: it.update(new={"type": "string"}))) == []
    assert told(lambda it: it["paths"].pop("/invoice")) == []
    assert told(lambda it: schemas(it)["Address"]["properties"].pop("street")) == []


def test_others_follow_as_unused() -> None:
    def edit(properties: Document) -> None:
        del properties["name"], properties["balance"]

    used, unused = told(customers(edit), others=True)
    assert (used.path, bool(used.used_by)) == ("name", True)
    assert (unused.path, unused.used_by, unused.severity) == ("balance", (), Severity.LOW)
    assert not breaks(unused)


def test_what_is_used_is_not_told_again_as_unused() -> None:
    scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
    found = told(lambda it: it["components"]["securitySchemes"].update(token=scheme), others=True)
    assert [(one.code, one.operation, bool(one.used_by)) for one in found] == [
        ("D20", "GET /customer", True),
        ("D20", "GET /customer/{id}", False),
    ]
    assert "GET /customer" not in found[1].evidence["operations"]


def test_a_shared_type_is_told_at_each_operation_that_is_read() -> None:
    found = told(customers(lambda it: it["id"].update(type="string")), CUSTOMER, INVOICE)
    assert [(one.code, one.operation, one.path, one.used_by) for one in found] == [
        ("D47", "GET /customer", "id", ("key", "customer.source_id")),
        ("D47", "GET /invoice", "customer.id", ("invoice.customer_id",)),
    ]


def test_two_streams_of_one_operation_are_one_change() -> None:
    supplier = Interest("GET", "/customer", "supplier", {("name",): ("supplier.name",)}, records=("values",))
    (change,) = told(customers(lambda it: it.pop("name")), CUSTOMER, supplier)
    assert change.used_by == ("customer.name", "supplier.name")


def test_the_operation_and_its_list_touch_everything() -> None:
    (gone,) = told(lambda it: it["paths"].pop("/customer"))
    assert (gone.code, gone.used_by) == ("D01", ("customer",))

    def rename(document: Document) -> None:
        properties = schemas(document)["ListOfCustomer"]["properties"]
        properties["rows"] = properties.pop("values")

    (moved,) = told(rename)
    assert (moved.code, moved.path, moved.used_by) == ("D11", "values", ("customer",))


def test_parameters_matter_where_they_are_sent_or_missing() -> None:
    def parameters(document: Document) -> list[Document]:
        found: list[Document] = document["paths"]["/customer"]["get"]["parameters"]
        return found

    (gone,) = told(lambda it: parameters(it).pop(1))
    assert (gone.code, gone.path, gone.used_by) == ("D35", "count", ("customer",))
    assert told(lambda it: parameters(it).pop(2)) == []  # changedSince is not sent
    assert told(lambda it: parameters(it)[1]["schema"].update(default=10)) == []  # count is sent
    (required,) = told(lambda it: parameters(it).append({"name": "company", "in": "query", "required": True}))
    assert (required.code, required.path) == ("D36", "company")
    sending = Interest("GET", "/customer", "customer", parameters=frozenset({"company"}))
    assert (
        told(lambda it: parameters(it).append({"name": "company", "in": "query", "required": True}), sending)
        == []
    )


def test_deprecation_of_what_is_used_is_told_ahead_of_time() -> None:
    def edit(properties: Document) -> None:
        properties["name"]["description"] = "Will be removed on 2027-01-31."
        properties["balance"]["deprecated"] = True

    (change,) = told(customers(edit))
    assert (change.code, change.path, change.evidence["ends"]) == ("D17", "name", "2027-01-31")
    assert not breaks(change)


def test_a_mapping_of_the_whole_record_is_touched_by_every_field() -> None:
    whole = Interest("GET", "/customer", "customer", {(): ("rest",)}, records=("values",))
    (change,) = told(customers(lambda it: it.pop("balance")), whole)
    assert (change.path, change.used_by) == ("balance", ("rest",))


def test_an_operation_is_found_although_addresses_are_cut_otherwise() -> None:
    def prefixed(document: Document) -> None:
        document["servers"] = [{"url": "https://api.example.com"}]
        document["paths"] = {f"/v2{path}": item for path, item in document["paths"].items()}

    description = read_description(written(changed(openapi(), prefixed)))
    assert uncovered(description, [CUSTOMER, INVOICE]) == []
    nowhere = Interest("GET", "/voucher", "voucher")
    assert uncovered(description, [nowhere, CUSTOMER]) == [nowhere]
