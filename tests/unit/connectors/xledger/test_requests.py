"""What is asked of Xledger, page by page and increment by increment, and what its answers come to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from sluice.connector.outcomes import Page, Throttled
from sluice.connector.reader import StreamReader
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import NOW, asked_by, harness, received

XLEDGER = harness("xledger", {}, {"token": "canary"})
FIELDS = "cursor node { accountGroup { dbId } asset code cost dbId description equity liabilities "


def body_of(reader: StreamReader) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(asked_by(reader).body or b"")
    return body


def edges(first: int, after: int) -> list[dict[str, Any]]:
    return [
        {"cursor": str(number), "node": {"dbId": number, "modifiedAt": "2026-11-21T12:00:00"}}
        for number in range(first, after)
    ]


def page(records: list[dict[str, Any]] | None, *, more: bool) -> dict[str, Any]:
    return {"data": {"accounts": {"edges": records, "pageInfo": {"hasNextPage": more}}}}


def test_a_first_read_asks_for_all_fields_in_use_and_no_filter() -> None:
    request = XLEDGER.request("account")
    assert (request.method, request.url) == ("POST", "https://www.xledger.net/graphql")
    assert request.headers["Authorization"] == "token canary"
    body = json.loads(request.body or b"")
    assert body == {
        "query": "query account($first: Int, $after: String) { accounts(first: $first, after: $after) "
        f"{{ pageInfo {{ hasNextPage }} edges {{ {FIELDS}modifiedAt posting revenue }} }} }} }}",
        "variables": {"first": 5000, "after": None},
    }


@pytest.mark.parametrize(
    ("since", "asked"),
    [
        ("2026-11-20T00:30:00+00:00", "2026-11-20T01:15:00"),
        ("2026-07-20T00:30:00+00:00", "2026-07-20T02:15:00"),
    ],
)
def test_an_increment_asks_from_a_quarter_before_in_the_wall_time_of_oslo(since: str, asked: str) -> None:
    body = body_of(XLEDGER.reader("customer", since))
    assert body["query"].startswith(
        "query customer($first: Int, $after: String, $since: DateTimeString) "
        "{ customers(first: $first, after: $after, filter: {modifiedAt_gte: $since}) {"
    )
    assert body["variables"] == {"first": 5000, "after": None, "since": asked}


def test_the_next_page_begins_after_the_cursor_of_the_last_edge() -> None:
    reader = XLEDGER.reader("account", "2026-11-20T00:30:00+00:00")
    first = body_of(reader)
    outcome = received(reader, page(edges(1, 4), more=True))
    assert isinstance(outcome, Page)
    assert len(outcome.records) == 3
    second = body_of(reader)
    assert second == {**first, "variables": {**first["variables"], "after": "3"}}
    received(reader, page(edges(4, 5), more=False))
    assert reader.next_request() is None


@pytest.mark.parametrize("since", [None, "2026-11-20T00:30:00+00:00"])
def test_null_in_place_of_the_edges_is_an_empty_list(since: str | None) -> None:
    reader = XLEDGER.reader("account", since)
    outcome = received(reader, page(None, more=False))
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


@pytest.mark.parametrize(("kind", "written"), [({}, "0"), ({"department_object_kind": 4711}, "4711")])
def test_departments_are_the_values_of_one_object_kind(kind: dict[str, int], written: str) -> None:
    whole, increment = (
        body_of(XLEDGER.with_settings(**kind).reader("department", since))["query"]
        for since in (None, "2026-11-20T00:30:00+00:00")
    )
    assert f"(first: $first, after: $after, filter: {{objectKindDbId: {written}}})" in whole
    assert f"filter: {{objectKindDbId: {written}, modifiedAt_gte: $since}}" in increment


def test_no_two_streams_ask_the_same_so_that_the_server_s_log_tells_them_apart() -> None:
    names = {name: body_of(XLEDGER.reader(name))["query"].partition("(")[0] for name in XLEDGER.streams}
    assert names == {name: f"query {name}" for name in XLEDGER.streams}


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "seconds"),
    [("BURST_RATE_LIMIT_REACHED", 5), ("CONCURRENCY_LIMIT_REACHED", 5), ("INSUFFICIENT_CREDITS", 1200)],
)
def test_too_much_is_waited_for_as_long_as_the_vendor_s_sample_waits(
    status: int, code: str, seconds: int
) -> None:
    reader = XLEDGER.reader("account")
    outcome = received(reader, {"errors": [{"code": f"BAD_REQUEST.{code}", "message": "no"}]}, status)
    assert outcome == Throttled(NOW + timedelta(seconds=seconds))


def test_requests_of_one_token_keep_to_what_is_allowed_together() -> None:
    (burst,) = (one for one in XLEDGER.connector.limits if one.seconds)
    assert (burst.seconds, burst.count < 20, burst.per) == (5, True, "value")


@pytest.mark.parametrize(
    ("error", "kind", "change"),
    [
        ({"message": "Bad format for API token"}, CredentialsRejected, ""),
        ({"message": 'Cannot query field "cost" on type "Account".'}, ApiChanged, "D42"),
        ({"message": "Your query timed out"}, ErpUnavailable, ""),
        ({"message": "Something else", "code": "BAD_REQUEST"}, ApiChanged, "D13"),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_what_an_error_means(
    status: int, error: dict[str, str], kind: type[SluiceError], change: str
) -> None:
    with pytest.raises(kind) as caught:
        received(XLEDGER.reader("account"), {"data": None, "errors": [error]}, status)
    if isinstance(caught.value, ApiChanged):
        (found,) = caught.value.changes
        assert found.code == change
        assert change != "D42" or found.path == "node.cost"


def test_half_an_answer_beside_an_error_is_not_believed() -> None:
    with pytest.raises(ApiChanged):
        received(
            XLEDGER.reader("account"), {**page(edges(1, 3), more=False), "errors": [{"message": "half"}]}
        )
