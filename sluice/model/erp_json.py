"""JSON as ERPs write it, read and written without losing a digit: money never becomes a float that lies.

It knows nothing of what the JSON means. orjson does the work; where a number needs more than a float
or 64 bits keep, the whole text is read again by the standard library with Decimals.
"""

from __future__ import annotations

import json
import re
from codecs import utf_8_decode
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

import orjson

MAX_DEPTH_MESSAGE = "is nested deeper than the 250 levels that Sluice writes again"
# A number may be too long for a float where 16 digits and dots stand in a row. Four of them then stand four
# apart, which is looked for first: in a quarter of the bytes. Looking for either in a copy with every digit
# made 0 takes a fifth of the time of a pattern; the pattern then leaves out most texts.
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789.", b"0000000000")
_FOUR, _SIXTEEN = b"0" * 4, b"0" * 16
_LONG_NUMBER = re.compile(rb"(?:^|[:\[,\s])-?[0-9][0-9.]{15}")
_PART = 1 << 18
"""Bytes that are looked at together: a copy of so many is made in the processor's cache."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FIELD = re.compile(r"[A-Za-z_@$][A-Za-z0-9_.@$-]{0,59}")
_HUGE_EXPONENT = 307
_LONGEST_EXPONENT = 9


class NotJson(ValueError):
    """The bytes are no complete JSON text; the message says where and what stands there."""


class Ambiguous(ValueError):
    """An object holds one name twice, with two values; the message says which name."""


class NotUtf8(ValueError):
    """The bytes are not UTF-8, or begin with a byte order mark."""


def read(data: bytes) -> Any:
    """Return the value; numbers beyond 15 digits or 64 bits as Decimal, other decimals as float.

    A number that is larger than any float stays the text that it is: nobody can calculate with it, and who
    expects a number says so of the one record that holds it. Raises NotUtf8 or NotJson; NaN and Infinity are
    not JSON.
    """
    _check_utf8(data)
    if has_long_numbers(data):
        return _read_exactly(data)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as err:
        if b"\\u" in data or "infinity" in err.msg:
            return _read_exactly(data)
        raise NotJson(_where(err.msg, err.pos, len(data.decode()))) from err


def read_plain(data: bytes) -> Any:
    """Return what :func:`read` returns, of UTF-8 in which no number has more digits than a float keeps."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return read(data)


def read_reply(data: bytes) -> Any:
    """Return what :func:`read` returns, if it can be written again, and each name means one value.

    Raises NotJson also for what is nested too deep, Ambiguous for a name with two values in one object; of a
    name that comes twice with the same value nothing is lost.
    """
    value = read(data)
    try:
        # Four levels more: a record is written within what is told of it, when it is set aside.
        written = write([[[[value]]]])
    except ValueError as err:
        raise NotJson(MAX_DEPTH_MESSAGE) from err
    if _may_have_lost_a_name(data, written):
        _check_names(data)
    return value


def is_ambiguous(data: bytes) -> bool:
    """Return whether an object in a JSON text holds a name twice with two values, or it is none."""
    try:
        if _may_have_lost_a_name(data, write([[[[read_plain(data)]]]])):
            _check_names(data)
    except ValueError:
        return True
    return False


def is_utf8(data: bytes) -> bool:
    """Return whether a JSON text is UTF-8 without a byte order mark."""
    try:
        _check_utf8(data)
    except NotUtf8:
        return False
    return True


def has_long_numbers(data: bytes) -> bool:
    """Return whether a number of a JSON text may have more digits than a float keeps."""
    return (
        any(_FOUR in part.translate(_DIGITS_AS_ZERO) for part in _every_fourth(data))
        and _SIXTEEN in data.translate(_DIGITS_AS_ZERO)
        and _LONG_NUMBER.search(data) is not None
    )


def _every_fourth(data: bytes) -> Iterator[bytes]:
    """Yield every fourth byte, by parts, each with the three that are first in the next one."""
    return (data[start : start + _PART + 12 : 4] for start in range(0, len(data), _PART))


def write(value: Any) -> bytes:
    """Return compact JSON in UTF-8; a Decimal as the number it is. Raises ValueError for what is not JSON."""
    try:
        return orjson.dumps(value, default=_decimal_as_number, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError as err:
        raise ValueError(str(err)) from err


def _check_utf8(data: bytes) -> None:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise NotUtf8("begins with a byte order mark; JSON is UTF-8 without one")
    start, end = 0, len(data)
    try:
        while start < end:
            start += utf_8_decode(data[start : start + _PART], "strict", start + _PART >= end)[1]
    except UnicodeDecodeError as err:
        at = start + err.start
        raise NotUtf8(f"is not UTF-8: byte 0x{data[at]:02x} at {at} of {end}") from err


def _read_exactly(data: bytes) -> Any:
    text = data.decode()
    try:
        value = json.loads(text, parse_float=_exact_float, parse_int=_exact_int, parse_constant=_refuse)
        return _without_surrogates(value) if "\\u" in text else value
    except json.JSONDecodeError as err:
        raise NotJson(_where(err.msg, err.pos, len(text))) from err
    except RecursionError as err:
        raise NotJson(MAX_DEPTH_MESSAGE) from err


def _may_have_lost_a_name(data: bytes, written: bytes) -> bool:
    """Return whether ``written``, the value of ``data``, may lack a member that stands there.

    Each member has a colon, and those in texts are written as they came, unless they came as an escape.
    """
    return data.count(b":") != written.count(b":") or (b"\\" in data and b"\\u003" in data)


def _check_names(data: bytes) -> None:
    try:
        json.loads(data, object_pairs_hook=_each_name_once, parse_float=str, parse_int=str)
    except RecursionError as err:
        raise NotJson(MAX_DEPTH_MESSAGE) from err


def _each_name_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        twice = next((name for name, value in members if found[name] != value), None)
        if twice is not None:
            raise Ambiguous(f"holds {_shown(twice)} twice in one object, with two values")
    return found


def _shown(name: str) -> str:
    # Names of fields are told; what else may stand there, such as a person's, is not.
    return f"the name {name!r}" if _FIELD.fullmatch(name) else "a name"


def _exact_int(text: str) -> int | Decimal:
    if len(text) <= 18:
        return int(text)
    number = Decimal(text)
    return int(text) if -(2**63) <= number < 2**64 else number


def _exact_float(text: str) -> float | Decimal | str:
    mantissa, _, exponent = text.lower().partition("e")
    if len(exponent.lstrip("+-").lstrip("0")) > _LONGEST_EXPONENT:  # beyond what Decimal takes, too
        return 0.0 if exponent.startswith("-") or not mantissa.strip("-0.") else text
    number = Decimal(text)
    if abs(number.adjusted()) > _HUGE_EXPONENT:
        return text if number.adjusted() > 0 and number else float(text)
    digits = len(number.as_tuple().digits)
    return number if digits > 15 else float(text)


def _refuse(word: str) -> NoReturn:
    raise NotJson(f"holds {word}, which is not JSON")


def _decimal_as_number(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} is not JSON")


def _without_surrogates(value: Any) -> Any:
    """Replace halves of surrogate pairs, which are no characters and no store or queue takes, by U+FFFD."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    return value


def _where(problem: str, position: int, length: int) -> str:
    """Say where, not what stands there: a reply may hold personal data."""
    ended = ", where it ends" if position >= length else ""
    return f"is not JSON: {problem} at character {position} of {length}{ended}"
