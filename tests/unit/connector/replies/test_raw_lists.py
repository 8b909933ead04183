"""A reply around its list: records stay texts where nobody has to look at them, and are the same ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.connector.paths import MISSING, look_up
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.raw_lists import split
from sluice.model.erp_json import NotJson, read
from sluice.model.http import Reply
from sluice.model.raw_records import RawRecords

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
