"""Writes how a value becomes a canonical field: as it is where its kind proves it valid, else checked.

What comes out is valid: either its kind proves that, or the field's own schema was asked. Only how long texts
are that pass as they came is left to whoever runs it (Writer.longest): the whole record tells that at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs
import msgspec
import orjson
from msgspec import Struct

from sluice.mapping.program.reading import plain
from sluice.mapping.program.writer import NotWritable, Value, Writer
from sluice.mapping.unmappable import Unmappable
from sluice.model.shape import Shape

_SAID = frozenset({"title", "description", "x-personal", "x-unit", "x-reference", "type"})
"""Keywords that say nothing of a value but its type."""
_KNOWN_VALUES = 4_096
"""Texts of one field whose result is remembered: currencies, countries, dates."""
_SCALARS = frozenset({"text", "integer", "boolean", "decimal"})
DIGITS = frozenset({"digits"})
"""In place of a kind: a text of digits."""
_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_LONGEST_NUMBER = 64


class Refused(Exception):
    """A value cannot be shown to be valid here; the mapper's other way says what is wrong, if anything."""


class Target(Struct, frozen=True):
    """The canonical field that is filled: its ``rule`` of the schema, and whether it may be null.

    ``passing`` is the kind that is the canonical value already, ``convert`` makes others one or raises
    Unmappable.
    """

    rule: Mapping[str, Any]
    required: bool
    passing: str
    convert: Callable[[Any], Any]
    is_number: bool = False
    refers_to: str = ""


def filled(writer: Writer, value: Value, target: Target) -> Value:
    """Return the field's value; raises NotWritable."""
    if value.only is not None and _all_valid(value.only, target):
        return value
    proven = None if target.required and value.nullable else _proven(writer, value, target)
    if proven is not None:
        return proven
    if target.refers_to:
        return _checked_reference(writer, value, target)
    checked = _Checked(target)
    if value.filled is not None and value.filled <= {"text"}:
        found = writer.local(value)
        known = f"{writer.given_as(checked.known)}.get({found.code})"
        return Value(f"({known} or {writer.given_as(checked.remember)}({found.code}))")
    return writer.call(checked.value, plain(writer, value))


def _proven(writer: Writer, value: Value, target: Target) -> Value | None:
    """Return the field's value where its kinds prove it valid, else None."""
    kinds = value.filled
    if kinds is None:
        return None
    if kinds <= {target.passing} and _is_proven(writer, target):
        return value
    if target.passing == "text" and kinds <= {"integer"} and _is_proven(writer, target):
        return _digits(writer, value)
    if target.is_number and kinds <= {"integer", "decimal"} and _is_decimal(target.rule):
        return _number(writer, value, target)
    if target.refers_to and kinds <= {"integer"} and _says_nothing(target.rule):
        return _reference(writer, value, target.refers_to)
    return None


class _Checked:
    """Converts and checks; what came of texts is remembered."""

    def __init__(self, target: Target) -> None:
        self.known: dict[str, Any] = {}
        self._convert = target.convert
        self._is_valid = jsonschema_rs.validator_for(dict(target.rule)).is_valid

    def value(self, found: Any) -> Any:
        """Return the canonical value; raises Unmappable or Refused."""
        made = self._convert(found)
        if not self._is_valid(made):
            raise Refused
        return made

    def remember(self, found: Any) -> Any:
        """Return the canonical value of a text or null, and remember it."""
        made = self.value(found)
        if made and len(self.known) < _KNOWN_VALUES:
            self.known[found] = made
        return made


def _digits(writer: Writer, value: Value) -> Value:
    if writer.is_present(value):
        return Value(f"str({value.code})")
    found = writer.local(value)
    return Value(f"(None if {found.code} is None else str({found.code}))")


def _number(writer: Writer, value: Value, target: Target) -> Value:
    convert = target.convert

    def number(found: Any) -> Any:
        if found is None:
            return None
        text = str(found) if type(found) is int else repr(found)
        if "e" in text or text[0] == "-" or len(text) > _LONGEST_NUMBER:
            text = convert(found)
            if len(text) > _LONGEST_NUMBER:
                raise Refused
        return text

    found = writer.local(value)
    with_no_exponent = f"type({found.code}) is float and 0.0001 <= {found.code} < 1e16"
    return Value(f"(repr({found.code}) if {with_no_exponent} else {writer.call(number, found).code})")


def _reference(writer: Writer, value: Value, entity: str) -> Value:
    between = writer.given_as(f"/{entity}/")
    if writer.is_present(value):
        return Value(f"f'{{c}}{{{between}}}{{{value.code}}}'")
    found = writer.local(value)
    return Value(f"(None if {found.code} is None else f'{{c}}{{{between}}}{{{found.code}}}')")


def _checked_reference(writer: Writer, value: Value, target: Target) -> Value:
    is_valid = jsonschema_rs.validator_for(dict(target.rule)).is_valid
    convert, entity = target.convert, target.refers_to

    def reference(found: Any, connection: str) -> Any:
        source_id = convert(found)
        made = None if source_id is None else f"{connection}/{entity}/{source_id}"
        if not is_valid(made):
            raise Refused
        return made

    return Value(f"{writer.given_as(reference)}({plain(writer, value).code}, c)")


def _is_proven(writer: Writer, target: Target) -> bool:
    """Return whether every value of the passing kind is valid, texts if they are not too long."""
    rule = target.rule
    if not target.passing or not _says_nothing(rule, "maxLength"):
        return False
    if "maxLength" in rule:
        writer.longest.append(rule["maxLength"])
    return True


def _says_nothing(rule: Mapping[str, Any], *beside: str) -> bool:
    return rule.keys() <= _SAID | set(beside)


def _is_decimal(rule: Mapping[str, Any]) -> bool:
    right = rule.get("pattern") == _DECIMAL and rule.get("maxLength", _LONGEST_NUMBER) >= _LONGEST_NUMBER
    return right and _says_nothing(rule, "pattern", "maxLength", "format")


def _all_valid(values: tuple[Any, ...], target: Target) -> bool:
    """Return whether each of the values is the canonical value already, and valid."""
    is_valid = jsonschema_rs.validator_for(dict(target.rule)).is_valid
    try:
        same = all(_same(target.convert(value), value) for value in values)
    except Unmappable:
        return False
    return same and all(is_valid(value) for value in values)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def verbatim(writer: Writer, value: Value, convert: Callable[[Any], Any]) -> Value:
    """Return a value of ``extensions``, which no schema says anything of; raises NotWritable."""
    if value.filled is not None and value.filled <= {"text", "integer", "boolean"}:
        return value
    if value.loose:
        raise NotWritable
    found = plain(writer, value)
    if value.filled is not None and value.filled <= _SCALARS:
        return writer.call(convert, found)
    return written_down(writer, found, convert)


def written_down(writer: Writer, value: Value, convert: Callable[[Any], Any]) -> Value:
    """Return what ``convert`` gives as JSON with sorted names: it may be an object, with the ERP's names."""

    def text(found: Any) -> msgspec.Raw:
        return msgspec.Raw(orjson.dumps(convert(found), option=orjson.OPT_SORT_KEYS))

    return writer.call(text, value)


def key(writer: Writer, value: Value, read: Callable[[Any], str]) -> Value:
    """Return a record's id as text; ``read`` makes it of anything or raises Unmappable."""
    if value.filled == frozenset({"integer"}) and writer.is_present(value):
        return Value(f"str({value.code})", Shape(DIGITS))
    return writer.call(read, plain(writer, value))
