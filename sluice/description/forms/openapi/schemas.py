"""Reads schemas of OpenAPI and JSON Schema into the neutral model: references, allOf, oneOf, anyOf, null.

Types that are referred to are read once, by name, so that cycles cost nothing. Composed schemas inside others
get a name of their own (``(1)``, ``(2)``, ...) for the same reason. Whether a value fits is not its business.
"""

from __future__ import annotations

from typing import Any

from sluice.description.forms.lifecycle import lifecycle_of
from sluice.description.forms.openapi.merging import either, together
from sluice.description.forms.openapi.references import References, name_of
from sluice.description.forms.unreadable import unreadable
from sluice.description.model import ANYTHING, Field, Schema

MAX_NESTING = 60
_COMPOSED = ("allOf", "oneOf", "anyOf")
_NULLABLE = ("nullable", "x-nullable")
_SHAPES = ("properties", "additionalProperties", "items", "enum", "required", "format", *_COMPOSED)
_FORMATS = {"datetime": "date-time", "date_time": "date-time", "timestamp": "date-time"}
_NO_CODE = (None, "")
"""What stands in lists of codes for there being none."""
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


class SchemaReader:
    """Reads the schemas of one document; :meth:`types` reads on until every type referred to is there."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._waiting: dict[str, Any] = {}
        self._composed: dict[int, str] = {}
        self._read: dict[str, Schema] = {}

    def types(self) -> dict[str, Schema]:
        """Return every type that the schemas read so far refer to, and those that these refer to."""
        while self._waiting:
            name, said = self._waiting.popitem()
            if name not in self._read:
                self._read[name] = self._structure(said, ())
        return self._read

    def schema(self, said: Any, depth: int = 0) -> Schema:
        """Return the schema; a type that is referred to stays a name."""
        if depth > MAX_NESTING:
            raise unreadable("too_deep", f"has schemas nested more than {MAX_NESTING} levels deep")
        if not isinstance(said, dict):
            return ANYTHING
        nullable = any(said.get(key) is True for key in _NULLABLE)
        if isinstance(said.get("$ref"), str):
            return self._named(said["$ref"], nullable=nullable)
        if any(isinstance(said.get(key), list) for key in _COMPOSED):
            return self._of_parts(said, nullable=nullable)
        return self._plain(said, depth)

    def _named(self, reference: str, *, nullable: bool) -> Schema:
        name = name_of(reference)
        if name not in self._read and name not in self._waiting:
            self._waiting[name] = self._references.at(reference)
        return Schema(name=name, nullable=nullable)

    def _of_parts(self, said: dict[str, Any], *, nullable: bool) -> Schema:
        # `allOf` of one reference, or `oneOf` of one and null, is how a reference is made nullable.
        parts = [part for key in _COMPOSED for part in said.get(key) or ()]
        real = [part for part in parts if not _is_null(part)]
        alone = not any(key in said for key in _SHAPES if key not in _COMPOSED)
        if len(real) == 1 and alone and isinstance(real[0], dict):
            found = self.schema(real[0], 1)
            nullable = nullable or found.nullable or len(real) < len(parts)
            if found.name:
                return Schema(name=found.name, nullable=nullable)
        name = self._composed.setdefault(id(said), f"({len(self._composed) + 1})")
        if name not in self._read and name not in self._waiting:
            self._waiting[name] = said
        return Schema(name=name)

    def _structure(self, said: Any, passed: tuple[int, ...]) -> Schema:
        """Return the schema with references followed and parts put together; ``passed`` ends cycles."""
        if not isinstance(said, dict) or id(said) in passed:
            return ANYTHING
        passed = (*passed, id(said))
        nullable = any(said.get(key) is True for key in _NULLABLE)
        if isinstance(said.get("$ref"), str):
            found = self._structure(self._references.at(said["$ref"]), passed)
            return together([found], nullable=nullable or found.nullable)
        if not any(isinstance(said.get(key), list) for key in _COMPOSED):
            return self._plain(said, 0)
        parts = [self._structure(part, passed) for part in said.get("allOf") or ()]
        if any(key in said for key in _SHAPES if key not in _COMPOSED):
            parts.append(self._plain(said, 0, inherits=True))
        for key in ("oneOf", "anyOf"):
            variants = said.get(key) or ()
            real = [self._structure(part, passed) for part in variants if not _is_null(part)]
            if real:
                parts.append(either(real, nullable=len(real) < len(variants)))
        return together(parts, nullable=nullable or (bool(parts) and all(part.nullable for part in parts)))

    def _plain(self, said: dict[str, Any], depth: int, *, inherits: bool = False) -> Schema:
        types, nullable = _types(said)
        codes = [value for value in _codes(said) if value not in _NO_CODE]
        form = str(said.get("format") or "").lower()
        return Schema(
            types=frozenset("string" if one == "file" else one for one in types),
            format=_FORMATS.get(form, form),
            nullable=nullable or None in _codes(said),
            codes=tuple(dict.fromkeys(map(text_of, codes))),
            fields=self._fields(said, depth, inherits=inherits),
            items=self.schema(said["items"], depth + 1) if isinstance(said.get("items"), dict) else None,
        )

    def _fields(self, said: dict[str, Any], depth: int, *, inherits: bool) -> dict[str, Field]:
        properties, required = said.get("properties"), said.get("required")
        required = set(required) if isinstance(required, list) else set()
        found = {
            str(name): Field(self.schema(one, depth + 1), name in required, self._lifecycle(one))
            for name, one in (properties.items() if isinstance(properties, dict) else ())
            if not (isinstance(one, dict) and one.get("writeOnly") is True)
        }
        if inherits:
            found.update({name: Field(ANYTHING, required=True) for name in required if name not in found})
        others = said.get("additionalProperties")
        if isinstance(others, dict) and others:
            found["*"] = Field(self.schema(others, depth + 1))
        return found

    def _lifecycle(self, said: Any) -> Any:
        return lifecycle_of(said if isinstance(said, dict) else {})


def text_of(value: Any) -> str:
    """Return a JSON scalar as text: ``true``, ``1``, ``a``; a list by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ",".join(map(text_of, value)) if isinstance(value, list) else str(value)


def _is_null(said: Any) -> bool:
    return isinstance(said, dict) and (said.get("type") == "null" or said.get("enum") == [None])


def _codes(said: dict[str, Any]) -> list[Any]:
    found = [said["const"]] if "const" in said else said.get("enum")
    return found if isinstance(found, list) else []


def _types(said: dict[str, Any]) -> tuple[set[str], bool]:
    given = said.get("type")
    types = {str(one) for one in given} if isinstance(given, list) else {str(given)} if given else set[str]()
    nullable = "null" in types or any(said.get(key) is True for key in _NULLABLE)
    types.discard("null")
    if not types and (said.get("properties") or said.get("additionalProperties")):
        types = {"object"}
    if not types and "items" in said:
        types = {"array"}
    if not types:
        types = {_KINDS[type(value)] for value in _codes(said) if type(value) in _KINDS}
    return types, nullable
