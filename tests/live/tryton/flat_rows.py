"""Flat rows of Tryton's models through proteus, and how their values are written for comparison.

Joins nothing and asks for no dotted fields; knows nothing of Sluice.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from proteus import Model, config

Row = dict[str, Any]
EVERY = ("active", "in", [True, False])


def rows(model: str, fields: list[str], domain: list[Any] | None = None) -> list[Row]:
    """Return the records of a model as flat rows, by id."""
    proxy = Model.get(model)._proxy
    context = {**config.get_config().context, "active_test": False}
    ids = proxy.search(domain or [], 0, None, [("id", "ASC")], context)
    return sorted(proxy.read(ids, ["id", *fields], context), key=lambda row: row["id"])


def by_id(model: str, fields: list[str], domain: list[Any] | None = None) -> dict[int, Row]:
    """Return the records of a model by id."""
    return {row["id"]: row for row in rows(model, fields, domain)}


def number(value: Any) -> Row | None:
    """Return a number as text that is compared by its value."""
    return None if value is None else {"number": format(Decimal(str(value)), "f")}


def day(value: dt.date | None) -> str | None:
    """Return a date as text."""
    return None if value is None else value.isoformat()


def moment(value: dt.datetime | None) -> str | None:
    """Return Tryton's UTC time as text with Z."""
    return None if value is None else value.isoformat() + "Z"


def stamps(row: Row) -> Row:
    """Return when the record was made and changed."""
    return {"created_at": moment(row["create_date"]), "updated_at": moment(row["write_date"])}


def reference(entity: str, value: int | None) -> str | None:
    """Return a reference without the connection's name."""
    return None if value is None else f"{entity}/{value}"
