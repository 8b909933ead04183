"""What of an entity can be compared between two ERPs, and the SQL of each value in the form that is compared.

Text is compared after trimming, in Unicode's composed form, case kept; empty text is no value. Amounts and
hours are decimals, so 100 and 100.00 are the same. Numbers of companies are compared without blanks, prefix
and MVA. An address is compared field by field. What is an ERP's
own is left out: ids and references, when a record was made or changed, extensions; and lists, whose items
have no key that two ERPs share.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.columns import Kind, fields_of
from sluice.lake.matching.numbers import NOISE, STEPS
from sluice.model.schema_faults import did_you_mean

OWN = frozenset({"id", "source_id", "created_at", "updated_at", "extensions"})
"""Fields that differ between two ERPs whatever they say of the thing itself."""

ADDRESSES = "_addresses"
"""The column of :func:`rows` that has a record's addresses."""

NUMBERS = frozenset({"organisation_number", "vat_number"})
MAILBOXES = frozenset({"email", "invoice_email"})
TITLES = ("name", "number", "voucher_number", "description")
"""What people know a record by, the best first."""
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"


class Compared(Struct, frozen=True):
    """A field that is compared: its name (``postal_address.city``), and its value in SQL, null for none."""

    name: str
    sql: str


def comparable(schema: Mapping[str, Any], wanted: tuple[str, ...] = ()) -> tuple[Compared, ...]:
    """Return the fields of an entity that are compared, or of those only the wanted.

    A wanted address means all its fields. Raises ConfigurationInvalid for a field that cannot be compared.
    """
    found = tuple(field for name in schema["properties"] for field in _compared(schema, name))
    if not wanted:
        return found
    known = {field.name for field in found} | {field.name.partition(".")[0] for field in found}
    if unknown := [name for name in wanted if name not in known]:
        raise ConfigurationInvalid("No such field to compare", [_unknown(name, known) for name in unknown])
    return tuple(field for field in found if {field.name, field.name.partition(".")[0]} & set(wanted))


def key_value(schema: Mapping[str, Any], name: str) -> str:
    """Return the SQL of a field as a part of a key: numbers normalised, mailboxes in lower case."""
    columns = {column.name: column.kind for column in fields_of(schema)}
    scalar = {key for key, kind in columns.items() if kind is not Kind.JSON and not _is_ours(schema, key)}
    if name not in scalar:
        raise ConfigurationInvalid("No key to join by", [_unknown(name, scalar, "/by")])
    value = f"CAST({_value(name, columns[name])} AS VARCHAR)"
    return f"lower({value})" if name in MAILBOXES else value


def normalised_number(value: str) -> str:
    """Return the SQL of what :func:`sluice.lake.matching.numbers.normalised` makes of a text."""
    plain = f"upper(regexp_replace({value}, '{NOISE}', '', 'g'))"
    for pattern, kept in STEPS:
        plain = f"regexp_replace({plain}, '{pattern}', '{kept}')"
    return f"nullif({plain}, '')"


def rows(entity: str, schema: Mapping[str, Any]) -> str:
    """Return the SQL of a connection's records, the parameter, with what the values of fields need.

    All addresses come out of the record in one go: to ask it for each of their fields takes twice as long.
    """
    parts = dict.fromkeys(schema.get("$defs", {}).get("address", {}).get("properties", {}), "VARCHAR")
    shape = {name: parts for name, field in schema["properties"].items() if _is_address(field)}
    taken = f", json_transform(record, '{json.dumps(shape)}') AS {ADDRESSES}" if shape else ""
    return f'(SELECT *{taken} FROM "{entity}" WHERE connection = ?)'  # noqa: S608 - names of the model


def title_of(schema: Mapping[str, Any]) -> str:
    """Return the SQL of what people call a record of an entity: its name, number or description."""
    named = [f"nullif(\"{name}\", '')" for name in TITLES if name in schema["properties"]]
    return f"coalesce({', '.join((*named, 'NULL'))})"


def _compared(schema: Mapping[str, Any], name: str) -> list[Compared]:
    field = schema["properties"][name]
    if name in OWN or "x-reference" in field:
        return []
    if _is_address(field):
        parts = schema["$defs"]["address"]["properties"]
        return [Compared(f"{name}.{part}", _text(f"{ADDRESSES}.{name}.{part}")) for part in parts]
    kind = next(column.kind for column in fields_of(schema) if column.name == name)
    return [] if kind is Kind.JSON else [Compared(name, _value(name, kind))]


def _is_address(field: Mapping[str, Any]) -> bool:
    return bool(field.get("$ref") == "#/$defs/address")


def _value(name: str, kind: Kind) -> str:
    if name in NUMBERS:
        return normalised_number(f'"{name}"')
    return _text(f'"{name}"') if kind is Kind.TEXT else f'"{name}"'


def _text(value: str) -> str:
    return f"nullif(nfc_normalize(trim({value}, {_BLANKS})), '')"


def _is_ours(schema: Mapping[str, Any], name: str) -> bool:
    """Return whether a field holds the connection's name, so that no two connections share a value."""
    return name == "id" or "x-reference" in schema["properties"][name]


def _unknown(name: str, known: set[str], pointer: str = "/fields") -> Fault:
    return Fault(
        "unknown_field", pointer, f"{name!r} cannot be used here; {did_you_mean(name, sorted(known))}"
    )
