"""The columns of an entity in the lake, made from its canonical schema.

Values that a column can compare are columns of their own; lists and objects stay in ``record``, the canonical
record as it was published, from which views take them. So nothing is lost to a type, and a field that the
canonical model gains later is in the lake from the day on which it was published first.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from msgspec import Struct

DECIMAL_PLACES = 9
"""Of amounts and hours as columns; ``record`` has every place that was published."""


class Kind(Enum):
    """A column's type: its name in DuckDB, and in Glue and Athena."""

    TEXT = ("VARCHAR", "string")
    BOOLEAN = ("BOOLEAN", "boolean")
    INTEGER = ("BIGINT", "bigint")
    DECIMAL = (f"DECIMAL(38,{DECIMAL_PLACES})", f"decimal(38,{DECIMAL_PLACES})")
    DATE = ("DATE", "date")
    MOMENT = ("TIMESTAMP", "timestamp")
    """A moment in UTC; neither engine's type for Parquet files knows zones alike."""
    JSON = ("JSON", "string")
    """A list or an object: no column of a file, but of the views."""

    @property
    def duckdb(self) -> str:
        """Its name in DuckDB."""
        return self.value[0]

    @property
    def glue(self) -> str:
        """Its name in Glue's catalogue, which Athena reads."""
        return self.value[1]


class Column(Struct, frozen=True):
    """A column: its name, its type, and what it holds in a sentence."""

    name: str
    kind: Kind
    description: str = ""


EVENT_COLUMNS = (
    Column("event_id", Kind.TEXT, "The event's id: the same for every publication of the same content."),
    Column("event_version", Kind.INTEGER, "Counts the versions of one record, from 1."),
    Column("event_time", Kind.MOMENT, "When the record was fetched from the ERP, UTC."),
    Column("connection", Kind.TEXT, "The connection that the record came by."),
    Column("connector", Kind.TEXT, "The connection's connector."),
    Column("deleted", Kind.BOOLEAN, "Whether the record is gone from the ERP; its fields are null then."),
)
"""What every event has, whatever its entity; no canonical field has one of these names."""

RECORD = Column("record", Kind.TEXT, "The canonical record as it was published, as JSON.")


def fields_of(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return a column for each field of an entity's canonical schema, in its order, JSON ones included."""
    return tuple(
        Column(name, _kind(field), str(field.get("description", "")))
        for name, field in schema["properties"].items()
    )


def stored(schema: Mapping[str, Any]) -> tuple[Column, ...]:
    """Return the columns of an entity's files, in their order."""
    fields = (column for column in fields_of(schema) if column.kind is not Kind.JSON)
    return (*EVENT_COLUMNS, *fields, RECORD)


_KINDS = {
    ("string", "decimal"): Kind.DECIMAL,
    ("string", "date"): Kind.DATE,
    ("string", "date-time"): Kind.MOMENT,
    ("string", None): Kind.TEXT,
    ("boolean", None): Kind.BOOLEAN,
    ("integer", None): Kind.INTEGER,
}


def _kind(field: Mapping[str, Any]) -> Kind:
    types = field.get("type")
    names = {types} if isinstance(types, str) else set(types or ())
    scalar = "/".join(sorted(names - {"null"}))
    return _KINDS.get((scalar, field.get("format")), Kind.JSON)
