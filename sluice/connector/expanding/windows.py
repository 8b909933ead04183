"""The date windows in which a stream is read: half-open, one after the other, without gap or overlap."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sluice.connector.expanding.window import Days
from sluice.connector.spec import Stream
from sluice.connector.values import Scope, evaluate
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.model.schema_faults import in_words


def windows_of(stream: Stream, scope: Scope, started_at: datetime) -> list[Days | None]:
    """Return the stream's windows, oldest first; one None where it has none.

    The last window ends the day after ``to_days_ahead``, so that day's records are inside. Raises
    ConfigurationInvalid where the first day is no date or lies behind the last.
    """
    windows = stream.windows
    if windows is None:
        return [None]
    start = _first_day(stream, evaluate(windows.start, scope))
    end = started_at.date() + timedelta(days=windows.to_days_ahead + 1)
    if start >= end:
        message = f"the first day {start} lies behind the last to be read, {end - timedelta(days=1)}"
        raise _refused(stream, message)
    found: list[Days | None] = []
    while start < end:
        after = min(start + timedelta(days=windows.days), end)
        found.append((start, after))
        start = after
    return found


def _first_day(stream: Stream, value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as err:
        raise _refused(stream, f"is {in_words(value)}; should be a date such as 2024-01-31") from err


def _refused(stream: Stream, message: str) -> ConfigurationInvalid:
    fault = Fault("bad_window", pointer_of("windows", "from"), message, f"stream {stream.name}")
    return ConfigurationInvalid(f"the stream {stream.name!r} cannot be read in windows", [fault])
