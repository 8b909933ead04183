"""Dates and times in another form: D60, D61."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from sandbox.mutations.places import Change, of_values
from sandbox.mutations.variant import Values, Variant

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?")
SUMMER = timezone(timedelta(hours=2))


def is_date(value: Any) -> bool:
    """Return whether the value is an ISO date."""
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def is_time(value: Any) -> bool:
    """Return whether the value is an ISO date and time."""
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def has_zone(value: Any) -> bool:
    """Return whether the value is an ISO date and time that names its zone."""
    return is_time(value) and _zone(value) is not None


def _zone(value: str) -> str | None:
    found = _TIME.fullmatch(value)
    return found[3] if found else None


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written(form: str, times: str) -> Callable[[str], str]:
    """Return what writes a date in the strftime ``form``, and a time with ``times`` after it."""

    def write(value: str) -> str:
        moment = _moment(value)
        return moment.strftime(form) if is_date(value) else moment.strftime(form + times)

    return write


def _seconds(value: str) -> int:
    return int(_moment(value).timestamp())


def _microsoft(value: str) -> str:
    return f"/Date({_seconds(value) * 1000})/"


def _mail(value: str) -> str:
    return format_datetime(_moment(value))


def _shifted(value: str, hours: int) -> str:
    moment = datetime.fromisoformat(value) + timedelta(hours=hours)
    return moment.isoformat().replace("+00:00", "Z")


def _local(value: str) -> str:
    return _moment(value).astimezone(SUMMER).isoformat()


def _day_before(value: str) -> str:
    return f"{(date.fromisoformat(value) - timedelta(days=1)).isoformat()}T23:00:00Z"


def _without_zone(value: str) -> str:
    found = _TIME.fullmatch(value)
    return f"{found[1]}T{found[2]}" if found else value


def _most(kind: Callable[[Any], bool]) -> Callable[[Values], bool]:
    def fits(values: Values) -> bool:
        found = [value for value in values if value is not None]
        return bool(found) and sum(map(kind, found)) * 2 > len(found)

    return fits


def _is_moment(value: Any) -> bool:
    return is_date(value) or is_time(value)


def _change(kind: Callable[[Any], bool], change: Callable[[str], Any]) -> Change:
    return of_values(lambda value, _to, _random: change(value) if kind(value) else value)


def _form(name: str, title: str, change: Callable[[str], Any]) -> Variant:
    return Variant("D60", name, title, _change(_is_moment, change), _most(_is_moment))


def _precision(name: str, title: str, kind: Callable[[Any], bool], change: Callable[[str], Any]) -> Variant:
    return Variant("D61", name, title, _change(kind, change), _most(kind))


MOMENTS: tuple[Variant, ...] = (
    _form("dotted", "Dates are dd.mm.yyyy", _written("%d.%m.%Y", " %H:%M:%S")),
    _form("slashed", "Dates are dd/mm/yyyy", _written("%d/%m/%Y", " %H:%M:%S")),
    _form("month_first", "Dates are mm/dd/yyyy", _written("%m/%d/%Y", " %I:%M:%S %p")),
    _form("compact", "Dates are yyyymmdd", _written("%Y%m%d", "%H%M%S")),
    _form("day_first", "Dates are dd-mm-yyyy", _written("%d-%m-%Y", " %H:%M:%S")),
    _form("two_digits", "Dates are dd.mm.yy", _written("%d.%m.%y", " %H:%M")),
    _form("epoch_ms", "Dates are milliseconds since 1970", lambda value: _seconds(value) * 1000),
    _form("epoch_s", "Dates are seconds since 1970", _seconds),
    _form("microsoft", "Dates are /Date(milliseconds)/", _microsoft),
    _form("mail", "Dates are Sat, 21 Nov 2026 00:00:00 +0000", _mail),
    _precision("date_only", "Times are dates", is_time, lambda value: value[:10]),
    _precision("zone_dropped", "Times name no zone", has_zone, _without_zone),
    _precision("zone_shifted", "Times are two hours on, in the same zone", is_time, lambda value: _shifted(value, 2)),
    _precision("local_time", "Times are local times with +02:00", has_zone, _local),
    _precision("no_seconds", "Times have no seconds", is_time, lambda value: value[:16]),
    _precision("midnight", "Dates are times at midnight", is_date, lambda value: f"{value}T00:00:00"),
    _precision("day_before", "Dates are local midnights in UTC, so the day before", is_date, _day_before),
)  # fmt: skip
