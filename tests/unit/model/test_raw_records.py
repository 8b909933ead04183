"""Records that stay texts until somebody looks at one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.model.erp_json import NotJson, has_long_numbers, write
from sluice.model.raw_records import RawRecords, as_raw

RECORDS = [{"id": 1, "of": {"name": "a"}}, {"id": None, "of": None}, {"of": {}}, {"id": "x", "of": [1]}]
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)
NAMES = st.sampled_from(["id", "of", "name", "", 'a"b', "value"])


def raw(*records: Any) -> RawRecords:
    return RawRecords([write(record) for record in records], is_plain=True)


def test_they_are_a_sequence_of_what_the_texts_say() -> None:
    records = raw(*RECORDS)
    assert (len(records), list(records), records[1], records[-1]) == (4, RECORDS, RECORDS[1], RECORDS[-1])
    assert list(records[1:3]) == RECORDS[1:3]
    assert records.parsed() is records.parsed()
    assert list(records[::2]) == RECORDS[::2], "also once they are parsed"


@pytest.mark.parametrize("parsed", [False, True])
def test_values_at_a_path_are_there_without_the_rest(parsed: bool) -> None:
    records = raw(*RECORDS[:3])
    if parsed:
        records.parsed()
    assert records.values(("id",)) == [1, None, None]
    assert records.values(("of", "name")) == ["a", None, None]


@given(
    st.lists(st.dictionaries(NAMES, JSON, max_size=4), max_size=5), st.lists(NAMES, min_size=1, max_size=3)
)
def test_values_are_those_of_the_parsed_records(records: list[Any], path: list[str]) -> None:
    found = raw(*records)
    parsed = raw(*records)
    parsed.parsed()
    assert found.values(path) == parsed.values(path)
    assert found[1:].values(path) == parsed.values(path)[1:], "what was looked up goes with a part"


@given(st.lists(st.integers(-(2**53), 2**53) | JSON, min_size=1, max_size=4), JSON, st.booleans())
def test_a_key_that_comes_first_is_the_same_as_any_other(keys: list[Any], rest: Any, alone: bool) -> None:
    records = [{"id": key} if alone else {"id": key, "of": rest} for key in keys]
    assert raw(*records).values(("id",)) == keys


@pytest.mark.parametrize(
    "text", [b'{"id":1.0}', b'{"id":1e3,"a":1}', b'{"id": 7,"a":1}', b'{"id":-0,"a":"}"}']
)
def test_a_key_is_read_however_it_is_written(text: bytes) -> None:
    found = RawRecords([b'{"id":1,"a":2}', text], is_plain=True)
    assert found.values(("id",)) == [1, json.loads(text)["id"]]


def test_parts_are_joined_with_what_was_looked_up_in_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = raw(*RECORDS[:2]), raw(*RECORDS[2:])
    assert (one.values(("id",)), other.values(("id",))) == ([1, None], [None, "x"])
    one.values(("of", "name"))
    both = RawRecords.joined([one, other])
    monkeypatch.setattr(both, "lines", [b"no JSON"])
    assert both.values(("id",)) == [1, None, None, "x"]
    with pytest.raises(NotJson):
        both.values(("of", "name"))
    assert list(RawRecords.joined([])) == []


def test_what_is_no_json_is_said_when_it_is_looked_at() -> None:
    records = RawRecords([b'{"id":1}', b'{"id":'], is_plain=True)
    assert records[0] == {"id": 1}
    with pytest.raises(NotJson):
        records.parsed()


def test_what_is_nested_too_deep_is_no_json_either() -> None:
    levels = 100_000  # more than any limit that another library sets for all of the process
    deep = RawRecords([b'{"of":' + b"[" * levels + b"]" * levels + b"}"], is_plain=True)
    with pytest.raises(NotJson):
        deep.values(("id",))


def test_numbers_with_many_digits_are_read_exactly() -> None:
    exact = {"rate": Decimal("0.12345678901234567890")}
    found = as_raw([exact, {"rate": 1.5}])
    assert not found.is_plain
    assert list(found) == [exact, {"rate": 1.5}]
    assert found.values(("rate",)) == [exact["rate"], 1.5]
    assert as_raw(found) is found
    assert has_long_numbers(found.lines[0])
