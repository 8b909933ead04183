"""Turns what a JSON Schema says about a document into faults: place, line, what came, what would be right.

It does not read files and knows no particular schema. Unions are best written with ``if``/``then``:
the faults of a plain ``anyOf`` can only say that no form fitted.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sluice.faults import Fault, pointer_of
from sluice.model.json_schema import Explaining, surely_fits
from sluice.model.pasted_secrets import kind_of
from sluice.model.unseen import foreign_letters
from sluice.model.yaml_document import MOST_FAULTS, YamlDocument

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_TYPE_WORDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_LOOKED_AT = 10_000
"""So many characters of a text are looked through for credentials before some of it is shown."""
_YAML_1_1_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n"})


def schema_faults(value: Any, schema: Mapping[str, Any], document: YamlDocument) -> list[Fault]:
    """Return the faults of ``value`` under ``schema`` (draft 2020-12), at most 100, in the order of lines."""
    if surely_fits(value, schema):
        return []
    found: dict[tuple[str, str], Fault] = {}
    errors = Explaining(schema, formats=True).iter_errors(value)
    for fault in (fault for error in errors for fault in _faults_of(error, document)):
        found.setdefault((fault.code, fault.pointer), fault)
        if len(found) == MOST_FAULTS:
            break
    return sorted(found.values(), key=lambda fault: (document.line_of(fault.pointer), fault.pointer))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` where a known word is close, else the list of what is known."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        foreign = foreign_letters(word, close[0])
        return f"did you mean {close[0]!r}?" + (f" It holds {foreign}." if foreign else "")
    return f"known here: {', '.join(words)}" if words else "nothing is allowed here"


def in_words(value: Any) -> str:
    """Return what a value is, short enough for a message: ``the text 'abc'``, ``a list of 3``.

    What looks like a credential is not shown.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        if kind := kind_of(value[:_LOOKED_AT]):
            return f"a text of {len(value)} characters that holds {kind}"
        return f"the text {value[:40]!r}" + ("..." if len(value) > 40 else "")
    if isinstance(value, Mapping):
        return f"an object with {', '.join(list(map(str, value))[:5])}" if value else "an empty object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"the number {str(value)[:40]}"


def _faults_of(error: ValidationError, document: YamlDocument) -> Iterator[Fault]:
    path, got = list(error.absolute_path), _got(error)
    if error.validator in {"additionalProperties", "unevaluatedProperties"}:
        yield from _unknown_keys(error, path, document)
    elif error.validator in {"anyOf", "oneOf"} and error.context:
        yield from _no_form_fits(error, path, document)
    elif "propertyNames" in error.absolute_schema_path:
        pointer = pointer_of(*path, str(got))
        yield document.fault("bad_name", pointer, f"the name {str(got)[:60]!r} {_right(error)}")
    else:
        code, message = _plain(error)
        yield document.fault(code, pointer_of(*path), message)


def _got(error: ValidationError) -> Any:
    return error.instance


def _wanted(error: ValidationError) -> Any:
    return error.validator_value


def _unknown_keys(error: ValidationError, path: list[str | int], document: YamlDocument) -> Iterator[Fault]:
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    patterns = error.schema.get("patternProperties", {}) if isinstance(error.schema, Mapping) else {}
    if not isinstance(error.validator_value, bool):
        yield document.fault("not_allowed", pointer_of(*path), error.message[:200])
        return
    for key in _got(error):
        if key not in known and not any(_matches(pattern, key) for pattern in patterns):
            message = f"{key[:60]!r} is not a key that is known here; {did_you_mean(key, known)}"
            yield document.fault("unknown_key", pointer_of(*path, key), message)


def _matches(pattern: str, key: str) -> bool:
    return re.search(pattern, key) is not None


