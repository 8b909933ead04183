"""A reply around its list: records stay texts where nobody has to look at them, and are the same ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.connector.outcomes import Page
from sluice.connector.paths import MISSING, look_up
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.raw_lists import split
from sluice.errors import ApiChanged, ErpUnavailable
from sluice.model.erp_json import Ambiguous, NotJson, read, write
from sluice.model.http import Reply
from sluice.model.raw_records import RawRecords
from tests.unit.connector.scripted import CONNECTOR, first, refused, toy, with_pagination

PAGE = {"values": [{"id": 1}, {"id": 2, "name": "Bygg æøå"}], "total": 2, "paging": {"next": None}}


def body(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_the_list_stays_text_and_the_rest_is_read() -> None:
    found = split(body(PAGE), ("values",))
    assert isinstance(found["values"], RawRecords)
    assert {**found, "values": list(found["values"])} == PAGE
    assert look_up(found, ("values", "-1", "id")) == 2
    assert look_up(found, ("values", "0", "name")) is MISSING
    deep = split(body({"data": {"list": [{"id": 7}], "more": True}, "ok": 1}), ("data", "list"))
    assert (deep["ok"], deep["data"]["more"], list(deep["data"]["list"])) == (1, True, [{"id": 7}])
    assert list(split(b'[{"id":1}]', ())) == [{"id": 1}]


@pytest.mark.parametrize(
    "text",
    [
        b'{"values":[]}',
        b'{"values":null}',
        b'{"values":[1]}',
        b'{"values":[{"id":1},null]}',
        b'{"values":{"id":1}}',
        b'{"other":[{"id":1}]}',
        b"[]",
        b'"text"',
        b'{"values":[{"id":1}',
        b'{"values":[{"id":01}]}',
        b'{"values":[{"id":1}]} x',
        b'{"values":[{"name":"\\ud800"}]}',
        b'{"values":[{"name":"\xff"}]}',
        b'\xef\xbb\xbf{"values":[{"id":1}]}',
        b'{"values":[\n{"id":1}\n]}',
        b'{"values":[{"rate":0.12345678901234567}]}',
        b'{"total":0.12345678901234567,"values":[{"id":1}]}',
        b'{"values":[{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b"",
    ],
)
def test_what_has_to_be_looked_at_is_read_as_a_whole(text: bytes) -> None:
    assert split(text, ("values",)) is None


@pytest.mark.parametrize(
    "text",
    [
        b'{"values":[{"id":1,"id":2}]}',
        b'{"values":[{"id":1},{"id":2},{"id":3,"of":{"id":1,"id":2}}]}',
        b'{"values":[{"id":1}],"values":[{"id":2}]}',
        b'{"total":1,"values":[{"id":1}],"total":2}',
        b'{"values":[{"id":1}],"paging":{"next":"a","next":"b"}}',
        b'{"values":[' + b",".join(b'{"id":%d,"id":0}' % number for number in range(1, 500)) + b"]}",
    ],
)
def test_a_name_with_two_values_makes_a_reply_ambiguous(text: bytes) -> None:
    assert split(text, ("values",)) is None
    with pytest.raises(Ambiguous):
        Answer(Reply(200, {}, text), ("values",)).value()
    error = refused(toy(CONNECTOR.replace("records: items", "records: values")), Reply(200, {}, text))
    assert isinstance(error, ApiChanged)
    assert (error.changes[0].code, error.changes[0].after) == ("D10", "two values")


@pytest.mark.parametrize("depth", [198, 240, 246, 250, 260, 300, 900])
@pytest.mark.parametrize("at", [0, 25, 49])
def test_a_record_is_read_and_written_however_deep_or_refused_by_name(depth: int, at: int) -> None:
    lines = [b'{"id":%d}' % number for number in range(50)]
    lines[at] = b'{"id":%d,"x":' % at + b"[" * depth + b"]" * depth + b"}"
    connector = with_pagination("{kind: single}")
    answer = Reply(200, {}, b'{"items":[' + b",".join(lines) + b"]}")
    if depth > 246:
        error = refused(connector, answer)
        assert isinstance(error, ErpUnavailable)
        assert "250 levels" in str(error)
        return
    page = first(connector, answer)
    assert isinstance(page, Page)
    assert write({"set aside": [{"record": page.records[at]}]})


@pytest.mark.parametrize("count", [1, 2, 16])
def test_of_a_short_list_every_record_is_looked_at(count: int) -> None:
    for at in range(count):
        lines = [b'{"id":%d}' % number for number in range(count)]
        lines[at] = b'{"id":1,"name":"a","name":"b"}'
        assert split(b'{"values":[' + b",".join(lines) + b"]}", ("values",)) is None


def test_what_stands_around_the_list_may_look_like_its_records() -> None:
    for text in (
        b'{"meta":{},"values":[{}]}',
        b'{"values":[{}],"meta":{}}',
        b'{"a":[{"id":1}],"values":[{"id":1},{"id":1}],"b":[{"id":1}]}',
    ):
        found = Answer(Reply(200, {}, text), ("values",)).value()
        assert {**found, "values": list(found["values"])} == read(text)


@pytest.mark.parametrize(
    ("text", "is_split"),
    [
        (b'{"values": [{"id":1}, {"id":2}], "b": [{"id":3}]}', True),
        (b'{"values": [{"id":1}, {"id":2}], "b": [{"id":2}]}', False),
        (b'{"values":[{"id":1},{"id":2}],"b":[{"id":2}]}', False),
        (b'{"b":[{"id":1}],"values":[{"id":1},{"id":2}]}', False),
        (b'{"b":[{"id":1},{"id":2}],"values":[{"id":1},{"id":2}]}', False),
        (b'{"values":[{"id":1},{"id":2}],"b":[{"id":1},{"id":2}]}', False),
        (b'{"values":[{"id":1} ,{"id":2}]}', False),
        (b'{"values":[ {"id":1},{"id":2} ]}', True),
        (b'{"\\u0076alues":[{"id":1},{"id":2}]}', True),
    ],
)
def test_nothing_around_the_list_is_taken_for_it(text: bytes, is_split: bool) -> None:
    found = split(text, ("values",))
    whole = Answer(Reply(200, {}, text), ("values",)).value()
    assert {**whole, "values": list(whole["values"])} == read(text)
    assert (found is not None) is is_split


def test_what_stands_as_far_before_the_list_as_blanks_would_take_is_not_taken_for_it() -> None:
    between = b'{"id":0},"values":['
    lines = [b'{"id":0}'] + [b'{"id":%d}' % number for number in range(1, len(between) + 1)]
    text = b'{"b":' + between + b",".join(lines) + b"]}"
    assert len(lines) - 1 == len(between)
    assert split(text, ("values",)) is None


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "æøå", "@odata.value", "", "a b"])
def test_a_list_may_have_any_name(name: str) -> None:
    answer = Answer(Reply(200, {}, body({name: [{"id": 1}, {"id": 2}], "total": 2})), (name,))
    assert [one["id"] for one in answer.value()[name]] == [1, 2]


def test_a_line_end_behind_the_reply_is_nothing() -> None:
    assert isinstance(split(body(PAGE) + b"\r\n", ("values",))["values"], RawRecords)


@pytest.mark.parametrize("number", [b"1e999", b"-1.5E+400", b"1e-400", b"1e308"])
def test_a_number_beyond_all_floats_is_its_text(number: bytes) -> None:
    text = b'{"total":%b,"values":[{"of":%b}]}' % (number, number)
    found = split(text, ("values",))
    whole = read(text)
    assert {**found, "values": list(found["values"])} == whole
    assert whole["values"] == [
        {"of": number.decode() if number in {b"1e999", b"-1.5E+400"} else float(number)}
    ]


def test_only_a_good_reply_is_split() -> None:
    good = Answer(Reply(200, {}, body(PAGE)), ("values",)).value()
    bad = Answer(Reply(400, {}, body(PAGE)), ("values",)).value()
    assert isinstance(good["values"], RawRecords)
    assert bad == PAGE
    with pytest.raises(NotJson):
        Answer(Reply(200, {}, b'{"values":[{"id":1'), ("values",)).value()


TEXTS = st.text(max_size=4) | st.sampled_from(["\ud800", "\u2028", "æ", "\x00", '"', "\\"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)


@given(
    st.dictionaries(st.sampled_from(["values", "total", "æ"]), JSON),
    st.binary(max_size=2),
    st.integers(0, 60),
)
def test_what_is_split_is_what_is_read(value: dict[str, Any], more: bytes, at: int) -> None:
    text = json.dumps(value).encode()
    for one in (text, text[:at] + more + text[at:], text[:at]):
        found = split(one, ("values",))
        if found is not None:
            assert {**found, "values": list(found["values"])} == read(one)
