"""Which records of an entity are meant: conditions on a closed list of fields, every value a parameter.

Nothing that a person wrote becomes part of a statement: names are looked up among the entity's columns and
values are bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.columns import EVENT_COLUMNS, Kind, fields_of
from sluice.model.schema_faults import did_you_mean

SEARCHED = (
    "name", "number", "organisation_number", "vat_number", "email", "gtin", "voucher_number",
    "invoice_number", "account_number", "customer_reference", "supplier_reference", "payment_reference",
    "description", "source_id",
)  # fmt: skip
"""Fields that a text is looked for in, as far as an entity has them: what people know a record by."""

OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "contains")
MOST_VALUES = 50
"""Values of one condition."""

_NUMBERS = {Kind.INTEGER: r"-?\d{1,18}", Kind.DECIMAL: r"-?\d{1,29}(\.\d{1,9})?"}
_RIGHT = {
    Kind.BOOLEAN: "true or false",
    Kind.INTEGER: "a whole number",
    Kind.DECIMAL: "a decimal such as 1250.50, with 9 places at most",
    Kind.DATE: "a day such as 2026-11-30",
    Kind.MOMENT: "a time such as 2026-11-30T08:00:00Z",
}


class Condition(Struct, frozen=True):
    """A field, an operator of :data:`OPERATORS`, and texts: any of them for ``=``, none of them for ``!=``.

    None is no value: only ``=`` and ``!=`` take it.
    """

    field: str
    operator: str
    values: tuple[str | None, ...]


class Selection(Struct, frozen=True):
    """Records of these connections (none: of all) for which everything holds.

    ``text`` is looked for in :data:`SEARCHED` whatever the case of its letters; ``changed_since`` is compared
    with the time of the record's newest event.
    """

    connections: tuple[str, ...] = ()
    text: str = ""
    conditions: tuple[Condition, ...] = ()
    changed_since: datetime | None = None

    @property
    def is_search(self) -> bool:
        """Whether texts are looked through for a part of them: what takes longest by far."""
        return bool(self.text) or any(one.operator == "contains" for one in self.conditions)


class Clause(Struct):
    """The conditions of a `WHERE` clause, joined by AND, with the parameters in their order."""

    parts: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, sql: str, *parameters: Any) -> None:
        """Add a condition; each ``?`` in it is one of the parameters."""
        self.parts.append(f"({sql})")
        self.parameters += parameters

    def copy(self) -> Clause:
        """Return one of its own, to add to."""
        return Clause([*self.parts], [*self.parameters])

    @property
    def sql(self) -> str:
        """The clause with its word; empty where everything is meant."""
        return f"WHERE {' AND '.join(self.parts)}" if self.parts else ""


def scalars(schema: Mapping[str, Any]) -> dict[str, Kind]:
    """Return the columns that conditions and orders may name: all but lists and objects."""
    own = {column.name: column.kind for column in EVENT_COLUMNS if column.name != "deleted"}
    fields = {column.name: column.kind for column in fields_of(schema) if column.kind is not Kind.JSON}
    return own | fields


def require_field(schema: Mapping[str, Any], name: str, pointer: str) -> Kind:
    """Return the field's type; raises ConfigurationInvalid for one that is not there or is no scalar."""
    known = scalars(schema)
    if name not in known:
        message = f"{name!r} is no field to use here; {did_you_mean(name, list(known))}"
        raise ConfigurationInvalid("No such field", [Fault("unknown_field", pointer, message)])
    return known[name]


def clause_of(schema: Mapping[str, Any], wanted: Selection) -> Clause:
    """Return what holds for the wanted records; raises ConfigurationInvalid with all that is wrong."""
    found = Clause()
    if wanted.connections:
        found.add(f"connection IN ({_marks(wanted.connections)})", *wanted.connections)
    if wanted.text:
        looked_in = [name for name in SEARCHED if name in scalars(schema)]
        tests = " OR ".join(_contains(f'"{name}"', wanted.text) for name in looked_in)
        found.add(tests, *[wanted.text] * len(looked_in))
    if wanted.changed_since:
        found.add("event_time >= ?", wanted.changed_since.astimezone(UTC).replace(tzinfo=None))
    faults: list[Fault] = []
    for condition in wanted.conditions:
        try:
            _add(found, schema, condition)
        except ConfigurationInvalid as wrong:
            faults += wrong.faults
    if faults:
        raise ConfigurationInvalid("The filter is not right", faults)
    return found


def typed(kind: Kind, text: str, pointer: str) -> Any:
    """Return a text as the parameter of a column of this type; raises ConfigurationInvalid."""
    try:
        return _typed(kind, text)
    except ValueError:
        message = f"{text[:60]!r} came; right would be {_RIGHT[kind]}"
        raise ConfigurationInvalid("A wrong value", [Fault("wrong_value", pointer, message)]) from None


def _typed(kind: Kind, text: str) -> Any:
    if kind is Kind.BOOLEAN:
        if text not in ("true", "false"):
            raise ValueError(text)
        return text == "true"
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    if kind is Kind.MOMENT:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    if form := _NUMBERS.get(kind):
        if not re.fullmatch(form, text, re.ASCII):
            raise ValueError(text)
        return int(text) if kind is Kind.INTEGER else Decimal(text)
    return text


def _add(found: Clause, schema: Mapping[str, Any], condition: Condition) -> None:
    pointer = f"filter/{condition.field}"
    kind = require_field(schema, condition.field, pointer)
    _check(kind, condition, pointer)
    column = f'"{condition.field}"'
    values = [typed(kind, text, pointer) for text in condition.values if text is not None]
    if condition.operator == "contains":
        found.add(_contains(column, values[0]), values[0])
    elif condition.operator in ("=", "!="):
        tests = [f"{column} IN ({_marks(values)})"] if values else []
        tests += [f"{column} IS NULL"] if None in condition.values else []
        joined = " OR ".join(tests)
        # Unlike != of SQL: a record without a value is none with this one.
        found.add(joined if condition.operator == "=" else f"({joined}) IS NOT TRUE", *values)
    else:
        found.add(f"{column} {condition.operator} ?", values[0])


def _contains(column: str, text: str) -> str:
    # Digits have no case: a number is found in half the time.
    has_case = text.lower() != text.upper()
    return f"contains(lower({column}), lower(?))" if has_case else f"contains({column}, ?)"


def _check(kind: Kind, condition: Condition, pointer: str) -> None:
    several = condition.operator in ("=", "!=")
    if condition.operator not in OPERATORS:
        wrong = f"{condition.operator!r} is no operator; {did_you_mean(condition.operator, list(OPERATORS))}"
    elif condition.operator == "contains" and kind is not Kind.TEXT:
        wrong = "only a text can contain something; right would be =, !=, <, <=, > or >="
    elif not several and (len(condition.values) != 1 or None in condition.values):
        wrong = f"{condition.operator} takes one value"
    elif not 1 <= len(condition.values) <= MOST_VALUES:
        wrong = f"{len(condition.values)} values came; right would be 1 to {MOST_VALUES}"
    else:
        return
    raise ConfigurationInvalid("A wrong condition", [Fault("wrong_condition", pointer, wrong)])


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
