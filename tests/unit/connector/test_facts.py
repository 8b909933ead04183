"""What replies show beside their records: read, bounded, without secrets, the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.connector.facts.facts import MAX_BYTES, Facts, is_round
from sluice.connector.facts.headers import Names, with_headers
from sluice.connector.facts.lifetimes import lifetime
from sluice.connector.outcomes import Page, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.replies.redaction import Redactor
from sluice.connector.spec import Auth
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    CANARY,
    CONNECTOR,
    GOOD,
    NOW,
    SESSION_AUTH,
    drive,
    query_of,
    reader,
    reply,
    things,
    toy,
    with_auth,
    with_pagination,
)

URL = "https://toy.example/v1/thing?secret=1"


def read(headers: dict[str, str], connector: str = CONNECTOR) -> dict[str, Any]:
    reading = reader(toy(connector))
    reading.next_request()
    assert isinstance(reading.receive(Reply(200, headers, json.dumps(GOOD).encode())), Page)
    facts = reading.facts
    for counted in ("pages", "asked", "total", "listed", "on"):
        facts.pop(counted)
    return facts


@pytest.mark.parametrize(
    ("headers", "facts"),
    [
        ({"deprecation": "@1767225600"}, {"deprecation": "2026-01-01"}),
        ({"deprecation": "true"}, {"deprecation": "announced"}),
        ({"deprecation": "Thu, 01 Jan 2026 00:00:00 GMT"}, {"deprecation": "2026-01-01"}),
        ({"deprecation": "@99999999999"}, {"deprecation": "5138-11-16"}),
        ({"deprecation": "@999999999999"}, {"deprecation": "announced"}),
        ({"deprecation": "false"}, {}),
        ({"sunset": "Thu, 31 Dec 2026 23:59:59 GMT"}, {"sunset": "2026-12-31"}),
        ({"sunset": "2026-12-31"}, {"sunset": "2026-12-31"}),
        ({"sunset": "soon"}, {"sunset": "announced"}),
        (
            {"link": '<https://toy.example/old?x=1>; rel="deprecation"; type="text/html", </v2>; rel=sunset'},
            {"links": {"deprecation": "https://toy.example/old", "sunset": "https://toy.example/v2"}},
        ),
        (
            {"link": '<https://toy.example/v2/thing>; rel="successor-version next"'},
            {"links": {"successor-version": "https://toy.example/v2/thing"}},
        ),
        ({"link": '<https://me:pw@toy.example/v2>; rel="sunset"'}, {}),
        ({"link": '<javascript:alert(1)>; rel="sunset", <https://[x/>; rel="deprecation"'}, {}),
        ({"warning": '199 x "slow", 299 - "Old version, \\"v1\\""'}, {"warning": "Old version, ??v1??"}),
        ({"warning": '110 - "stale"'}, {}),
        ({"x-api-version": "2.71.19"}, {"version": {"x-api-version": "2.71.19"}}),
        ({"odata-version": "4", "api-version": "3"}, {"version": {"api-version": "3", "odata-version": "4"}}),
        ({"x-api-version": "<b>2</b>"}, {}),
        ({"ratelimit-limit": "100, 100;w=60"}, {"rate_limit": 100}),
        ({"x-ratelimit-limit": "60"}, {"rate_limit": 60}),
        ({"ratelimit-policy": '"default";q=50;w=60'}, {"rate_limit": 50}),
        ({"ratelimit": "limit=40, remaining=9, reset=1"}, {"rate_limit": 40}),
        ({"ratelimit-limit": "many"}, {}),
    ],
)  # fmt: skip
def test_what_a_header_says(headers: dict[str, str], facts: dict[str, Any]) -> None:
    assert read(headers) == facts


def test_a_connector_names_its_own_version_and_limit_headers() -> None:
    own = CONNECTOR + "version_header: X-Rev\nrate_limit: {remaining: X-Left-Remaining, reset: X-Reset}\n"
    headers = {"x-rev": "7", "x-left-limit": "250", "api-version": "1", "odata-version": "4"}
    assert read(headers, own) == {"version": {"x-rev": "7", "api-version": "1"}, "rate_limit": 250}
    assert read({"x-left-remaining": "17"}, own) == {"left": 17}


def test_a_header_that_is_absent_from_a_later_page_is_not_forgotten_and_the_lowest_limit_counts() -> None:
    headers = iter([{"sunset": "2026-12-31", "ratelimit-limit": "90"}, {"ratelimit-limit": "60"}, {}])

    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        body = json.dumps({"items": things(start, min(start + 2, 4)), "total": 4}).encode()
        return Reply(200, next(headers), body)

    reading = reader(toy())
    list(drive(reading, server))
    assert (reading.facts["sunset"], reading.facts["rate_limit"]) == ("2026-12-31", 60)


ANY_TEXT = st.text(max_size=3000) | st.sampled_from([CANARY, f'299 - "{CANARY * 9}"', f"<{URL}>; rel=sunset"])
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "deprecation",
            "sunset",
            "link",
            "warning",
            "x-api-version",
            "api-version",
            "odata-version",
            "ratelimit-limit",
            "ratelimit-policy",
            "www-authenticate",
            "retry-after",
            "x-own",
        ]
    ),
    ANY_TEXT | st.text("0123456789@, ;=q", max_size=40),
)


@settings(deadline=None)
@given(headers=HEADERS, links=st.lists(st.text('æ"\\x', min_size=1, max_size=200), max_size=5))
def test_whatever_the_headers_the_facts_are_small_without_secrets_and_come_back(
    headers: dict[str, str], links: list[str]
) -> None:
    relations = ("deprecation", "sunset", "successor-version")
    link = ", ".join(
        f'<https://x.example/{text}>; rel="{rel}"' for text, rel in zip(links, relations, strict=False)
    )
    given_reply = Reply(200, {"link": link, **headers}, b"")
    names = Names.of(toy(CONNECTOR + "version_header: X-Own\n"))
    where = (URL, Redactor([CANARY]))
    facts = with_headers(Facts(), given_reply, names, where)
    for status in (*range(400, 412), 429):
        facts = facts.with_throttle(status, unusual=True)
    for path in ("a" * 60, "b" * 60, "c" * 60):
        facts = facts.with_refused(path)
    facts = facts.with_token(10**20).with_page_followed(10**9).with_page_followed(1)
    for count in (100, 10**11, 10**12, 500, 1000):
        facts = facts.with_list_ended(count, None, declared=True, steady=True)
    found = facts.to_json()
    assert len(json.dumps(found)) <= MAX_BYTES
    assert CANARY not in json.dumps(found)
    assert Facts.from_json(json.loads(json.dumps(found))).to_json() == found
    assert with_headers(Facts(), given_reply, names, where) == with_headers(
        Facts(), given_reply, names, where
    )


def page_server(count: int, cap: int, *, total: int | None = None) -> Any:
    def server(request: Request) -> Reply:
        query = query_of(request)
        start, size = int(query["from"]), min(int(query["count"]), cap)
        body = {"items": things(start, min(start + size, count))}
        return reply(body if total is None else {**body, "total": total})

    return server


def facts_of(reading: StreamReader, server: Any) -> dict[str, Any]:
    list(drive(reading, server))
    return reading.facts


OFFSET = "{kind: offset, offset: {query: from}, limit: {query: count}, size: %d, total: {body: total}%s}"


@pytest.mark.parametrize(
    ("count", "cap", "followed"),
    [(250, 100, [100, 100]), (250, 25, [25, 25]), (100, 100, []), (20, 100, []), (101, 100, [100, 100])],
)
def test_pages_that_another_followed_show_the_size_that_is_served(
    count: int, cap: int, followed: list[int]
) -> None:
    connector = with_pagination(OFFSET % (100, ", overlap: false"))
    facts = facts_of(reader(connector), page_server(count, cap, total=count))
    assert (facts.get("followed", []), facts["asked"], facts["listed"]) == (followed, 100, count)


@pytest.mark.parametrize(("total", "said"), [(5, "equal"), (3, "below"), (None, "missing")])
def test_how_the_announced_total_ended(total: int | None, said: str) -> None:
    connector = with_pagination(OFFSET % (2, ", ends_at_total: false"))
    assert facts_of(reader(connector), page_server(5, 2, total=total))["total"] == said


@pytest.mark.parametrize(("count", "said"), [(7, "below"), (9, "below"), (2, "equal")])
def test_a_total_that_only_names_what_came_so_far(count: int, said: str) -> None:
    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        end = min(start + 4, count)
        return reply({"items": things(start, end), "total": end})

    connector = with_pagination(OFFSET % (4, ", ends_at_total: false"))
    assert facts_of(reader(connector), server)["total"] == said


def test_a_total_that_grows_while_the_list_is_read_is_no_wrong_one() -> None:
    totals = iter([4, 5, 5, 5])

    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        return reply({"items": things(start, min(start + 2, 6)), "total": next(totals, 5)})

    connector = with_pagination(OFFSET % (2, ", ends_at_total: false"))
    assert facts_of(reader(connector), server)["total"] in {"equal", "below"}


@pytest.mark.parametrize(
    ("count", "round_"),
    [
        (100, True),
        (200, True),
        (250, True),
        (500, True),
        (1000, True),
        (10000, True),
        (99, False),
        (50, False),
        (300, False),
        (1250, False),
        (0, False),
        (100000, True),
        (20000, True),
    ],
)
def test_round_numbers(count: int, round_: bool) -> None:
    assert is_round(count) is round_


def test_a_list_that_ends_at_a_round_number_is_noted() -> None:
    connector = with_pagination(OFFSET % (60, ""))
    assert facts_of(reader(connector), page_server(100, 60, total=100))["ends"] == {"100": 1}


def test_facts_are_of_the_whole_reading_whoever_goes_on_with_it() -> None:
    connector = with_pagination(OFFSET % (2, ""))
    whole = facts_of(reader(connector), page_server(9, 2, total=9))
    reading = reader(connector)
    while (request := reading.next_request()) is not None:
        reading.receive(page_server(9, 2, total=9)(request))
        reading = reader(connector, position=json.loads(json.dumps(reading.position())))
    assert reading.facts == whole


def test_a_reading_that_began_before_there_were_facts_goes_on() -> None:
    old = reader(toy()).position()
    del old["facts"]
    assert reader(toy(), position=old).facts == {"on": "2026-11-21"}


@pytest.mark.parametrize(
    ("path", "said", "seconds"),
    [
        (("ends",), {"ends": "2026-11-23"}, 2 * 86_400),
        (("ends",), {"ends": "2026-11-21T13:00:29Z"}, 3600),
        (("ends",), {"ends": "2026-11-21T13:00:00"}, 3600),
        (("ends",), {"ends": 900}, 900),
        (("ends",), {"ends": "900"}, 900),
        (("ends",), {"ends": int(NOW.timestamp()) + 600}, 600),
        (None, {"expires_in": 1200}, 1200),
        (None, {"expires_in": "soon"}, None),
        (None, {}, None),
        (("ends",), {"ends": True}, None),
    ],
)
def test_how_long_a_login_says_that_its_session_holds(
    path: tuple[str, ...] | None, said: Any, seconds: int | None
) -> None:
    assert lifetime(Auth("session", expires_at=path), said, NOW) == seconds


def test_a_login_and_throttling_are_noted() -> None:
    reading = reader(with_auth(SESSION_AUTH))
    answers = [reply({"token": "t", "expires_in": 600}), reply({}, 429), reply(GOOD)]
    outcomes = list(drive(reading, lambda _: answers.pop(0)))
    assert isinstance(outcomes[1], Throttled)
    assert (reading.facts["token"], reading.facts["throttled"], reading.facts["pages"]) == (
        600,
        {"429": 1},
        1,
    )
