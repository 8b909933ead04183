"""Summaries and histories: any values, merged in any order, written and read, small."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.contract.statistics import History, Role, Summary, differences, role_of, summarise
from tests.effort import examples, thorough
from tests.unit.contract.statistics.ledger import ROLES, Company

pytestmark = thorough

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=60),
    st.sampled_from(
        [
            "2025-11-01",
            "1 234,50",
            "NOK",
            "\u00c3\u00b8l &amp; vin",
            "2025-11-01T08:30:00Z",
            "987654321",
            {},
            [],
        ]
    ),
)
WINDOWS = st.lists(SCALARS, max_size=80)


def written(summary: Summary) -> str:
    return json.dumps(summary.to_json(), sort_keys=True)


@given(WINDOWS, WINDOWS, WINDOWS)
@settings(max_examples=examples(80), deadline=None)
def test_the_order_of_merging_makes_no_difference(one: list[Any], two: list[Any], three: list[Any]) -> None:
    a, b, c = summarise(one), summarise(two, absent=2), summarise(three)
    assert written(a.merged(b).merged(c)) == written(a.merged(b.merged(c))) == written(c.merged(a).merged(b))
    left = History().with_window(a).with_window(b).merged(History().with_window(c))
    right = History().with_window(c).merged(History().with_window(b)).merged(History().with_window(a))
    assert json.dumps(left.to_json()) == json.dumps(right.to_json())


@given(WINDOWS)
@settings(max_examples=examples(80), deadline=None)
def test_what_is_written_is_read_again(values: list[Any]) -> None:
    history = History().with_window(summarise(values)).with_window(summarise(values, absent=3))
    text = json.dumps(history.to_json())
    assert json.dumps(History.from_json(json.loads(text)).to_json()) == text
    assert Summary.from_json(json.loads(written(history.pooled))) == history.pooled


@given(st.lists(WINDOWS, min_size=4, max_size=6), st.sampled_from(Role))
@settings(max_examples=examples(80), deadline=None)
def test_no_value_makes_it_raise_and_the_answer_is_always_the_same(
    windows: list[list[Any]], role: Role
) -> None:
    history = History()
    for values in windows[:-1]:
        history = history.with_window(summarise(values * 5))
    now = summarise(windows[-1] * 5)
    found = differences(history, now, role=role)
    again = differences(History.from_json(json.loads(json.dumps(history.to_json()))), now, role=role)
    assert found == again
    assert all(0 <= one.share <= 1 and json.dumps(one.evidence) for one in found)


def test_counts_are_those_of_the_values() -> None:
    found = summarise([None, "", {}, [1], 0, -2.5, Decimal("100.123"), True, "NOK", "NOK"], absent=2)
    assert (found.places, found.absent, found.filled) == (12, 2, 7)
    assert found.blanks == {"null": 1, "empty": 1, "hollow": 1}
    assert found.forms == {"number": 3, "true": 1, "nested": 1, "upper3": 2}
    assert (found.numbers.zero, found.numbers.nonzero, found.numbers.negative) == (1, 2, 1)
    assert (found.numbers.whole, found.numbers.fine) == (1, 1)
    assert found.codes == {"0": 1, "-2.5": 1, "100.123": 1, "NOK": 2}
    assert (found.distinct, found.top) == (5, 2)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2025-11-01", "date"),
        ("2025-11-01T08:30:00Z", "time_utc"),
        ("2025-11-01T08:30:00.123456+01:00", "time_offset"),
        ("2025-11-01 08:30", "time_local"),
        ("01.11.2025", "date_other"),
        ("11/01/25", "date_other"),
        ("2025/11/01", "date_other"),
        ("/Date(1761955200000+0100)/", "date_json"),
        ("987654321", "digits"),
        ("-15", "integer"),
        ("1234.50", "decimal"),
        ("1234,50", "comma"),
        ("1 234 567,50", "comma"),
        ("1.234.567,50", "comma"),
        ("1,234.50", "comma"),
        ("12 345", "comma"),
        ("kr 1234.50", "amount"),
        ("1234.50 NOK", "amount"),
        ("25 %", "amount"),
        ("NO", "upper2"),
        ("NOK", "upper3"),
        ("OPERATING_REVENUES", "upper"),
        ("open", "lower"),
        ("Oslo", "title"),
        ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uuid"),
        ("post@firma.no", "email"),
        ("https://firma.no/om", "url"),
        ("Mo i Rana", "text"),
        ("+47 400 12 345", "text"),
        ("A-17/b", "token"),
    ],
)
def test_a_text_has_a_form(text: str, form: str) -> None:
    assert summarise([text]).forms == {form: 1}


@pytest.mark.parametrize("text", ["Kari Nordmann", "kari@firma.no", "01017012345", "x" * 41, "a\nb"])
def test_what_may_be_personal_is_never_kept(text: str) -> None:
    assert summarise([text] * 50).codes is None
    assert text not in written(summarise([text] * 50))


def test_values_are_forgotten_once_they_are_many() -> None:
    few, more = summarise(["A", "B"] * 9), summarise([f"C{number}" for number in range(23)])
    assert few.codes == {"A": 9, "B": 9}
    assert few.merged(more).codes is None
    assert few.merged(more).merged(few).codes is None


def test_a_history_is_small() -> None:
    company, histories = Company(7), {name: History() for name in ROLES}
    for _ in range(30):
        for name, values in company.window().items():
            histories[name] = histories[name].with_window(summarise(values))
    sizes = {name: len(json.dumps(one.to_json(), separators=(",", ":"))) for name, one in histories.items()}
    assert max(sizes.values()) < 1500
    assert sum(sizes.values()) < 600 * len(sizes)


@pytest.mark.parametrize(
    ("becomes", "key", "role"),
    [
        ({"decimal"}, False, Role.NUMBER),
        ({"text", "date-time"}, False, Role.TIME),
        ({"reference"}, False, Role.REFERENCE),
        ({"reference"}, True, Role.KEY),
        ({"boolean"}, False, Role.BOOLEAN),
        ({"text"}, False, Role.TEXT),
        ({"any"}, False, Role.ANY),
        (set(), False, Role.ANY),
    ],
)
def test_the_role_comes_from_what_a_value_becomes(becomes: set[str], key: bool, role: Role) -> None:
    assert role_of(becomes, key=key) is role
    assert role_of(becomes, listed=True) is Role.CODE
