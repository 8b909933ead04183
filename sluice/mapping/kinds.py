"""The kinds of values a canonical field can hold, and which kind may become which.

Converting is the business of sluice.mapping.conversion.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a value is. ANY is what comes from the ERP unseen."""

    TEXT = "text"
    DECIMAL = "decimal"
    DATE = "date"
    INSTANT = "date-time"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    REFERENCE = "reference"
    OBJECT = "object"
    LIST = "list"
    ANY = "any"


_MAY_BECOME: dict[Kind, frozenset[Kind]] = {
    Kind.TEXT: frozenset(Kind) - {Kind.OBJECT, Kind.LIST},
    Kind.DECIMAL: frozenset({Kind.DECIMAL, Kind.INTEGER, Kind.TEXT}),
    Kind.DATE: frozenset({Kind.DATE, Kind.TEXT}),
    Kind.INSTANT: frozenset({Kind.INSTANT, Kind.TEXT}),
    Kind.INTEGER: frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.REFERENCE}),
    Kind.BOOLEAN: frozenset({Kind.BOOLEAN}),
    Kind.REFERENCE: frozenset({Kind.REFERENCE}),
    Kind.OBJECT: frozenset({Kind.OBJECT}),
    Kind.LIST: frozenset({Kind.LIST}),
}
_JSON_TYPES: dict[str, Kind] = {
    "string": Kind.TEXT,
    "number": Kind.DECIMAL,
    "integer": Kind.INTEGER,
    "boolean": Kind.BOOLEAN,
    "object": Kind.OBJECT,
    "array": Kind.LIST,
}


def may_become(given: Kind, wanted: Kind) -> bool:
    """Return whether some value of kind ``given`` can be converted to ``wanted``."""
    return Kind.ANY in (given, wanted) or wanted in _MAY_BECOME[given]


def kind_of_json_type(name: str) -> Kind:
    """Return the kind of a JSON Schema type word; ANY for a word without one."""
    return _JSON_TYPES.get(name, Kind.ANY)
