"""Turns ``windows`` and ``ranges`` of a stream's YAML, of the form that is due, into values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec.structs import replace

from sluice.connector.building.fields import declared_path
from sluice.connector.building.headers import build_headers
from sluice.connector.spec import Ranges, Windows
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Literal
from sluice.model.schema_faults import in_words


def build_windows(reader: ValueReader, stream: Mapping[str, Any], known: Known) -> Windows | None:
    """Return the date windows, None where the stream has none."""
    if "windows" not in stream:
        return None
    at: At = ("windows",)
    raw = stream["windows"]
    start = reader.scalar(raw["from"], (*at, "from"), Known(settings=known.settings))
    if isinstance(start, Literal) and not _is_date(start.value):
        message = f"is {in_words(start.value)}; should be a date such as 2024-01-31 or {{setting: NAME}}"
        reader.refuse("bad_form", (*at, "from"), message)
    return Windows(
        query=reader.values(raw.get("query"), (*at, "query"), known),
        headers=build_headers(reader, raw.get("headers"), (*at, "headers"), known),
        start=start,
        days=raw["days"],
        to_days_ahead=raw.get("to_days_ahead", 0),
        check=declared_path(reader, stream, (*at, "check")) if "check" in raw else None,
    )


def build_ranges(reader: ValueReader, stream: Mapping[str, Any], known: Known) -> Ranges | None:
    """Return the ranges of keys, None where the stream has none."""
    if "ranges" not in stream:
        return None
    at: At = ("ranges",)
    raw = stream["ranges"]
    if "windows" in stream:
        reader.refuse("not_allowed", at, "may not stand beside `windows`: one of them only")
    known = replace(known, range=True)
    _check_whole_number(reader, stream["schema"], raw["field"])
    found = Ranges(
        query=reader.values(raw.get("query"), (*at, "query"), known),
        headers=build_headers(reader, raw.get("headers"), (*at, "headers"), known),
        field=declared_path(reader, stream, (*at, "field")),
    )
    for part, values in (("query", found.query), ("headers", found.headers)):
        for name, value in values.items():
            reader.check_ends(value, (*at, part, name))
    return found


def _check_whole_number(reader: ValueReader, schema: Mapping[str, Any], field: str) -> None:
    for name in field.split("."):
        schema = schema.get("properties", {}).get(name, {})
    kinds = schema.get("type", "integer")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not set(kinds) <= {"integer", "string"}:
        message = (
            f"is declared as {' or '.join(kinds)}; should be integer, or string where it comes as text: "
        )
        message += "a record without a number is in no range, and would look deleted"
        reader.refuse("bad_form", ("ranges", "field"), message)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
