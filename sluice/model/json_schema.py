"""JSON Schema, draft 2020-12: a quick yes or no, and words for what does not fit.

The library that has the words takes longer to load than a small stream takes to be read, and is needed only
where something is wrong: it is loaded then, by this module alone.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, ValidationError

_PATTERN_BYTES = 1_000_000
"""What a compiled pattern may take; large counts in one another take more."""
_KEPT = 8
"""Compiled schemas that are kept; a connector's streams are all judged by one."""
_compiled: dict[int, tuple[Mapping[str, Any], Callable[[Any], bool] | None]] = {}


class Explaining:
    """Says why a value does not fit a schema."""

    def __init__(self, schema: Mapping[str, Any], *, formats: bool = False) -> None:
        """Take the schema; ``formats`` says whether dates, addresses and the like are judged, too."""
        self._schema, self._formats = schema, formats

    def iter_errors(self, value: Any) -> Iterator[ValidationError]:
        """Yield every way in which the value does not fit, in jsonschema's words."""
        yield from self._validator.iter_errors(value)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        kind = _explaining_kind()
        return kind(self._schema, format_checker=kind.FORMAT_CHECKER if self._formats else None)


def surely_fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a value fits, formats included; what is not sure is for :class:`Explaining` to say."""
    quick = _quick(schema)
    try:
        return quick is not None and quick(value)
    except (TypeError, ValueError):
        return False  # it holds what JSON has no word for


def schema_error(schema: Mapping[str, Any]) -> SchemaError | None:
    """Return what keeps a document from being a JSON Schema, None where it is one."""
    if jsonschema_rs.meta.is_valid(dict(schema)):
        return None
    errors = importlib.import_module("jsonschema.exceptions")
    try:
        _explaining_kind().check_schema(schema)
    except errors.SchemaError as error:
        found: SchemaError = error
        return found
    return None


def is_linear(pattern: Any) -> bool:
    """Return whether a text is a pattern that is looked for in time linear to the text, whatever that is."""
    return isinstance(pattern, str) and _linear(pattern) is not None


@lru_cache(maxsize=200)
def _linear(pattern: str) -> Callable[[Any], bool] | None:
    """Return the search for a pattern by an engine that never goes back; None where it cannot look for it."""
    try:
        options = jsonschema_rs.RegexOptions(size_limit=_PATTERN_BYTES)
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options).is_valid
    except ValueError:
        return None


def _patterns(validator: Any, pattern: str, value: Any, _: Any) -> Iterator[ValidationError]:
    """Say of a text that a pattern does not fit, as jsonschema does, but in linear time where that can be."""
    if not validator.is_type(value, "string"):
        return
    fits = _linear(pattern)
    if not (fits(value) if fits else re.search(pattern, value)):
        yield importlib.import_module("jsonschema").ValidationError(f"{value!r} does not match {pattern!r}")


@cache
def _explaining_kind() -> type[Draft202012Validator]:
    found = importlib.import_module("jsonschema")
    kind: type[Draft202012Validator] = found.validators.extend(
        found.Draft202012Validator, {"pattern": _patterns}
    )
    return kind


def _quick(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    """Return the compiled schema; it is known by its identity, and kept so that this stays its own."""
    known = _compiled.pop(id(schema), None) or (schema, _compile(schema))
    _compiled[id(schema)] = (
        known  # as the last that goes: the two of all connectors are asked for again and again
    )
    while len(_compiled) > _KEPT:
        _compiled.pop(next(iter(_compiled)), None)
    return known[1]


def _compile(schema: Mapping[str, Any]) -> Callable[[Any], bool] | None:
    try:
        compiled = jsonschema_rs.Draft202012Validator(
            dict(schema), validate_formats=True, formats={"regex": _is_pattern}
        )
    except ValueError:
        return None  # a pattern of Python's that this library cannot read
    return compiled.is_valid


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
