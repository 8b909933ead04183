"""Dates and moments: ISO 8601 in, plain dates and UTC moments ending in Z out.

A moment without a zone is never guessed: the mapping must say which zone it is in.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sluice.mapping.decimals import as_decimal
from sluice.mapping.unmappable import Unmappable

DATE_WANTED = "a date such as 2026-01-31 (use date_of where the ERP sends a time as well)"
INSTANT_WANTED = "a time with its zone such as 2026-01-31T12:00:00Z (use instant where it has none)"
# An hour 24 would be the next day, or none, depending on the version of Python.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[-+][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_DOTNET = re.compile(r"/Date\((?P<ms>-?[0-9]{1,15})([-+][0-9]{4})?\)/", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def date_text(value: Any) -> str:
    """Return the date as it came, ``2026-01-31``; raises Unmappable ``not_a_date``."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Unmappable("not_a_date", value, DATE_WANTED)
    try:
        date.fromisoformat(value)
    except ValueError as err:
        raise Unmappable("not_a_date", value, "a day that exists") from err
    return value


def moment(value: Any, zone: tzinfo | None = None) -> datetime:
    """Return the aware moment of an ISO 8601 text; ``zone`` is of texts that name none.

    Raises Unmappable ``not_a_date``. Of an hour that the clock passes twice the first is taken.
    """
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise Unmappable("not_a_date", value, INSTANT_WANTED)
    try:
        found = datetime.fromisoformat(value)
    except ValueError as err:
        raise Unmappable("not_a_date", value, "a time that exists") from err
    if found.tzinfo is None and zone is None:
        raise Unmappable("not_a_date", value, INSTANT_WANTED)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def utc_text(found: datetime) -> str:
    """Return ``2026-01-31T12:00:00Z``, with microseconds where there are any."""
    try:
        return found.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError as err:
        raise Unmappable("not_a_date", found.isoformat(), "a time between the years 1 and 9999") from err


def instant_text(value: Any, zone: tzinfo | None = None) -> str:
    """Return the UTC text of an ISO 8601 moment; raises Unmappable ``not_a_date``."""
    return utc_text(moment(value, zone))


def day_of(value: Any, zone: ZoneInfo | None) -> str:
    """Return the date of a date or moment: the date it is written with, or, with ``zone``, the date there."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date_text(value)
    if zone is None:
        return moment(value, UTC).date().isoformat()
    try:
        return moment(value, zone).astimezone(zone).date().isoformat()
    except OverflowError as err:
        raise Unmappable("not_a_date", value, "a time between the years 1 and 9999") from err


def from_epoch(value: Any, milliseconds_each: int) -> str:
    """Return the UTC text of a count since 1970-01-01, in units of ``milliseconds_each`` milliseconds."""
    microseconds = as_decimal(value) * 1000 * milliseconds_each
    return _since_1970(microseconds, value)


def from_dotnet(value: Any) -> str:
    """Return the UTC text of ``/Date(1439434356790+0000)/``; the offset there only says how to show it."""
    found = _DOTNET.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Unmappable("not_a_date", value, "a text such as /Date(1439434356790)/")
    return _since_1970(Decimal(found["ms"]) * 1000, value)


def _since_1970(microseconds: Decimal, value: Any) -> str:
    try:
        return utc_text(_EPOCH + timedelta(microseconds=int(microseconds)))
    except OverflowError as err:
        raise Unmappable("not_a_date", value, "a time between the years 1 and 9999") from err
