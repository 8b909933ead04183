"""Two streams from one reply: records of other kinds are left out, and a kind that cannot be told stops."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    STREAM,
    drive,
    plan,
    query_of,
    reader,
    records_of,
    refused,
    reply,
    toy,
)

KIND = "    kind: {type: [string, boolean, integer, 'null'], sample: {constant: a}}\n"


def only(rule: str, *, more: str = "") -> Connector:
    return toy(stream=f"{STREAM}{KIND}only: {rule}\n{more}")


def listed(*kinds: Any) -> dict[str, Any]:
    """Return a reply with a record of each kind; ``...`` has none."""
    items = [{"id": number, **({} if kind is ... else {"kind": kind})} for number, kind in enumerate(kinds)]
    return {"items": items, "total": len(items)}


def ids(connector: Connector, *kinds: Any) -> list[int]:
    return records_of(drive(reader(connector), lambda _: reply(listed(*kinds))))


@pytest.mark.parametrize(
    ("rule", "kinds", "kept"),
    [
        ("{path: kind, in: [a, b]}", ["a", "c"], [0]),
        ("{path: kind, in: [true]}", [False, True], [1]),
        ("{path: kind, in: [1]}", [1, 2], [0]),
        ("{path: kind, in: [a, null]}", ["b", None], [1]),
        ("{path: kind, not_in: [a]}", ["a", "b"], [1]),
        ("{path: kind, not_in: [a, null]}", [None, "b"], [1]),
        ("{path: kind, in: [a], not_in: [b]}", ["a", "b"], [0]),
        ("{path: kind, in: [a], not_in: [null]}", [None, "a"], [1]),
    ],
)
def test_records_of_other_kinds_are_left_out(rule: str, kinds: list[Any], kept: list[int]) -> None:
    assert ids(only(rule), *kinds) == kept


@pytest.mark.parametrize(
    ("rule", "came", "code"),
    [
        ("{path: kind, in: [a]}", ..., "D58"),
        ("{path: kind, in: [a]}", None, "D58"),
        ("{path: kind, not_in: [a]}", None, "D58"),
        ("{path: kind, in: [a], not_in: [null]}", ..., "D58"),
        ("{path: kind, in: [true]}", "true", "D48"),
        ("{path: kind, in: [1]}", True, "D48"),
        ("{path: kind, in: [a]}", {"code": "a"}, "D48"),
        ("{path: kind, in: [a], not_in: [b]}", "c", "D55"),
    ],
)
def test_a_kind_that_cannot_be_told_is_a_change_of_the_api(rule: str, came: Any, code: str) -> None:
    error = refused(only(rule), reply(listed(came, came)))
    assert isinstance(error, ApiChanged)
    assert (error.changes[0].code, error.changes[0].path) == (code, "kind")


def test_where_empty_fields_are_left_out_an_absent_kind_is_null() -> None:
    rule = "{path: kind, in: [a], not_in: [null]}"
    assert ids(only(rule, more="omits_empty: true\n"), "a", ...) == [0]


def test_paging_counts_the_whole_list_and_the_reading_only_its_own() -> None:
    kinds = ["a", "b", "b", "b", "b", "a"]

    def serve(request: Request) -> Reply:
        query = query_of(request)
        start, count = int(query["from"]), int(query["count"])
        whole = listed(*kinds)
        return reply({**whole, "items": whole["items"][start : start + count]})

    reading = reader(only("{path: kind, in: [a]}"))
    assert records_of(drive(reading, serve)) == [0, 5]
    assert reading.records == 2


def test_the_kind_is_among_the_fields_that_are_asked_for() -> None:
    more = "request: {query: {fields: {fields: commas}}}\n"
    connector = only("{path: kind, in: [a]}", more=more)
    selection = type(plan(connector).selection)(frozenset({("name",)}))
    request = reader(connector, selection=selection).next_request()
    assert request is not None
    assert query_of(request)["fields"] == "id,kind,name"
