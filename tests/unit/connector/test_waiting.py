"""How long to wait, by what an ERP says about its limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sluice.connector.outcomes import Page, Throttled
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    CONNECTOR,
    NOW,
    drive,
    first,
    query_of,
    reader,
    records_of,
    reply,
    things,
    toy,
)

LIMIT = "rate_limit: {remaining: X-Left, reset: X-Reset, keep: 2}\n"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-5"}, 1),
        ({"retry-after": "1000000000"}, 86_400),
        ({"retry-after": "1e400"}, 30),
        ({"retry-after": "nan"}, 30),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": ""}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 12:02:00 GMT"}, 120),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 1),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86_400),
        ({"retry-after": "Sat, 21 Nov 2026 15:02:00 GMT", "date": "Sat, 21 Nov 2026 15:01:00 GMT"}, 60),
        ({"retry-after": "Sat, 99 Nov 2026 15:02:00 GMT"}, 30),
        ({}, 30),
        ({"x-reset": "44"}, 44),
        ({"x-reset": "44", "retry-after": "5"}, 5),
        ({"x-reset": "never"}, 30),
    ],
)
def test_how_long_a_throttled_request_waits(headers: dict[str, str], seconds: float) -> None:
    connector = toy(CONNECTOR + LIMIT)
    for status in (429, 503) if "retry-after" in headers else (429,):
        outcome = first(connector, Reply(status, headers, b"{}"))
        assert outcome == Throttled(NOW + timedelta(seconds=seconds))


def test_a_reset_as_seconds_since_1970() -> None:
    connector = toy(CONNECTOR + LIMIT.replace("keep: 2", "reset_in: epoch"))
    reset = str(int(NOW.timestamp()) + 90)
    assert first(connector, Reply(429, {"x-reset": reset}, b"")) == Throttled(NOW + timedelta(seconds=90))


def test_a_throttled_page_is_asked_for_again_and_nothing_is_lost() -> None:
    turns = iter([False, True, True, False])

    def server(request: Request) -> Reply:
        if next(turns):
            return reply({}, 429)
        start = int(query_of(request)["from"])
        return reply({"items": things(start, start + 2), "total": 3})

    outcomes = list(drive(reader(toy()), server))
    assert [type(outcome) for outcome in outcomes] == [Page, Throttled, Throttled, Page]
    assert records_of(iter(outcomes)) == [0, 1, 2]


@pytest.mark.parametrize(("left", "waits"), [("3", None), ("2", 40), ("0", 40), ("-1", 40), ("?", None)])
def test_a_nearly_used_up_limit_keeps_the_page_and_waits_before_the_next(
    left: str, waits: int | None
) -> None:
    reading = reader(toy(CONNECTOR + LIMIT))
    reading.next_request()
    body = {"items": things(0, 2), "total": 4}
    assert isinstance(reading.receive(reply(body, x_left=left, x_reset="40")), Page)
    assert reading.resume_at == (None if waits is None else NOW + timedelta(seconds=waits))
    reading.next_request()
    assert reading.resume_at is None


@pytest.mark.parametrize(("headers", "seconds"), [({}, 1200), ({"retry-after": "5"}, 5)])
def test_a_rule_says_how_long_to_wait_where_the_reply_does_not(
    headers: dict[str, str], seconds: float
) -> None:
    rule = "{body: {path: error.code, equals: NO_CREDITS}, means: throttled, wait_seconds: 1200}"
    connector = toy(f"{CONNECTOR}errors:\n- {rule}\n")
    refusal = Reply(400, headers, b'{"error": {"code": "NO_CREDITS"}}')
    assert first(connector, refusal) == Throttled(NOW + timedelta(seconds=seconds))
