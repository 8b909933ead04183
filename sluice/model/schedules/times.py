"""When a schedule starts runs: the next moments of `rate(...)` and `cron(...)`, in UTC.

Source: EventBridge Scheduler user guide, "Schedule types", read 2026-11-21. A field's numbers and names are
checked here; whether the expression has the form of one is that of sluice.model.schedules.expression.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_LAST_YEAR = 2199
_LONGEST = 100 * 366 * 86_400
"""Seconds of a rate that is worth counting: beyond it no time is foretold."""

_STEP = re.compile(r"(?P<range>[^/]+)/(?P<step>\d{1,4})")

Day = Callable[[date], bool]


class NoSchedule(ValueError):
    """A field of the expression is wrong; the message says which, and what would be right."""


class _Field(Struct, frozen=True):
    """A field of a cron expression: its name, its lowest and highest number, and names for numbers."""

    name: str
    low: int
    high: int
    names: dict[str, int]

    def numbers(self, text: str) -> frozenset[int]:
        """Return the numbers that a text names: ``*``, ``5``, ``1-5``, ``22-2``, ``0/15``, ``MON,WED``."""
        return frozenset(number for part in text.split(",") for number in self._part(part))

    def _part(self, part: str) -> list[int]:
        step = 1
        found = _STEP.fullmatch(part)
        if found:
            part, step = found["range"], int(found["step"])
        if part == "*":
            low, high = self.low, self.high
        elif "-" in part:
            first, _, last = part.partition("-")
            low, high = self.number(first), self.number(last)
        else:
            low = self.number(part)
            high = self.high if found else low
        if step < 1:
            raise self.wrong(f"{part}/{step}")
        # FRI-MON and 22-2 go over the end.
        numbers = range(low, high + 1 if low <= high else high + 2 + self.high - self.low, step)
        return [self.low + (number - self.low) % (self.high + 1 - self.low) for number in numbers]

    def number(self, text: str) -> int:
        """Return one number or name as a number."""
        number = self.names.get(text.upper(), int(text) if text.isascii() and text.isdecimal() else -1)
        if not self.low <= number <= self.high:
            raise self.wrong(text)
        return number

    def wrong(self, text: str) -> NoSchedule:
        """Return the error that says what may stand here."""
        named = f", or {', '.join(self.names)}" if self.names else ""
        return NoSchedule(f"{text[:20]!r} is no {self.name}; right would be {self.low} to {self.high}{named}")


_MINUTE, _HOUR = _Field("minute", 0, 59, {}), _Field("hour", 0, 23, {})
_DAY, _MONTH = _Field("day of the month", 1, 31, {}), _Field("month", 1, 12, _MONTHS)
_WEEKDAY, _YEAR = _Field("day of the week", 1, 7, _WEEKDAYS), _Field("year", 1970, _LAST_YEAR, {})


def next_times(expression: str, after: datetime, count: int) -> list[datetime]:
    """Return up to ``count`` moments after ``after`` (aware UTC); a rate is counted from ``after``.

    The expression has the form of one (schedule_fault). Raises NoSchedule where a field is wrong. Fewer come
    where the years of a cron expression end.
    """
    inside = expression[expression.index("(") + 1 : -1]
    if expression.startswith("rate("):
        number, _, unit = inside.partition(" ")
        seconds = int(number[:20]) * _UNITS[unit.removesuffix("s")]
        turns = range(1, count + 1) if seconds <= _LONGEST else range(0)
        return [after + timedelta(seconds=seconds * turn) for turn in turns]
    fields = inside.split(" ")
    minutes, hours = _MINUTE.numbers(fields[0]), _HOUR.numbers(fields[1])
    found: list[datetime] = []
    for day in _days(fields, after.astimezone(UTC).date()):
        for hour in sorted(hours):
            found += [
                moment
                for minute in sorted(minutes)
                if (moment := datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)) > after
            ]
        if len(found) >= count:
            break
    return found[:count]


def _days(fields: list[str], first: date) -> Iterator[date]:
    """Yield the days on which a cron expression starts anything, from ``first`` on."""
    months, years = _MONTH.numbers(fields[3]), _YEAR.numbers(fields[5])
    fits = _weekday_test(fields[4]) if fields[2] == "?" else _day_test(fields[2])
    for year in sorted(year for year in years if year >= first.year):
        for month in sorted(months):
            for number in range(1, calendar.monthrange(year, month)[1] + 1):
                day = date(year, month, number)
                if day >= first and fits(day):
                    yield day


def _day_test(text: str) -> Day:
    """Return the test of a day of the month: numbers, ``L`` (the last), ``15W`` and ``LW`` (working days)."""
    if text == "L":
        return lambda day: day.day == _length(day)
    if text == "LW":
        return lambda day: day.day == _working_day_near(day, _length(day))
    if text.endswith("W"):
        wanted = _DAY.number(text[:-1])
        return lambda day: wanted <= _length(day) and day.day == _working_day_near(day, wanted)
    numbers = _DAY.numbers(text)
    return lambda day: day.day in numbers


def _weekday_test(text: str) -> Day:
    """Return the test of a day of the week: numbers, ``6L`` (the last Friday), ``2#1`` (the first Monday)."""
    if text == "L":
        return lambda day: _weekday(day) == 7
    if text.endswith("L"):
        last = _WEEKDAY.number(text[:-1])
        return lambda day: _weekday(day) == last and day.day + 7 > _length(day)
    name, sign, turn = text.partition("#")
    if sign:
        wanted = _WEEKDAY.number(name)
        if turn not in {"1", "2", "3", "4", "5"}:
            raise NoSchedule(f"{text[:20]!r} names no week of a month; right would be 2#1 to 2#5")
        return lambda day: _weekday(day) == wanted and (day.day + 6) // 7 == int(turn)
    numbers = _WEEKDAY.numbers(text)
    return lambda day: _weekday(day) in numbers


def _weekday(day: date) -> int:
    """Return 1 for Sunday to 7 for Saturday."""
    return day.isoweekday() % 7 + 1


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _working_day_near(day: date, number: int) -> int:
    """Return the day of Monday to Friday that is nearest to a day of the month, within the month."""
    weekday = day.replace(day=number).isoweekday()
    if weekday == 6:
        return number - 1 if number > 1 else number + 2
    if weekday == 7:
        return number + 1 if number < _length(day) else number - 2
    return number
