from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.model import erp_json
from sluice.model.erp_json import NotJson, NotUtf8, has_long_numbers, is_utf8, read, write

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"[0.1, 100.10, 14.29]", [0.1, 100.1, 14.29]),
        (b"1234567890123456.789", Decimal("1234567890123456.789")),
        (b"[-1234567890.1234567]", [Decimal("-1234567890.1234567")]),
        (b'{"a":9007199254740993}', {"a": 9007199254740993}),
        (b'{"a":18446744073709551615}', {"a": 2**64 - 1}),
        (b'{"a":18446744073709551616}', {"a": Decimal(2**64)}),
        (b'{"a":-9223372036854775809}', {"a": Decimal(-(2**63) - 1)}),
        (b'{"kid":"0012345678901234567890"}', {"kid": "0012345678901234567890"}),
        (b'{"text":"at [1234567890123456789] x"}', {"text": "at [1234567890123456789] x"}),
        (b"-0", 0),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'{"a":"\\ud800","b":"x\\udfffy"}', {"a": "\ufffd", "b": "x\ufffdy"}),
        (b'"\\u0000"', "\0"),
    ],
)
def test_numbers_and_texts_come_exactly(text: bytes, value: Any) -> None:
    found = read(text)
    assert found == value
    assert type(found) is type(value)


def test_a_number_of_5000_digits_comes_exactly() -> None:
    digits = b"9" * 5000
    assert write(read(digits)) == digits


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b"{", b'{"a":', b"[1,]", b"[1] [2]", b"nul", b"NaN", b"[Infinity]", b"-Infinity",
        b"[1234567890123456, NaN]", b"[1e999, NaN]",
        b"'a'", b"01", b"[" * 100_000, b'{"a":' * 100_000, b"[1234567890123456," + b"[" * 100_000, b'"a\nb"',
    ],
)  # fmt: skip
def test_what_is_not_json(text: bytes) -> None:
    with pytest.raises(NotJson, match=r"JSON|holds|nested"):
        read(text)


@pytest.mark.parametrize(
    "text", [b'"\xe5"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", "[]".encode("utf-16")]
)
def test_what_is_not_utf8(text: bytes) -> None:
    with pytest.raises(NotUtf8):
        read(text)


def test_messages_do_not_repeat_what_came() -> None:
    with pytest.raises(NotJson) as caught:
        read(b'{"name": "Kari Nordmann", "a": [}')
    assert "Kari" not in str(caught.value)
    assert "character" in str(caught.value)


@given(VALUES)
def test_what_is_written_is_read_as_the_same(value: Any) -> None:
    assert read(write(value)) == value


@given(st.lists(DECIMALS))
def test_decimals_are_written_as_the_numbers_they_are(values: list[Decimal]) -> None:
    assert json.loads(write(values), parse_float=Decimal, parse_int=Decimal) == values


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), {1, 2}, object(), {"a": "\ud800"}, 2**64]
)
def test_what_cannot_be_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        write(value)


def test_trailing_zeros_of_a_decimal_stay() -> None:
    assert write({"amount": Decimal("100.10")}) == b'{"amount":100.10}'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"1e999", "1e999"), (b"[1234567890123456, 1e999]", [1234567890123456, "1e999"]),
        (b"[12345678901234567e400]", ["12345678901234567e400"]),
        (b"[12345678901234567,1e-999]", [12345678901234567, 0.0]),
    ],
)  # fmt: skip
def test_a_number_beyond_all_floats_stays_its_text(text: bytes, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize("digits", [15, 16, 17, 40])
@pytest.mark.parametrize("point", [None, 1, 9])
def test_a_long_number_is_seen_wherever_it_stands(digits: int, point: int | None) -> None:
    number = "9" * digits if point is None else f"{'9' * point}.{'9' * (digits - point - 1)}"
    for before in range(9):
        assert has_long_numbers(f'{{"a{"b" * before}":{number},"c":1}}'.encode()) is (len(number) > 15)


@given(TEXTS, st.integers(0, 60), st.integers(0, 255))
def test_spoilt_utf8_is_seen_where_python_sees_it_also_between_two_parts(
    text: str, at: int, byte: int
) -> None:
    data = text.encode()
    data = data[:at] + bytes([byte]) + data[at + 1 :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erp_json, "_PART", 8)
        if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
            assert not is_utf8(data)
            return
        try:
            data.decode()
        except UnicodeDecodeError as err:
            with pytest.raises(NotUtf8, match=rf"at {err.start} of {len(data)}$"):
                read(data)
        else:
            assert is_utf8(data)


@pytest.mark.parametrize("before", range(24))
def test_a_long_number_is_seen_also_between_two_parts(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erp_json, "_PART", 8)
    assert has_long_numbers(b" " * before + b"[1234567890.12345]" + b" " * 9)
    assert not has_long_numbers(b" " * before + b"[1234567890.1234]" + b" " * 9)
