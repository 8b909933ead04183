"""Values of another type, and what stands for nothing: D40, D47, D48, D49, D50, D51, D52, D54."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

import zlib
from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.mutations.fields import nulled, without
from sandbox.mutations.places import ValueChange, of_holders, of_values
from sandbox.mutations.variant import Values, Variant, code_list, integers, numbers, objects, texts

REFERENCE = ("id", "url")
NO_DATE = "0001-01-01"


def when(kind: Callable[[Any], bool], change: Callable[[Any], Any]) -> ValueChange:
    """Return the change made to values of that kind only."""
    return lambda value, _to, _random: change(value) if kind(value) else value


def _is_int(value: Any) -> bool:
    return type(value) is int


def _is_number(value: Any) -> bool:
    return type(value) in {int, float}


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _is_number_text(value: Any) -> bool:
    return isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdecimal()


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _from_text(value: str) -> int | float:
    return float(value) if "." in value else int(value)


def _reference(value: Any, _to: str, _random: Random) -> Any:
    if isinstance(value, list):
        return [_reference(item, _to, _random) for item in value]
    if not isinstance(value, dict) or "id" not in value or not set(value) - set(REFERENCE):
        return value
    return {"id": value["id"], "url": value.get("url", f"https://erp.example/v2/{value['id']}")}


def _ids(value: Any, _to: str, _random: Random) -> Any:
    if isinstance(value, list):
        return [_ids(item, _to, _random) for item in value]
    return {"id": value["id"]} if isinstance(value, dict) and "id" in value else value


def _emptied(value: Any) -> Any:
    return [] if isinstance(value, list) else {}


def _first_of(*names: str) -> Callable[[dict[str, Any]], Any]:
    def first(value: dict[str, Any]) -> Any:
        plain = [found for found in value.values() if _is_scalar(found)]
        return next((value[name] for name in names if name in value), plain[0] if plain else None)

    return first


def _keyed(value: list[Any]) -> dict[str, Any]:
    return {str(at): item for at, item in enumerate(value)}


def _some_null(values: Values) -> bool:
    return any(value is None for value in values)


def _nulls_among(kind: Callable[[Values], bool]) -> Callable[[Values], bool]:
    return lambda values: _some_null(values) and kind(values)


def _dates(values: Values) -> bool:
    return texts(values) and any(isinstance(value, str) and value[4:5] == "-" for value in values)


def _expands(values: Values) -> bool:
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return objects(items) and any(isinstance(item, dict) and set(item) - set(REFERENCE) for item in items)


def _lists(values: Values) -> bool:
    return any(isinstance(value, list) and value for value in values)


_CASTS: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: None if value is None else str(value),
    "integer": lambda value: int(float(value or 0)),
    "number": lambda value: float(value or 0),
    "boolean": bool,
    "object": lambda value: {"value": value},
    "array": lambda value: [value],
    "null": lambda _: None,
}


def _cast(value: Any, to: str, _random: Random) -> Any:
    if to and to not in _CASTS:
        raise ValueError(f"{to!r} is no type; there are {', '.join(_CASTS)}")
    return _CASTS[to](value) if to else value


def _nulls_in(what: Any) -> ValueChange:
    return when(lambda value: value is None, lambda _: what)


TYPES: tuple[Variant, ...] = (
    Variant("D40", "references", "A nested object is {id, url} only", of_values(_reference, whole=True), _expands),
    Variant("D40", "ids", "A nested object is {id} only", of_values(_ids, whole=True), _expands),
    Variant("D40", "empty", "A nested list is empty", of_values(when(lambda value: isinstance(value, list), _emptied), whole=True), _lists),
    Variant("D47", "text", "A whole number is text", of_values(when(_is_int, str)), integers),
    Variant("D47", "padded", "A whole number is text with leading zeros", of_values(when(_is_int, lambda value: f"{value:012d}")), integers),
    Variant("D47", "prefixed", "A whole number is text with letters before it", of_values(when(_is_int, lambda value: f"ID-{value}")), integers),
    Variant("D48", "number_to_text", "A number is text", of_values(when(_is_number, str))),
    Variant("D48", "text_to_number", "A number written as text is a number", of_values(when(_is_number_text, _from_text))),
    Variant("D48", "bool_to_text", 'true is "true"', of_values(when(_is_bool, lambda value: str(value).lower()))),
    Variant("D48", "bool_to_number", "true is 1", of_values(when(_is_bool, int))),
    Variant("D48", "bool_to_letter", 'true is "Y"', of_values(when(_is_bool, lambda value: "Y" if value else "N"))),
    Variant("D48", "number_to_bool", "A number is true where it is not zero", of_values(when(_is_number, bool)), code_list),
    Variant("D48", "enum_to_number", "A code is a number", of_values(when(lambda value: isinstance(value, str), lambda value: zlib.crc32(value.encode()) % 90 + 10)), code_list),
    Variant("D48", "retyped", "The value has the given type", of_values(_cast), argument="string, integer, number, boolean, object, array or null"),
    Variant("D49", "point_zero", "A whole number has a decimal point", of_values(when(_is_int, float)), integers),
    Variant("D49", "fraction", "A whole number has decimals", of_values(when(_is_int, lambda value: value + 0.25)), integers),
    Variant("D50", "value_object", "A scalar is {value}", of_values(when(_is_scalar, lambda value: {"value": value}))),
    Variant("D50", "id_object", "A scalar is {id, url}", of_values(when(_is_scalar, lambda value: {"id": value, "url": f"https://erp.example/v2/{value}"}))),
    Variant("D50", "code_name", "A scalar is {code, name}", of_values(when(_is_scalar, lambda value: {"code": value, "name": str(value).capitalize()}))),
    Variant("D50", "object_to_id", "An object is its id", of_values(when(_is_object, _first_of("id", "code", "number")), whole=True), objects),
    Variant("D50", "object_to_name", "An object is its name", of_values(when(_is_object, _first_of("name", "displayName", "code")), whole=True), objects),
    Variant("D51", "unwrapped", "A list of one is its only member", of_values(when(lambda value: isinstance(value, list) and len(value) == 1, lambda value: value[0]), whole=True)),
    Variant("D51", "wrapped", "An object is a list of one", of_values(when(lambda value: isinstance(value, dict), lambda value: [value]), whole=True), objects),
    Variant("D51", "keyed", "A list is an object of its members by number", of_values(when(lambda value: isinstance(value, list) and bool(value), _keyed), whole=True)),
    Variant("D52", "null", "Null", of_holders(nulled)),
    Variant("D54", "null_to_empty", 'Null is ""', of_values(_nulls_in("")), _nulls_among(texts)),
    Variant("D54", "null_to_zero", "Null is 0", of_values(_nulls_in(0)), _nulls_among(numbers)),
    Variant("D54", "null_to_object", "Null is {}", of_values(_nulls_in({})), _nulls_among(objects)),
    Variant("D54", "null_to_word", 'Null is "null"', of_values(_nulls_in("null")), _nulls_among(texts)),
    Variant("D54", "null_to_date", f"Null is {NO_DATE}", of_values(_nulls_in(NO_DATE)), _nulls_among(_dates)),
    Variant("D54", "null_to_absent", "What would be null is absent", of_holders(lambda holder, name, to, random: without(holder, name, to, random) if holder.get(name, 0) is None else holder)),
    Variant("D54", "empty_to_null", '"" is null', of_values(when(lambda value: value == "", lambda _: None))),
    Variant("D54", "zero_to_null", "0 is null", of_values(when(lambda value: _is_number(value) and not value, lambda _: None))),
    Variant("D54", "value_to_empty", 'Text is ""', of_values(when(lambda value: isinstance(value, str), lambda _: "")), texts),
    Variant("D54", "value_to_zero", "Numbers are 0", of_values(when(_is_number, lambda _: 0)), numbers),
    Variant("D54", "value_to_object", "Objects are {}", of_values(when(_is_object, _emptied), whole=True), objects),
)  # fmt: skip
