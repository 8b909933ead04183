"""Converts one raw value to the kind of a canonical field; made once per field, run once per record.

A converter takes a value and gives the canonical value, None for a missing optional one, or raises
Unmappable. References are apart (:func:`reference_text`), because they need the connection's name.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sluice.mapping.canonical import Field
from sluice.mapping.decimals import decimal_text
from sluice.mapping.kinds import Kind
from sluice.mapping.moments import date_text, instant_text
from sluice.mapping.unmappable import Unmappable

Convert = Callable[[Any], Any]

NATIVE: dict[Kind, type] = {Kind.TEXT: str, Kind.BOOLEAN: bool, Kind.INTEGER: int}
"""The type of a raw value that is the canonical value already, for kinds that have one."""

PASSING: dict[Kind, str] = {Kind.TEXT: "text", Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer"}
"""The same as the name of a kind of JSON value."""

_NUMBERS = frozenset({int, float, Decimal})
_MAX_DEPTH = 32
_INTEGERS = range(-(2**63), 2**64)
_WORDS = {"true": True, "false": False}


def converter_for(field: Field) -> Convert:
    """Return the converter to the field's kind; empty text is kept only where the field is plain text."""
    convert = _CONVERT[field.kind]
    keeps_empty = field.kind in {Kind.TEXT, Kind.ANY} and not field.strict

    def converted(value: Any) -> Any:
        if value is None or (value == "" and not keeps_empty):
            if field.required:
                raise Unmappable("required_missing", None, f"{_WANTED[field.kind]}, because it is required")
            return None
        return convert(value)

    return converted


def text_of(value: Any) -> str:
    """Return text as it is and numbers in their plain form; raises Unmappable ``not_text``."""
    if type(value) is str:
        return value
    if type(value) in _NUMBERS:
        return decimal_text(value)
    raise Unmappable("not_text", value, "a text or a number")


def id_of(value: Any) -> str:
    """Return an id as text, verbatim: ``007`` and ``7`` stay distinct; a whole decimal loses its zeros."""
    if isinstance(value, str):
        return value
    if isinstance(value, float | Decimal):
        return str(_integer(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unmappable("not_text", value, "an id: a text or a whole number")


def boolean_of(value: Any) -> bool:
    """Return true and false, also as the texts "true" and "false"; raises Unmappable ``not_a_boolean``."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _WORDS:
        return _WORDS[value]
    raise Unmappable("not_a_boolean", value, "true or false (use lookup or is for anything else)")


def verbatim(value: Any, depth: int = _MAX_DEPTH) -> Any:
    """Return a value for ``extensions``: JSON as it came, decimals as text whatever their length."""
    if isinstance(value, float | Decimal):
        return decimal_text(value)
    if isinstance(value, dict | list) and not depth:
        raise Unmappable("too_deep", value, f"at most {_MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        return {name: verbatim(inner, depth - 1) for name, inner in value.items()}
    return [verbatim(inner, depth - 1) for inner in value] if isinstance(value, list) else value


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise Unmappable("not_an_integer", value, "a whole number")
    try:
        number = Decimal(decimal_text(value))
    except Unmappable as err:
        raise Unmappable("not_an_integer", value, "a whole number") from err
    if number != number.to_integral_value() or int(number) not in _INTEGERS:
        raise Unmappable("not_an_integer", value, "a whole number of at most 64 bits")
    return int(number)


def _object(value: Any) -> Any:
    raise Unmappable("not_an_object", value, "mapped with object: {...}")


def _list(value: Any) -> Any:
    raise Unmappable("not_a_list", value, "mapped with each: {...}")


_CONVERT: dict[Kind, Convert] = {
    Kind.TEXT: text_of,
    Kind.DECIMAL: decimal_text,
    Kind.DATE: date_text,
    Kind.INSTANT: instant_text,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: boolean_of,
    Kind.REFERENCE: id_of,
    Kind.OBJECT: _object,
    Kind.LIST: _list,
    Kind.ANY: verbatim,
}
_WANTED: dict[Kind, str] = {
    Kind.TEXT: "a text",
    Kind.DECIMAL: "a decimal",
    Kind.DATE: "a date",
    Kind.INSTANT: "a time",
    Kind.INTEGER: "a whole number",
    Kind.BOOLEAN: "true or false",
    Kind.REFERENCE: "an id",
    Kind.OBJECT: "an object",
    Kind.LIST: "a list",
    Kind.ANY: "a value",
}
