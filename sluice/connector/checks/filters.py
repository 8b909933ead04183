"""Whether each record of a page satisfies the filter that was sent: days, keys, or a watermark."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from sluice.connector.checks.order import sorted_values
from sluice.connector.checks.values import day_of, has_time, mask
from sluice.connector.expanding.window import Keys, keys_in_words
from sluice.connector.paths import MISSING, Path

_ZONES = timedelta(days=1)
"""A day may begin a day earlier or later elsewhere; and whether an end is inclusive is not always told."""

_EXAMPLES = 3
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")


class Span(Struct, frozen=True):
    """Days that a filter lets pass, from ``first`` to before ``end`` (None: no end), at ``path``."""

    path: Path
    first: date
    end: date | None = None

    def __str__(self) -> str:
        return f"{self.first} to before {self.end}" if self.end else f"since {self.first}"


class KeySpan(Struct, frozen=True):
    """Whole numbers that a filter lets pass, from the first of ``keys`` to before the second, at ``path``."""

    path: Path
    keys: Keys

    def __str__(self) -> str:
        return keys_in_words(self.keys)

    def holds(self, number: int) -> bool:
        """Return whether the number is inside."""
        first, end = self.keys
        return (first is None or first <= number) and (end is None or number < end)


class Held(Struct, frozen=True):
    """How ``records`` stand to a span: so many lack the field, so many lie outside, as far as ``days``.

    ``days`` is 0 where keys were asked for.
    """

    records: int
    absent: int = 0
    outside: int = 0
    days: int = 0
    examples: tuple[str, ...] = ()


def span_since(path: Path, since: datetime) -> Span:
    """Return the span of a watermark; the day before still passes, because of time zones."""
    return Span(path, since.date() - _ZONES)


def held_against(records: Sequence[Mapping[str, Any]], span: Span | KeySpan) -> Held:
    """Return how the records stand to the span. A value that is no date is left to other checks.

    The day at which a window ends still passes: some filters include it. A key does not, nor does one that is
    no whole number: it lies in no range at all.
    """
    values = sorted_values(records, span.path)
    if isinstance(span, KeySpan):
        return _keys_looked_at(values, span)
    first, last = span.first.isoformat(), span.end.isoformat() if span.end else "9999-12-31"
    # Nearly every page is good, and of dates as text: its first and last day then tell.
    with suppress(TypeError):
        if not values or (min(values)[:10] >= first and max(values)[:10] <= last):
            return Held(len(values))
    return _looked_at(values, span, last)


def _looked_at(values: list[Any], span: Span, last: str) -> Held:
    early = (span.first - _ZONES).isoformat()
    absent, outside = 0, []
    for value in values:
        if value is MISSING or value is None or value == "":
            absent += 1
            continue
        day = day_of(value)
        if day is not None and not (early if has_time(value) else span.first.isoformat()) <= day <= last:
            outside.append((_distance(day, span), value))
    days = max((distance for distance, _ in outside), default=0)
    examples = tuple(sorted({mask(value) for _, value in outside}))[:_EXAMPLES]
    return Held(len(values), absent, len(outside), days, examples)


def _keys_looked_at(values: list[Any], span: KeySpan) -> Held:
    if not values or ({*map(type, values)} == {int} and all(map(span.holds, (min(values), max(values))))):
        return Held(len(values))
    present = [value for value in values if value is not MISSING and value is not None and value != ""]
    outside = [value for value in present if not _is_within(value, span)]
    examples = tuple(sorted({mask(value) for value in outside}))[:_EXAMPLES]
    return Held(len(values), len(values) - len(present), len(outside), 0, examples)


def _is_within(value: Any, span: KeySpan) -> bool:
    is_number = (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value) is not None
    )
    return is_number and span.holds(int(value))


def _distance(day: str, span: Span) -> int:
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return 0
    return (span.first - found).days if found < span.first or span.end is None else (found - span.end).days
