"""Vendors that write false for every empty value, and lists that go on from the id of the last record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, STREAM, drive, reader, refused, reply, toy

SCHEMA = """\
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer}
    name: {type: [string, "null"]}
    amount: {type: [number, "null"]}
    active: {type: boolean}
    country: {type: [object, "null"], properties: {code: {type: [string, "null"]}}}
    lines: {type: array, items: {type: object, properties: {text: {type: [string, "null"]}}}}
    tags: {type: array, items: {type: [string, "null"]}}
    days: {type: array}
"""
EMPTY_STREAM = STREAM[: STREAM.index("schema:")] + SCHEMA
FALSE = CONNECTOR + "false_is_empty: true\n"


def read_as(connector: str, stream: str, record: dict[str, Any]) -> dict[str, Any]:
    [page] = drive(reader(toy(connector, stream)), lambda _: reply({"items": [record], "total": 1}))
    assert isinstance(page, Page)
    [found] = page.records
    return dict(found)


def test_false_is_read_as_null_where_the_field_is_no_boolean() -> None:
    record = {"id": 1, "name": False, "amount": False, "active": False, "country": False, "lines": False}
    assert read_as(FALSE, EMPTY_STREAM, record) == {
        **dict.fromkeys(record),
        "id": 1,
        "active": False,
    }


def test_false_is_read_as_null_deep_in_objects_and_lists() -> None:
    record = {
        "id": 1,
        "country": {"code": False, "other": False},
        "lines": [{"text": False}, {"text": "x"}],
        "tags": [False, "a"],
        "days": [False],
    }
    assert read_as(FALSE, EMPTY_STREAM, record) == {
        "id": 1,
        # What is not declared stays: it cannot be told whether its false is a value.
        "country": {"code": None, "other": False},
        "lines": [{"text": None}, {"text": "x"}],
        "tags": [None, "a"],
        "days": [False],
    }


@pytest.mark.parametrize(
    ("connector", "stream"),
    [(CONNECTOR, EMPTY_STREAM), (FALSE, EMPTY_STREAM + "false_is_empty: false\n")],
    ids=["not said", "taken back by the stream"],
)
def test_false_stays_where_the_connector_does_not_say_so(connector: str, stream: str) -> None:
    assert read_as(connector, stream, {"id": 1, "name": False}) == {"id": 1, "name": False}


def test_zero_and_empty_text_are_values() -> None:
    record = {"id": 1, "name": "", "amount": 0, "lines": []}
    assert read_as(FALSE, EMPTY_STREAM, record) == record


def test_a_false_that_could_mean_both_is_refused() -> None:
    stream = EMPTY_STREAM.replace("active: {type: boolean}", 'active: {type: [boolean, "null"]}')
    with pytest.raises(ConfigurationInvalid, match="boolean beside null"):
        toy(FALSE, stream)
    assert toy(CONNECTOR, stream).streams["thing"].false_is_empty is False


def test_records_that_are_fetched_one_by_one_are_refused_beside_it() -> None:
    details = "details: {path: '/thing/{id}', path_parameters: {id: {record: id}}}\n"
    with pytest.raises(ConfigurationInvalid, match="cannot stand where `false_is_empty` holds"):
        toy(FALSE, EMPTY_STREAM + details)
    assert toy(CONNECTOR, EMPTY_STREAM + details).streams["thing"].details is not None


KEYSET = """\
request: {method: POST, body: {where: [[id, ">", {page: cursor}]], limit: {page: limit}}}
pagination:
  {kind: cursor, cursor: {body: true}, first: 0, limit: {body: true}, size: 2, next: {body: items.-1.id}}
"""


def test_a_list_that_goes_on_from_the_last_record_begins_at_its_first_cursor() -> None:
    asked = []

    def server(request: Request) -> Reply:
        body = json.loads(request.body or b"")
        [[_, _, after]] = body["where"]
        asked.append(after)
        return reply({"items": [{"id": one} for one in (3, 5, 8) if one > after][: body["limit"]]})

    pages = list(drive(reader(toy(stream=STREAM + KEYSET)), server))
    assert [[record["id"] for record in page.records] for page in pages if isinstance(page, Page)] == [
        [3, 5],
        [8],
        [],
    ]
    assert asked == [0, 5, 8]


def test_a_refused_field_is_looked_for_first_in_what_the_rule_looks_at() -> None:
    rule = "{status: [500], body: {path: message, contains: Invalid}, means: api_changed, change: D42}"
    specified = "request: {method: POST, body: {specification: {fields: specification}}}\n"
    body = {"message": "Invalid field 'name' on 'thing'", "trace": "return self.country.id"}
    error = refused(toy(f"{CONNECTOR}errors: [{rule}]\n", EMPTY_STREAM + specified), reply(body, 500))
    assert isinstance(error, ApiChanged)
    assert [(change.code, change.path) for change in error.changes] == [("D42", "name")]
