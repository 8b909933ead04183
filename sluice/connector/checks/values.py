"""Raw values as days and as things to compare, and as masks that show their form only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?![0-9])")
_DOTNET = re.compile(r"/Date\((-?\d{1,15})")
_EPOCH_FROM = 1_000_000_000
_EPOCH_MILLISECONDS_FROM = 100_000_000_000
_SHOWN = 40
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def day_of(value: Any) -> str | None:
    """Return the day (ISO 8601) of a date or date-time: text, epoch, object of parts; None for others.

    Text is ISO 8601, or ``/Date(1767225600000)/``.
    """
    dotnet = _DOTNET.match(value) if isinstance(value, str) else None
    if isinstance(value, str) and dotnet is None:
        return value[:10] if _ISO_DAY.match(value) else None
    try:
        if dotnet is not None:
            return datetime.fromtimestamp(int(dotnet[1]) / 1000, UTC).date().isoformat()
        if isinstance(value, Mapping):
            return date(value["year"], value["month"], value["day"]).isoformat()
        if isinstance(value, int | float) and not isinstance(value, bool) and value > _EPOCH_FROM:
            seconds = value / 1000 if value > _EPOCH_MILLISECONDS_FROM else value
            return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return None


def has_time(value: Any) -> bool:
    """Return whether a date comes with a time of day, so that its zone may move the day."""
    return (
        "hour" in value if isinstance(value, Mapping) else not (isinstance(value, str) and len(value) == 10)
    )


def comparable(values: list[Any]) -> list[list[Any]]:
    """Return the values in every form in which a server may have sorted them; none where that is not known.

    Text in words is not: each server has its own alphabet.
    """
    if all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values):
        return [values]
    if all(isinstance(value, str) for value in values):
        if all(value.isdecimal() for value in values):
            return [values, [int(value[:40]) for value in values]]
        return [values] if all(_ISO_DAY.match(value) for value in values) else []
    if all(isinstance(value, Mapping) and "year" in value for value in values):
        return [[tuple(value.get(part, 0) for part in _PARTS) for value in values]]
    return []


def mask(value: Any) -> str:
    """Return the form of a value, 40 characters at most: letters as a or A, digits as 9, others as is."""
    text = (day_of(value) or "{}") if isinstance(value, Mapping) else str(value)
    return "".join(
        "9" if char.isdigit() else ("A" if char.isupper() else "a") if char.isalpha() else char
        for char in text[:_SHOWN]
    )
