from __future__ import annotations

from datetime import date
from typing import Any

import pytest

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
        ("{base64: {join: [a, b]}}", "YWI="),
        ("{base64: {setting: absent}}", None),
        ("{basic: [{setting: company}, {secret: key}]}", "Basic NzpzM2NyZXQ="),
        ("{basic: [ø, å]}", "Basic w7g6w6U="),
        ("{page: offset}", 20),
        ("{since: datetime}", "2026-11-21T12:00:00Z"),
        ("{since: date}", "2026-11-21"),
        ("{since: epoch}", 1795262400),
        ("{since: tryton_datetime}", TRYTON_NOW),
        ("{window: from, as: date}", "2026-01-01"),
        ("{window: to, as: datetime}", "2026-02-01T00:00:00Z"),
        ("{window: to, as: tryton_date}", {"__class__": "date", "year": 2026, "month": 2, "day": 1}),
        ("{fields: parentheses}", "a(b),id"),
        ("{fields: commas}", "a,id"),
        ("{fields: dotted_list}", ["a.b", "id"]),
        ("{now: date, plus_days: 2}", "2026-11-23"),
        ("{now: datetime}", "2026-11-21T12:00:00Z"),
        ("{if_since: [1], else: [2]}", [1]),
        ("{params: [{page: offset}, {page: limit}]}", {"params": [20, 10]}),
    ],
)
def test_what_values_come_to(text: str, value: Any) -> None:
    assert evaluated(text) == value


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
