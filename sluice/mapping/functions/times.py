"""Mapping functions that give dates and moments, and the one that reads Tryton's typed values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sluice.mapping.decimals import decimal_text
from sluice.mapping.functions.call import Call
from sluice.mapping.kinds import Kind
from sluice.mapping.moments import day_of, from_dotnet, from_epoch, instant_text, utc_text
from sluice.mapping.node import Node, function_node
from sluice.mapping.unmappable import Unmappable

_TYPED_WANTED = "a Decimal, date, datetime or timedelta of Tryton"


def date_of(call: Call) -> Node:
    """The date of a time: as it is written, or, with ``zone``, the date there at that moment.

    >>> {date_of: created}  # {"created": "2026-01-31T23:30:00Z"}
    "2026-01-31"
    >>> {date_of: {of: created, zone: Europe/Oslo}}  # {"created": "2026-01-31T23:30:00Z"}
    "2026-02-01"
    """
    is_plain = isinstance(call.argument, str) or "of" not in call.argument
    part = call.value() if is_plain else call.at("of")
    zone = _zone(call) if call.option("zone") else None
    return _converted(part, Kind.DATE, lambda value: day_of(value, zone))


def instant(call: Call) -> Node:
    """The moment, in UTC, of a time that is written without its zone: it is in ``zone``.

    Where the text names a zone, that one counts. Of the hour that the clock passes twice in
    autumn the first is taken.

    >>> {instant: {of: changed, zone: Europe/Oslo}}  # {"changed": "2026-07-01T12:00:00"}
    "2026-07-01T10:00:00Z"
    """
    zone = _zone(call)
    return _converted(call.at("of", Kind.INSTANT), Kind.INSTANT, lambda value: instant_text(value, zone))


def epoch(call: Call) -> Node:
    """The moment of a count of ``unit`` (seconds or milliseconds) since 1970-01-01 UTC.

    >>> {epoch: {of: changed, unit: seconds}}  # {"changed": 1767225600}
    "2026-01-01T00:00:00Z"
    """
    each = 1000 if call.option("unit") == "seconds" else 1
    return _converted(call.at("of", Kind.DECIMAL), Kind.INSTANT, lambda value: from_epoch(value, each))


def dotnet_date(call: Call) -> Node:
    """The moment of a text such as ``/Date(1767225600000+0000)/``.

    >>> {dotnet_date: UpdatedDateUTC}  # {"UpdatedDateUTC": "/Date(1767225600000+0000)/"}
    "2026-01-01T00:00:00Z"
    """
    return _converted(call.value(Kind.TEXT), Kind.INSTANT, from_dotnet)


def typed(call: Call) -> Node:
    """What Tryton's ``{"__class__": ...}`` stands for; a value without it passes.

    Decimal gives a decimal, date a date, datetime (UTC) a moment, timedelta its seconds.

    >>> {typed: amount}  # {"amount": {"__class__": "Decimal", "decimal": "12.50"}}
    "12.50"
    >>> {typed: day}  # {"day": {"__class__": "date", "year": 2026, "month": 1, "day": 31}}
    "2026-01-31"
    """
    return _converted(call.value(), Kind.ANY, _typed)


def _typed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    read = _TYPED.get(str(value.get("__class__")))
    if read is None:
        raise Unmappable("not_typed", value, _TYPED_WANTED)
    try:
        return read(value)
    except (KeyError, TypeError, ValueError, OverflowError) as err:
        raise Unmappable("not_typed", value, _TYPED_WANTED) from err


def _datetime(value: Any) -> str:
    found = datetime(value["year"], value["month"], value["day"], tzinfo=UTC)
    clock = {name: value[name] for name in ("hour", "minute", "second")}
    return utc_text(found.replace(**clock, microsecond=value.get("microsecond", 0)))


_TYPED: dict[str, Callable[[Any], Any]] = {
    "Decimal": lambda value: decimal_text(value["decimal"]),
    "timedelta": lambda value: decimal_text(value["seconds"]),
    "date": lambda value: date(value["year"], value["month"], value["day"]).isoformat(),
    "datetime": _datetime,
}


def _zone(call: Call) -> ZoneInfo | None:
    name = call.option("zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        call.refuse("unknown_zone", f"{name!r} is not a time zone; write it as in Europe/Oslo or UTC", "zone")
        return None


def _converted(part: Node, gives: Kind, convert: Callable[[Any], Any]) -> Node:
    def compute(found: Any) -> Any:
        return None if found is None or found == "" else convert(found)

    return function_node(compute, gives, (part,))
