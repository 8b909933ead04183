"""Records that do not keep the order or the filter that was asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sluice.connector.checks.filters import Span, held_against
from sluice.connector.checks.order import disorder
from sluice.connector.checks.values import day_of, mask
from sluice.connector.outcomes import Page, TryAgain
from sluice.connector.selection import Selection
from sluice.errors import ApiChanged
from sluice.model.change import Action
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    STREAM,
    drive,
    query_of,
    reader,
    records_of,
    reply,
    toy,
)

FIELDS = "    day: {type: string}\n    seen: {type: string}\n"
ORDERED = toy(stream=STREAM + FIELDS + "order: id\n")
WINDOWED = toy(
    stream=STREAM
    + FIELDS
    + "windows: {query: {a: {window: from, as: date}, b: {window: to, as: date}}, "
    + "from: {setting: from_day}, days: 10, check: day}\n"
)
INCREMENTAL = toy(
    stream=STREAM
    + FIELDS
    + "incremental: {query: {c: {since: datetime}}, watermark: request_time, check: seen}\n"
)


def parts(day: str) -> dict[str, Any]:
    year, month, number = map(int, day.split("-"))
    return {"__class__": "date", "year": year, "month": month, "day": number}


@pytest.mark.parametrize(
    ("values", "descending", "pairs"),
    [
        ([1, 2, 2, 3], False, 0),
        ([3, 2, 2, 1], True, 0),
        ([1, 3, 2, 4, 0], False, 2),
        ([1, 2], True, 1),
        ([1, Decimal("2.5"), 3.0], False, 0),
        (["9", "10", "11"], False, 0),
        (["10", "11", "9"], False, 0),
        (["10", "9", "11"], False, 1),
        (["2026-01-31", "2026-02-01T10:00:00"], False, 0),
        (["2026-02-01", "2026-01-31"], False, 1),
        (["b", "A", "Å"], False, 0),
        ([parts("2026-01-31"), parts("2026-02-01")], False, 0),
        ([parts("2026-02-01"), parts("2026-01-31")], False, 1),
        ([1, "2"], False, 0),
        ([3, None, 4], False, 0),
        ([3], False, 0),
        ([], False, 0),
    ],
)
def test_how_many_neighbours_stand_the_wrong_way_round(
    values: list[Any], descending: bool, pairs: int
) -> None:
    found = disorder(values, descending=descending)
    assert (found.pairs if found else 0) == pairs


def listed(*ids: int) -> Reply:
    return reply({"items": [{"id": number, "name": "x"} for number in ids], "total": len(ids)})


def test_a_page_in_another_order_is_asked_for_once_more_and_nothing_of_it_handed_on() -> None:
    reading = reader(ORDERED)
    reading.next_request()
    assert isinstance(reading.receive(listed(3001, 2001)), TryAgain)
    reading.next_request()
    with pytest.raises(ApiChanged, match="D34") as caught:
        reading.receive(listed(3001, 2001))
    [change] = caught.value.changes
    assert (change.path, change.action) == ("id", Action.HOLD)
    assert change.evidence == {"example": ["9999", "9999"], "pairs": 1, "records": 2, "tries": 2}


def test_a_disorder_that_passed_and_the_next_page_in_order() -> None:
    reading = reader(ORDERED)
    reading.next_request()
    assert isinstance(reading.receive(listed(2, 1)), TryAgain)
    again = reader(ORDERED, position=reading.position())
    again.next_request()
    assert isinstance(again.receive(listed(1, 2)), Page)
    assert again.facts["ordered"] is True


def windows_server(day_in: Any) -> Any:
    def server(request: Request) -> Reply:
        query = query_of(request)
        return reply({"items": [{"id": 1, "day": day_in(query["a"], query["b"])}], "total": 1})

    return server


@pytest.mark.parametrize(
    "day_in",
    [
        lambda start, end: start,
        lambda start, end: end,
        lambda start, end: f"{start}T00:00:00Z",
        lambda start, end: parts(start),
        lambda start, end: "31.12.1999",
    ],
)
def test_records_inside_their_window_pass_and_so_does_what_is_no_date(day_in: Any) -> None:
    assert records_of(drive(reader(WINDOWED), windows_server(day_in))) == [1, 1, 1]


def test_a_date_time_may_lie_a_day_before_its_window_for_its_zone() -> None:
    def server(request: Request) -> Reply:
        first = date.fromisoformat(query_of(request)["a"])
        seen = f"{first.replace(day=max(first.day - 1, 1))}T23:00:00Z"
        return reply({"items": [{"id": 1, "day": seen}], "total": 1})

    assert records_of(drive(reader(WINDOWED), server)) == [1, 1, 1]


@pytest.mark.parametrize(
    ("value", "code", "evidence"),
    [
        ("2026-10-30", "D35", {"outside": 1, "days_off": 2, "examples": ["9999-99-99"]}),
        ("2026-11-14T10:00:00", "D35", {"outside": 1, "days_off": 3, "examples": ["9999-99-99A99:99:99"]}),
        (parts("2020-01-01"), "D35", {"outside": 1, "days_off": 2496, "examples": ["9999-99-99"]}),
        (1600000000, "D35", {"outside": 1, "days_off": 2240, "examples": ["9999999999"]}),
        (None, "D58", {"absent": 1}),
        ("", "D58", {"absent": 1}),
    ],
)
def test_one_record_outside_the_window_holds_the_stream(value: Any, code: str, evidence: Any) -> None:
    reading = reader(WINDOWED)
    reading.next_request()
    items = [{"id": 1, "day": "2026-11-02"}, {"id": 2, "day": value}]
    with pytest.raises(ApiChanged, match=code) as caught:
        reading.receive(reply({"items": items, "total": 2}))
    [change] = caught.value.changes
    assert (change.code, change.path, change.action) == (code, "day", Action.HOLD)
    assert change.evidence == {"records": 2, "sent": "2026-11-01 to before 2026-11-11", **evidence}
    assert reading.records == 0


def test_a_record_without_the_field_that_filters_is_told_as_that() -> None:
    reading = reader(WINDOWED)
    reading.next_request()
    with pytest.raises(ApiChanged, match="D58 cursor_field_absent"):
        reading.receive(reply({"items": [{"id": 1}], "total": 1}))


SINCE = "2026-11-20T00:05:00Z"


@pytest.mark.parametrize(("seen", "good"), [("2026-11-18T23:59:00Z", True), ("2026-11-17", False)])
def test_an_incremental_read_gives_nothing_older_than_a_day_before_its_watermark(
    seen: str, good: bool
) -> None:
    answer = reply({"items": [{"id": 1, "seen": seen}], "total": 1})
    reading = reader(INCREMENTAL, since=SINCE)
    reading.next_request()
    if good:
        assert isinstance(reading.receive(answer), Page)
        return
    with pytest.raises(ApiChanged, match="D35") as caught:
        reading.receive(answer)
    assert caught.value.changes[0].evidence["sent"] == "since 2026-11-18"


def test_a_whole_read_is_held_against_no_watermark() -> None:
    reading = reader(INCREMENTAL)
    reading.next_request()
    assert isinstance(reading.receive(reply({"items": [{"id": 1, "seen": "1999-01-01"}], "total": 1})), Page)


def test_what_is_checked_is_asked_for() -> None:
    chosen = Selection(frozenset({("name",)}))
    for connector, since, wanted in (
        (WINDOWED, None, {"id", "name", "day"}),
        (INCREMENTAL, SINCE, {"id", "name", "seen"}),
        (INCREMENTAL, None, {"id", "name"}),
    ):
        reading = reader(connector, selection=chosen, since=since)
        assert {path[0] for path in reading._selection.paths} == wanted


def test_a_span_of_no_records() -> None:
    assert held_against([], Span(("day",), date(2026, 1, 1))).outside == 0


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T23:00:00+01:00", "2026-01-31"),
        ("31.01.2026", None),
        ("2026-01-311", None),
        ("/Date(1769817600000)/", "2026-01-31"),
        ("/Date(1769817600000+0000)/", "2026-01-31"),
        ("/Date(-1)/", "1969-12-31"),
        ("/Date(999999999999999)/", None),
        ("/Date(soon)/", None),
        (1769817600000, "2026-01-31"),
        (5, None),
        (True, None),
        ({"year": 2026, "month": 13, "day": 1}, None),
        ({"year": "x"}, None),
        (None, None),
    ],
)
def test_the_day_of_a_value(value: Any, day: str | None) -> None:
    assert day_of(value) == day


def test_a_mask_shows_the_form_only() -> None:
    assert mask("Ab-12 x@y.no") == "Aa-99 a@a.aa"
    assert mask("x" * 100) == "a" * 40
    assert mask({"name": "Kari"}) == "{}"
