"""Where the records stand in an answer is seen from names and shapes, and a place is written as one text."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.description.model import Schema
from sluice.description.places import at_path, join, names, path_of, records_at, same_line
from sluice.description.read import read_description
from tests.unit.description.apis import Document, written

ITEM: Document = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "lines": {"type": "array", "items": {"type": "object"}}},
}
LIST: Document = {"type": "array", "items": ITEM}


def _object(**properties: Any) -> Document:
    return {"type": "object", "properties": properties}


ANSWERS: dict[str, tuple[str, Document, str]] = {
    "a bare list": ("/invoice", LIST, "[]"),
    "values": ("/invoice", _object(total={"type": "integer"}, values=LIST), "values[]"),
    "named as the path": ("/Invoices", _object(Invoices=LIST, Warnings=LIST), "Invoices[]"),
    "data": ("/invoice", _object(data=LIST, meta=_object(page={"type": "integer"})), "data[]"),
    "results inside d": ("/A_Invoice", _object(d=_object(results=LIST)), "d.results[]"),
    "items inside data": ("/invoice", _object(data=_object(items=LIST)), "data.items[]"),
    "a single record": ("/invoice/{id}", _object(value=ITEM), "value"),
    "the record itself": ("/invoice/{id}", ITEM, ""),
    "a record with items": ("/order/{id}", _object(id={"type": "integer"}, items=LIST), ""),
    "a record with one list": ("/order/{id}", _object(number={"type": "string"}, lines=LIST), ""),
    "a list of texts": ("/tags", _object(values={"type": "array", "items": {"type": "string"}}), ""),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_records_are_found_in_their_envelope(case: str) -> None:
    path, schema, expected = ANSWERS[case]
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    document = {"openapi": "3.0.0", "paths": {path: {"get": {"responses": responses}}}}
    description = read_description(written(document))
    (operation,) = description.operations.values()
    assert path_of(records_at(description, operation)) == expected


def test_the_place_that_a_connector_names_is_found() -> None:
    responses = {"200": {"content": {"application/json": {"schema": _object(page=_object(rows=LIST))}}}}
    document = {"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": responses}}}}
    description = read_description(written(document))
    response = description.operations["GET /a"].response
    assert at_path(description, response, ("page", "rows")) == ("page", "rows[]")
    assert at_path(description, response, ("page",)) == ("page",)
    assert at_path(description, response, ("rows",)) is None
    assert at_path(description, None, ()) is None
    assert at_path(description, Schema(frozenset({"array"})), ()) == ("[]",)


def test_places_are_joined_and_written() -> None:
    assert join(("values[]", "lines"), ("[]", "product")) == ("values[]", "lines[]", "product")
    assert path_of(("lines[]", "product", "id")) == "lines[].product.id"
    assert names(("[]", "lines[]", "id")) == ("lines", "id")


@pytest.mark.parametrize(
    ("used", "place", "touches"),
    [
        (("customer", "id"), ("customer",), True),
        (("customer", "id"), ("customer", "id"), True),
        (("customer",), ("customer", "name"), True),
        (("customer", "id"), ("customer", "name"), False),
        (("customer",), ("customerId",), False),
        (("party.", "name"), ("party",), True),
        (("party.",), ("party",), True),
        (("party",), ("party.", "name"), False),
    ],
)
def test_a_place_touches_what_lies_above_and_below_it(
    used: tuple[str, ...], place: tuple[str, ...], touches: bool
) -> None:
    assert same_line(used, place) is touches
