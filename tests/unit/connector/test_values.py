from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sluice.connector.selection import Selection
from sluice.connector.value_reader import Known, ValueReader
from sluice.connector.values import Scope, evaluate, text_of
from sluice.model.secret import Secret
from sluice.model.yaml_document import read_yaml
from tests.unit.connector.scripted import CANARY, NOW

KNOWN = Known(
    settings=frozenset({"company", "absent"}),
    secrets=frozenset({"key"}),
    captured=frozenset({"token"}),
    page=frozenset({"offset", "limit"}),
    since=True,
    window=True,
    fields=True,
)
SCOPE = Scope(
    settings={"company": 7, "deep": True},
    secrets={"key": Secret("s3cret")},
    now=NOW,
    captured={"token": Secret("t")},
    page={"offset": 20, "limit": 10},
    since=NOW,
    window=(date(2026, 1, 1), date(2026, 2, 1)),
    selection=Selection(frozenset({("id",), ("a", "b")})),
)
TRYTON_NOW = {
    "__class__": "datetime",
    "year": 2026,
    "month": 11,
    "day": 21,
    "hour": 12,
    "minute": 0,
    "second": 0,
    "microsecond": 0,
}


def evaluated(text: str, scope: Scope = SCOPE) -> Any:
    reader = ValueReader(read_yaml(text.encode(), "v.yaml"))
    value = reader.value(reader.document.value, (), KNOWN)
    assert reader.faults == []
    return evaluate(value, scope)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("1.5", 1.5),
        ("null", None),
        ("[1, {a: true}]", [1, {"a": True}]),
        ("{setting: company}", 7),
        ("{setting: absent}", None),
        ("{secret: key}", "s3cret"),
        ("{captured: token}", "t"),
        ("{literal: {setting: company}}", {"setting": "company"}),
        ("{join: [a, {setting: company}, true]}", "a7true"),
        ("{join: [a, {setting: absent}]}", None),
        ("{replace: {join: [2025/, {setting: company}]}, with: {/: _6_}}", "2025_6_7"),
        ("{replace: abab, with: {a: b, b: a, ab: c}}", "cc"),
        ("{replace: a.b, with: {.: ''}}", "ab"),
        ("{replace: {setting: company}, with: {a: b}}", "7"),
        ("{replace: {setting: absent}, with: {a: b}}", None),
        ("{base64: {join: [a, b]}}", "YWI="),
        ("{base64: {setting: absent}}", None),
        ("{basic: [{setting: company}, {secret: key}]}", "Basic NzpzM2NyZXQ="),
        ("{basic: [ø, å]}", "Basic w7g6w6U="),
        ("{page: offset}", 20),
        ("{since: datetime}", "2026-11-21T12:00:00Z"),
        ("{since: date}", "2026-11-21"),
        ("{since: epoch}", 1795262400),
        ("{since: tryton_datetime}", TRYTON_NOW),
        ("{since: epoch_ms}", 1795262400000),
        ("{since: local_datetime}", "2026-11-21T12:00:00"),
        ("{since: cet_datetime}", "2026-11-21T13:00:00"),
        ("{since: sql_datetime}", "2026-11-21 12:00:00"),
        ("{since: http_date}", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ("{window: from, as: date}", "2026-01-01"),
        ("{window: to, as: datetime}", "2026-02-01T00:00:00Z"),
        ("{window: last, as: date}", "2026-01-31"),
        ("{window: to, as: tryton_date}", {"__class__": "date", "year": 2026, "month": 2, "day": 1}),
        ("{fields: parentheses}", "a(b),id"),
        ("{fields: commas}", "a,id"),
        ("{fields: dotted_list}", ["a.b", "id"]),
        ("{fields: graphql}", "a { b } id"),
        ("{fields: specification}", {"a": {"fields": {"b": {}}}, "id": {}}),
        ('{join: ["edges { ", {fields: graphql}, " }"]}', "edges { a { b } id }"),
        ("{now: date, plus_days: 2}", "2026-11-23"),
        ("{now: datetime}", "2026-11-21T12:00:00Z"),
        ("{if_since: [1], else: [2]}", [1]),
        ("{params: [{page: offset}, {page: limit}]}", {"params": [20, 10]}),
    ],
)
def test_what_values_come_to(text: str, value: Any) -> None:
    assert evaluated(text) == value


@pytest.mark.parametrize(
    ("since", "asked"),
    [
        ("2026-07-01T12:00:59.7+00:00", "2026-07-01T14:00:59"),
        ("2026-03-29T00:59:00+00:00", "2026-03-29T01:59:00"),
        ("2026-03-29T01:00:00+00:00", "2026-03-29T03:00:00"),
        # Clocks go back at 01:00 UTC: 02:30 comes twice, and an ERP may take the first for the second.
        ("2026-10-24T23:59:00+00:00", "2026-10-25T01:59:00"),
        ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T02:30:00"),
        ("2026-10-25T02:00:00+00:00", "2026-10-25T03:00:00"),
    ],
)
def test_a_wall_time_never_asks_from_later_than_was_meant(since: str, asked: str) -> None:
    scope = replace(SCOPE, since=datetime.fromisoformat(since))
    assert evaluated("{since: cet_datetime}", scope) == asked
    latest = datetime.fromisoformat(asked).replace(tzinfo=ZoneInfo("Europe/Oslo"), fold=1)
    assert latest <= datetime.fromisoformat(since)


def test_moments_are_told_in_utc_whatever_their_zone() -> None:
    scope = replace(SCOPE, since=datetime.fromisoformat("2026-11-22T00:30:00+01:00"))
    assert evaluated("{since: datetime}", scope) == "2026-11-21T23:30:00Z"
    assert evaluated("{since: date}", scope) == "2026-11-21"


def test_what_cannot_be_had_is_null() -> None:
    bare = Scope(settings={}, secrets={}, now=NOW)
    for text in (
        "{since: date}",
        "{window: from, as: date}",
        "{page: offset}",
        "{fields: commas}",
        "{secret: key}",
    ):
        assert evaluated(text, bare) is None
    assert evaluated("{if_since: [1], else: [2]}", bare) == [2]
    assert evaluated("{if_since: [1]}", bare) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (1.5, "1.5"),
        ([1, None, "a"], "1,a"),
        ("x", "x"),
    ],
)
def test_values_as_text(value: Any, text: str | None) -> None:
    assert text_of(value) == text


def test_a_scope_does_not_show_its_secrets() -> None:
    scope = Scope(settings={}, secrets={"key": Secret(CANARY)}, now=NOW, captured={"t": Secret(CANARY)})
    assert CANARY not in repr(scope)
