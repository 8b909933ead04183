"""Every way of paging, read through a scripted server to its end, with the exact requests."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.connector.outcomes import Page
from sluice.connector.selection import Selection
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    STREAM,
    Recorder,
    Server,
    drive,
    query_of,
    reader,
    records_of,
    refused,
    reply,
    things,
    toy,
    with_pagination,
)

COUNT = 5
RPC = "{method: list, params: [{page: offset}, {page: limit}]}"


def offset_server(count: int = COUNT, *, total: bool = True) -> Server:
    def answer(request: Request) -> Reply:
        query = query_of(request)
        first, size = int(query["from"]), int(query["count"])
        body: dict[str, Any] = {"items": things(first, min(first + size, count))}
        return reply(body | ({"total": count} if total else {}))

    return answer


def page_server(request: Request) -> Reply:
    number = int(query_of(request)["page"])
    body = {"items": things(2 * (number - 1), min(2 * number, COUNT)), "count": COUNT, "pages": 3}
    return reply(body, x_pages="3", x_total="5")


def cursor_server(request: Request) -> Reply:
    first = int(query_of(request).get("after", "0"))
    following = first + 2 if first + 2 < COUNT else None
    body = {"items": things(first, min(first + 2, COUNT)), "next": following, "more": following is not None}
    return reply(body, x_next="" if following is None else str(following))


def url_server(request: Request) -> Reply:
    first = int(query_of(request).get("skip", "0"))
    last = first + 2 >= COUNT
    address = f"https://toy.example/v1/thing?skip={first + 2}&top=2"
    link = '<https://toy.example/v1/thing?skip=0>; rel="first"'
    headers = {"link": link if last else f'{link}, <thing?skip={first + 2}&top=2>; rel="next"'}
    body = {"items": things(first, min(first + 2, COUNT)), **({} if last else {"@next": address})}
    return Reply(200, headers, json.dumps(body).encode())


def rpc_server(request: Request) -> Reply:
    first, size = json.loads(request.body or b"")["params"]
    return reply({"items": things(first, min(first + size, COUNT))})


def relay_server(request: Request) -> Reply:
    after = json.loads(request.body or b"")["variables"]["after"]
    first = 0 if after is None else int(after) + 1
    edges = [{**thing, "cursor": str(thing["id"])} for thing in things(first, min(first + 2, COUNT))]
    return reply({"data": {"things": {"edges": edges, "pageInfo": {"hasNextPage": first + 2 < COUNT}}}})


RELAY = with_pagination(
    "{kind: cursor, cursor: {body: true}, limit: {body: true}, size: 2, "
    "next: {body: data.things.edges.-1.cursor}, more: {body: data.things.pageInfo.hasNextPage}}",
    extra="records: data.things.edges\n"
    'request: {method: POST, body: {query: {join: ["{ ", {fields: graphql}, " }"]}, '
    "variables: {first: {page: limit}, after: {page: cursor}}}}\n",
)
OFFSET_LINES = [f"GET /v1/thing?count=2&from={first}" for first in (0, 1, 2, 3)]
TABLE: list[tuple[str, Connector, Server, list[str]]] = [
    ("offset with total", toy(), offset_server(), OFFSET_LINES),
    (
        "offset without total goes on to the page with nothing new",
        with_pagination("{kind: offset, offset: {query: from}, limit: {query: count}, size: 2}"),
        offset_server(total=False),
        [*OFFSET_LINES, "GET /v1/thing?count=2&from=4"],
    ),
    (
        "offset without overlap goes on to the empty page",
        with_pagination(
            "{kind: offset, offset: {query: from}, limit: {query: count}, size: 2, overlap: false}"
        ),
        offset_server(total=False),
        [f"GET /v1/thing?count=2&from={first}" for first in (0, 2, 4, 5)],
    ),
    (
        "offset with one record a page has nothing to overlap with",
        with_pagination("{kind: offset, offset: {query: from}, limit: {query: count}, size: 1}"),
        offset_server(total=False),
        [f"GET /v1/thing?count=1&from={first}" for first in range(6)],
    ),
    (
        "offset with short pages ending",
        with_pagination(
            "{kind: offset, offset: {query: from}, limit: {query: count}, size: 4, short_page_ends: true}"
        ),
        offset_server(total=False),
        ["GET /v1/thing?count=4&from=0", "GET /v1/thing?count=4&from=3"],
    ),
    (
        "page with total",
        with_pagination(
            "{kind: page, number: {query: page}, size_parameter: {query: n}, size: 2, total: {body: count}}"
        ),
        page_server,
        [f"GET /v1/thing?n=2&page={number}" for number in (1, 2, 3)],
    ),
    (
        "page with number of pages in a header",
        with_pagination("{kind: page, number: {query: page}, size: 2, pages: {header: X-Pages}}"),
        page_server,
        [f"GET /v1/thing?page={number}" for number in (1, 2, 3)],
    ),
    (
        "cursor in the body",
        with_pagination("{kind: cursor, cursor: {query: after}, next: {body: next}, more: {body: more}}"),
        cursor_server,
        ["GET /v1/thing", "GET /v1/thing?after=2", "GET /v1/thing?after=4"],
    ),
    (
        "cursor in a header, with a size",
        with_pagination(
            "{kind: cursor, cursor: {query: after}, limit: {query: top}, size: 2, next: {header: X-Next}}"
        ),
        cursor_server,
        ["GET /v1/thing?top=2", "GET /v1/thing?top=2&after=2", "GET /v1/thing?top=2&after=4"],
    ),
    (
        "next address in the body",
        with_pagination("""{kind: next_url, next: {body: '"@next"'}}"""),
        url_server,
        ["GET /v1/thing", "GET /v1/thing?skip=2&top=2", "GET /v1/thing?skip=4&top=2"],
    ),
    (
        "link header with a relative address",
        with_pagination("{kind: link_header}"),
        url_server,
        ["GET /v1/thing", "GET /v1/thing?skip=2&top=2", "GET /v1/thing?skip=4&top=2"],
    ),
    (
        "single",
        with_pagination("{kind: single}"),
        lambda _: reply({"items": things(0, COUNT)}),
        ["GET /v1/thing"],
    ),
    (
        "offset in a JSON-RPC body",
        with_pagination(
            "{kind: offset, offset: {body: true}, limit: {body: true}, size: 2}",
            extra=f"request: {{method: POST, body: {RPC}}}\n",
        ),
        rpc_server,
        [f'POST /v1/thing {{"method":"list","params":[{first},2]}}' for first in range(5)],
    ),
    (
        "cursor of the last edge (Relay)",
        RELAY,
        relay_server,
        [
            f'POST /v1/thing {{"query":"{{ cursor id name }}","variables":{{"first":2,"after":{after}}}}}'
            for after in ("null", '"1"', '"3"')
        ],
    ),
]


@pytest.mark.parametrize(
    ("connector", "server", "lines"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_a_list_is_read_to_its_end_with_exactly_these_requests(
    connector: Connector, server: Server, lines: list[str]
) -> None:
    recorder = Recorder(server)
    assert records_of(drive(reader(connector), recorder)) == list(range(COUNT))
    assert recorder.lines == lines


@pytest.mark.parametrize(("connector", "server"), [row[1:3] for row in TABLE], ids=[row[0] for row in TABLE])
def test_another_reader_goes_on_from_every_position(connector: Connector, server: Server) -> None:
    pages = sum(1 for _ in drive(reader(connector), server))
    for stop in range(pages + 1):
        first = reader(connector)
        outcomes = drive(first, server)
        found = records_of(iter([next(outcomes) for _ in range(stop)]))
        position = json.loads(json.dumps(first.position()))
        assert len(json.dumps(position)) <= 3072
        found += records_of(drive(reader(connector, position=position), server))
        assert found == list(range(COUNT)), stop


@settings(deadline=None)
@given(count=st.integers(0, 30), cap=st.integers(1, 5), stops=st.sets(st.integers(0, 40)))
def test_whatever_the_size_of_pages_and_the_stops_every_record_comes_once(
    count: int, cap: int, stops: set[int]
) -> None:
    """An ERP that gives fewer records than asked for is not at its end."""

    def server(request: Request) -> Reply:
        first = int(query_of(request)["from"])
        return reply({"items": things(first, min(first + cap, count)), "total": count})

    connector = toy()
    reading, found, sent = reader(connector), list[int](), 0
    while (request := reading.next_request()) is not None:
        found += records_of(iter([reading.receive(server(request))]))
        sent += 1
        if sent in stops:
            reading = reader(connector, position=json.loads(json.dumps(reading.position())))
    assert found == list(range(count))
    assert reading.records == count


def test_a_cursor_that_stands_in_the_records_is_asked_for() -> None:
    request = reader(RELAY, selection=Selection(frozenset({("name",)}))).next_request()
    assert request is not None
    assert json.loads(request.body or b"")["query"] == "{ cursor id name }"


@pytest.mark.parametrize("is_empty", [True, False])
def test_null_in_place_of_the_list_is_an_empty_page_only_where_the_connector_says_so(
    *, is_empty: bool
) -> None:
    said = f"next: {{body: next}}, null_is_empty: {str(is_empty).lower()}}}"
    connector = with_pagination("{kind: cursor, cursor: {query: after}, " + said)
    if is_empty:
        assert list(drive(reader(connector), lambda _: reply({"items": None}))) == [Page([], 1)]
        for body in ({"items": None, "errors": [{"message": "no"}]}, {}):
            assert isinstance(refused(connector, reply(body)), ApiChanged)
    else:
        error = refused(connector, reply({"items": None}))
        assert isinstance(error, ApiChanged)
        assert error.changes[0].code == "D11"


def test_offset_and_size_may_stand_inside_the_text_of_a_query() -> None:
    text = "request: {query: {q: {join: ['all from ', {page: offset}, ' take ', {page: limit}]}}}\n"
    said = "{kind: offset, offset: {query: true}, limit: {query: true}, size: 2, start: 1, overlap: false}"

    def server(request: Request) -> Reply:
        _, _, first, _, size = query_of(request)["q"].split()
        return reply({"items": things(int(first) - 1, min(int(first) - 1 + int(size), 3))})

    recorder = Recorder(server)
    assert records_of(drive(reader(with_pagination(said, extra=text)), recorder)) == [0, 1, 2]
    asked = [f"GET /v1/thing?q=all%20from%20{first}%20take%202" for first in (1, 3, 4)]
    assert recorder.lines == asked


ABSENT = "{kind: offset, offset: {query: from}, limit: {query: count}, size: 2, absent_is_empty: true}"
INSIDE = f"pagination: {ABSENT}\nrecords: answer.items\n"


def test_an_absent_list_is_an_empty_page_where_its_object_is_there_and_holds_no_other_list() -> None:
    inside = toy(stream=STREAM + INSIDE)
    for body in ({"answer": {}}, {"answer": {"from": 0, "count": 0}}):
        assert list(drive(reader(inside), lambda _, body=body: reply(body))) == [Page([], 1)]
    for body in (
        {},
        {"answer": None},
        {"answer": []},
        {"answer": {"things": []}},
        {"answer": {"items": None}},
    ):
        error = refused(inside, reply(body))
        assert isinstance(error, ApiChanged)
        assert error.changes[0].code == "D11"
    assert isinstance(refused(inside, reply({"answer": {}, "error": "no"})), ApiChanged)
    assert list(drive(reader(with_pagination(ABSENT)), lambda _: reply({"at": 0}))) == [Page([], 1)]


def test_an_absent_list_is_no_empty_page_unless_the_connector_says_so() -> None:
    silent = INSIDE.replace(", absent_is_empty: true", "")
    error = refused(toy(stream=STREAM + silent), reply({"answer": {}}))
    assert isinstance(error, ApiChanged)
    assert error.changes[0].code == "D11"
