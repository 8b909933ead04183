"""Lists that go round, stop early, or lead elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.connector.outcomes import Page, TryAgain
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    Recorder,
    Server,
    drive,
    query_of,
    reader,
    records_of,
    reply,
    things,
    toy,
    with_pagination,
)

COUNT = 5


def offset_server(count: int = COUNT, *, total: bool = True) -> Server:
    def answer(request: Request) -> Reply:
        query = query_of(request)
        first, size = int(query["from"]), int(query["count"])
        body: dict[str, Any] = {"items": things(first, min(first + size, count))}
        return reply(body | ({"total": count} if total else {}))

    return answer


def held_back(answer: Reply) -> Reply:
    """Return the page with a total of nine records, however many come."""
    return reply({**json.loads(answer.body), "total": 9})


def changed(connector: Connector, server: Server) -> tuple[str, int]:
    recorder = Recorder(server)
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(connector), recorder))
    return caught.value.changes[0].code, len(recorder.lines)


def test_the_same_page_again_is_a_loop_after_one_request_too_many() -> None:
    """Also where the reply echoes what was asked for and so is never twice the same."""

    def server(request: Request) -> Reply:
        return reply({"items": things(0, 2), "total": 100, "from": query_of(request)["from"]})

    assert changed(toy(), server) == ("D32", 2)


def test_a_longer_loop_is_found_too() -> None:
    cycle = ["b", "c", "d", "b"]

    def server(request: Request) -> Reply:
        at = query_of(request).get("after", "a")
        number = "abcd".index(at)
        following = cycle[number]
        return reply({"items": things(2 * number, 2 * number + 2), "next": following})

    connector = with_pagination("{kind: cursor, cursor: {query: after}, next: {body: next}}")
    assert changed(connector, server) == ("D32", 5)


def test_a_cursor_that_stays_is_a_loop_though_the_records_differ() -> None:
    numbers = iter(range(100))

    def server(_: Request) -> Reply:
        first = next(numbers)
        return reply({"items": things(first, first + 1), "next": "x"})

    connector = with_pagination("{kind: cursor, cursor: {query: after}, next: {body: next}}")
    assert changed(connector, server) == ("D32", 2)


def test_empty_pages_with_ever_new_cursors_end() -> None:
    numbers = iter(range(1000))
    connector = with_pagination("{kind: cursor, cursor: {query: after}, next: {body: next}}")
    code, requests = changed(connector, lambda _: reply({"items": [], "next": str(next(numbers))}))
    assert code == "D32"
    assert requests <= 25


def test_an_empty_page_before_the_total_is_asked_for_once_more_and_then_not_believed() -> None:
    def server(request: Request) -> Reply:
        first = int(query_of(request)["from"])
        return reply({"items": things(first, first + 2) if first < 2 else [], "total": 9})

    assert changed(toy(), server) == ("D33", 4)


def test_a_page_with_nothing_new_before_the_total_is_not_believed_either() -> None:
    assert changed(toy(), lambda request: held_back(offset_server(3)(request))) == ("D33", 4)


def test_an_empty_page_before_the_total_that_was_a_slip_is_passed() -> None:
    slips = iter([True, False])

    def server(request: Request) -> Reply:
        first = int(query_of(request)["from"])
        if first == 1 and next(slips, False):
            return reply({"items": [], "total": 5})
        return offset_server()(request)

    outcomes = list(drive(reader(toy()), server))
    assert [type(outcome) for outcome in outcomes] == [Page, TryAgain, Page, Page, Page]
    assert records_of(iter(outcomes)) == list(range(5))


def test_a_slip_is_remembered_by_the_position() -> None:
    first = reader(toy())
    first.next_request()
    assert isinstance(first.receive(reply({"items": [], "total": 5})), TryAgain)
    second = reader(toy(), position=first.position())
    second.next_request()
    with pytest.raises(ApiChanged, match="D33"):
        second.receive(reply({"items": [], "total": 5}))


@pytest.mark.parametrize(
    ("pagination", "body", "code"),
    [
        ("{kind: single, total: {body: total}}", {"items": things(0, 2), "total": 9}, "D33"),
        (
            "{kind: cursor, cursor: {query: c}, next: {body: next}, total: {body: total}}",
            {"items": [], "total": 9},
            "D30",
        ),
        (
            "{kind: cursor, cursor: {query: c}, next: {body: next}, more: {body: more}}",
            {"items": things(0, 2), "more": True, "next": None},
            "D30",
        ),
        (
            "{kind: page, number: {query: p}, size: 2, pages: {body: pages}}",
            {"items": [], "pages": 3},
            "D30",
        ),
    ],
)
def test_a_list_that_ends_before_all_has_come_is_not_believed(
    pagination: str, body: dict[str, Any], code: str
) -> None:
    """A cursor that is missing is one change, a total that is not reached another."""
    assert changed(with_pagination(pagination), lambda _: reply(body)) == (code, 2)


def test_a_total_that_falls_below_what_came_does_not_end_the_list() -> None:
    def server(request: Request) -> Reply:
        first = int(query_of(request)["from"])
        return reply({"items": things(first, min(first + 2, COUNT)), "total": 1})

    assert records_of(drive(reader(toy()), server)) == list(range(COUNT))


def test_a_total_that_vanishes_leaves_the_empty_page_as_the_end() -> None:
    assert records_of(drive(reader(toy()), offset_server(total=False))) == list(range(COUNT))


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/v1/thing?skip=2",
        "http://toy.example/v1/thing?skip=2",
        "https://toy.example:8443/v1/thing?skip=2",
        "https://user@toy.example/v1/thing?skip=2",
        "//other.example/thing",
        "javascript:alert(1)",
        "https://toy.example/v1/thing?skip=2\r\nX: 1",
        "https://[bad/thing",
        "https://toy.example/v1/thing?cursor=" + "x" * 2000,
        {"href": "https://toy.example/v1/thing?skip=2"},
    ],
)
def test_an_address_that_leads_elsewhere_is_not_followed(address: Any) -> None:
    connector = with_pagination("{kind: next_url, next: {body: next}}")
    assert changed(connector, lambda _: reply({"items": things(0, 2), "next": address})) == ("D31", 1)


def test_an_empty_status_is_an_empty_page_only_where_the_pagination_says_so() -> None:
    pagination = "{kind: offset, offset: {query: from}, limit: {query: count}, size: 2%s}"
    pages = {"0": reply({"items": things(0, 1)}), "1": reply(None, 204)}

    def server(request: Request) -> Reply:
        return pages[query_of(request)["from"]]

    said = with_pagination(pagination % ", empty_status: 204")
    assert records_of(drive(reader(said), server)) == [0]
    assert changed(with_pagination(pagination % ""), server) == ("D14", 2)


def test_an_expired_cursor_is_named_as_that() -> None:
    connector = with_pagination("{kind: cursor, cursor: {query: after}, next: {body: next}}")

    def server(request: Request) -> Reply:
        return reply({}, 410) if "after" in query_of(request) else reply({"items": things(0, 2), "next": "z"})

    assert changed(connector, server) == ("D31", 2)


@pytest.mark.parametrize("total", [1, 3, COUNT])
def test_a_total_that_does_not_end_the_list_is_only_held_against_it(total: int) -> None:
    pagination = "{kind: offset, offset: {query: from}, limit: {query: count}, size: 2, total: {body: total}"
    connector = with_pagination(pagination + ", ends_at_total: false}")

    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        return reply({"items": things(start, min(start + 2, COUNT)), "total": total})

    recorder = Recorder(server)
    assert records_of(drive(reader(connector), recorder)) == list(range(COUNT))
    assert recorder.lines[-1] == "GET /v1/thing?count=2&from=4"
