"""By what two records of different ERPs are the same thing, for each entity, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.comparing.fields import key_value

SEPARATOR = "\x1f"
"""Between the parts of a key; no ERP's text has it."""


class Default(Struct, frozen=True):
    """The fields of a key and why; with ``either`` the first of them that has a value."""

    fields: tuple[str, ...]
    reason: str
    either: bool = False


class Key(Struct, frozen=True):
    """What records are joined by: the fields, the reason, and the SQL of the value, null for none."""

    fields: tuple[str, ...]
    reason: str
    sql: str


_COMPANY = Default(("organisation_number",), "the register's number is the company's own in every ERP")
_NUMBERED = ("number",)
DEFAULTS: Mapping[str, Default] = {
    "customer": _COMPANY,
    "supplier": _COMPANY,
    "employee": Default(
        ("email",), "people have one mailbox at work, and another employee number in each ERP"
    ),
    "product": Default(
        ("number", "gtin"), "the article's number, or where it has none its GTIN", either=True
    ),
    "project": Default(_NUMBERED, "project numbers are what people write on hours and invoices"),
    "department": Default(_NUMBERED, "department numbers are the same in reports over several ERPs"),
    "account": Default(_NUMBERED, "charts of accounts are kept by number"),
    "activity": Default(("name",), "few ERPs number activities"),
    "order": Default(_NUMBERED, "order numbers are printed on what goes out"),
    "purchase_order": Default(_NUMBERED, "order numbers are printed on what goes out"),
    "invoice": Default(("number", "type"), "invoice and credit note may be numbered apart"),
}

WITHOUT = {
    "time_entry": "hours have no number that two ERPs share",
    "ledger_entry": "each ERP numbers its own vouchers",
    "supplier_invoice": "its number is the supplier's: two suppliers may use the same",
}


def key_of(entity: str, schema: Mapping[str, Any], by: tuple[str, ...] = ()) -> Key:
    """Return the key asked for, or the entity's default.

    Raises ConfigurationInvalid where there is no default, and for a field that is no scalar or holds the
    connection's name.
    """
    if by:
        return Key(by, "as asked for", _together(schema, by))
    default = DEFAULTS.get(entity)
    if default is None:
        message = f"{entity} has no default key: {WITHOUT[entity]}; right would be --by FIELD,..."
        raise ConfigurationInvalid("No key to join by", [Fault("no_key", "/by", message)])
    return Key(default.fields, default.reason, _whole(schema, default))


def _whole(schema: Mapping[str, Any], default: Default) -> str:
    if not default.either:
        return _together(schema, default.fields)
    named = [f"'{name} ' || {key_value(schema, name)}" for name in default.fields]
    return f"coalesce({', '.join(named)})"


def _together(schema: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    """Return the values one after the other: null where one of them is."""
    return f" || '{SEPARATOR}' || ".join(key_value(schema, name) for name in fields)