def _no_form_fits(error: ValidationError, path: list[str | int], document: YamlDocument) -> Iterator[Fault]:
    types = [_wanted(one) for one in error.context or () if one.validator == "type" and not one.path]
    deeper = [one for one in error.context or () if not (one.validator == "type" and not one.path)]
    if deeper and types:
        for one in deeper:
            yield from _faults_of(one, document)
        return
    if types:
        wanted = " or ".join(_type_words(one) for one in types)
        yield document.fault(
            "wrong_type", pointer_of(*path), f"is {in_words(_got(error))}; should be {wanted}"
        )
        return
    right = _own_saying(error) or "which fits none of the forms allowed here"
    message = f"is {in_words(_got(error))}; {right}"
    yield document.fault("no_form_fits", pointer_of(*path), message)


def _plain(error: ValidationError) -> tuple[str, str]:
    validator, wanted, got = str(error.validator), _wanted(error), _got(error)
    if validator == "required":
        missing = next((key for key in wanted if key not in got and repr(key) in error.message), "")
        return "missing_key", f"lacks the key {missing!r}"
    if validator == "type":
        hint = "; YAML 1.2 knows only true and false" if _old_boolean(wanted, got) else ""
        return "wrong_type", f"is {in_words(got)}; should be {_type_words(wanted)}{hint}"
    if validator == "enum":
        close = (
            did_you_mean(got, [one for one in wanted if isinstance(one, str)]) if isinstance(got, str) else ""
        )
        allowed = close or f"should be one of {', '.join(map(str, wanted))}"
        return "not_allowed", f"is {in_words(got)}; {allowed}"
    if validator in _SAYINGS:
        code, saying = _SAYINGS[validator]
        return code, f"is {in_words(got)}; {saying(wanted, error.schema)}"
    return "not_allowed", f"is {in_words(got)}; {_own_saying(error) or error.message[:160]}"


def _right(error: ValidationError) -> str:
    validator = str(error.validator)
    if validator in _SAYINGS:
        return _SAYINGS[validator][1](_wanted(error), error.schema)
    return error.message[:160]


def _type_words(wanted: Any) -> str:
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    return " or ".join(_TYPE_WORDS.get(name, name) for name in names)


def _old_boolean(wanted: Any, got: Any) -> bool:
    return "boolean" in wanted and isinstance(got, str) and got.lower() in _YAML_1_1_BOOLEANS


def _pattern(wanted: Any, schema: Any) -> str:
    right = schema.get("x-right") if isinstance(schema, Mapping) else None
    return f"should be {right}" if right else f"should match {wanted}"


def _own_saying(error: ValidationError) -> str:
    """Return what a schema says itself about its rule, under ``x-right``."""
    right = error.schema.get("x-right") if isinstance(error.schema, Mapping) else None
    return f"should be {right}" if right else ""


_Saying = Callable[[Any, Any], str]
_SAYINGS: dict[str, tuple[str, _Saying]] = {
    "const": ("not_allowed", lambda wanted, _: f"should be {wanted}"),
    "pattern": ("bad_form", _pattern),
    "format": ("bad_form", lambda wanted, _: f"should be a {wanted}"),
    "minimum": ("out_of_range", lambda wanted, _: f"should be {wanted} or more"),
    "maximum": ("out_of_range", lambda wanted, _: f"should be {wanted} or less"),
    "exclusiveMinimum": ("out_of_range", lambda wanted, _: f"should be more than {wanted}"),
    "exclusiveMaximum": ("out_of_range", lambda wanted, _: f"should be less than {wanted}"),
    "minLength": ("out_of_range", lambda wanted, _: f"should have {wanted} characters or more"),
    "maxLength": ("out_of_range", lambda wanted, _: f"should have {wanted} characters or less"),
    "minItems": ("out_of_range", lambda wanted, _: f"should have {wanted} entries or more"),
    "maxItems": ("out_of_range", lambda wanted, _: f"should have {wanted} entries or less"),
    "minProperties": ("out_of_range", lambda wanted, _: f"should have {wanted} keys or more"),
    "maxProperties": ("out_of_range", lambda wanted, _: f"should have {wanted} keys or less"),
    "uniqueItems": ("duplicate", lambda _, __: "should have each entry only once"),
}
