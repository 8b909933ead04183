"""Checks the JSON Schema of a connection's settings, which comes from outside and is run here.

It may say what values are right and nothing else: it names no other schema, which would be fetched, and no
pattern that takes more than linear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sluice.connector.value_reader import At, ValueReader
from sluice.model.json_schema import is_linear, schema_error
from sluice.model.schema_faults import did_you_mean, schema_faults
from sluice.model.yaml_document import MOST_FAULTS

_ONE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "dependentSchemas")
_PLAIN = (
    *("type", "enum", "const", "format", "pattern", "minLength", "maxLength", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems"),
    *("minContains", "maxContains", "minProperties", "maxProperties", "required", "dependentRequired"),
    *("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"),
)
_KEYWORDS = frozenset((*_ONE, *_LISTS, *_NAMED, *_PLAIN))


def check_settings(reader: ValueReader, schema: Mapping[str, Any] | None) -> None:
    """Refuse a settings schema that is none, or may do harm, and defaults that it would refuse itself."""
    if schema is None:
        return
    before = len(reader.faults)
    _check_words(reader, schema, ("settings",))
    if len(reader.faults) > before:
        return
    wrong = schema_error(schema)
    if wrong is not None:
        at: At = ("settings", *wrong.absolute_path)
        reader.refuse("bad_schema", at, f"is not JSON Schema: {wrong.message[:160]}")
        return
    _check_patterns(reader, schema, ("settings",))
    if len(reader.faults) == before:
        _check_defaults(reader, schema)
    for place, name in enumerate(schema.get("required", ())):
        if name not in schema["properties"]:
            message = f"there is no setting {name!r}; {did_you_mean(name, schema['properties'])}"
            reader.refuse("unknown_setting", ("settings", "required", place), message)


def _check_words(reader: ValueReader, schema: Any, at: At) -> None:
    for inner, where in _within(schema, at):
        for word in inner:
            if word not in _KEYWORDS and len(reader.faults) < MOST_FAULTS:
                message = f"{word[:60]!r} may not stand in settings; {did_you_mean(word, _KEYWORDS)}"
                reader.refuse("unknown_key", (*where, word), message)


def _check_patterns(reader: ValueReader, schema: Any, at: At) -> None:
    for inner, where in _within(schema, at):
        if "pattern" in inner and not is_linear(inner["pattern"]):
            message = (
                "is no pattern that takes linear time; leave out look-around, back references, large counts"
            )
            reader.refuse("bad_pattern", (*where, "pattern"), message)


def _check_defaults(reader: ValueReader, schema: Mapping[str, Any]) -> None:
    for name, field in schema["properties"].items():
        if "default" in field:
            for fault in schema_faults(field["default"], field, reader.document):
                message = f"the default of {name} does not fit its own schema: {fault.message}"
                reader.refuse("bad_default", ("settings", "properties", name, "default"), message)


def _within(schema: Any, at: At) -> Iterator[tuple[Mapping[str, Any], At]]:
    """Yield a schema and all in it, each with its place."""
    if not isinstance(schema, Mapping):
        return
    yield schema, at
    for word, found in schema.items():
        if word in _ONE:
            yield from _within(found, (*at, word))
        elif word in _LISTS and isinstance(found, list):
            for number, inner in enumerate(found):
                yield from _within(inner, (*at, word, number))
        elif word in _NAMED and isinstance(found, Mapping):
            for name, inner in found.items():
                yield from _within(inner, (*at, word, name))
