"""The time in a company's life at which a record is made or read, and the chances that go with a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]
OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds at a run: ``price`` and ``amounts`` are factors, ``credit`` and ``big`` shares of documents.

    ``foreign`` are the currencies beside the company's own; ``new_member``: open lists have an entry more;
    ``long_texts``, ``gap`` (seldom filled fields are empty), ``custom`` (a field of the customer's own),
    ``first_null`` (a nullable field that was always filled is null at times), ``archived`` (share of the
    records put out of use since) and ``drafts`` (documents before they are posted).
    """

    day: date
    price: float = 1.0
    amounts: float = 1.0
    credit: float = 0.03
    big: float = 0.0
    foreign: tuple[str, ...] = ("EUR",)
    new_member: bool = False
    long_texts: bool = False
    gap: bool = False
    custom: bool = False
    first_null: bool = False
    archived: float = 0.0
    drafts: bool = False
    few_hours: bool = False


@dataclass(slots=True)
class Chance:
    """The chances of one record: ``random`` while it is made, ``lot`` (0..1) the same at every reading."""

    random: Random
    lot: float
    born: date

    def happens(self, share: float) -> bool:
        """Return True in ``share`` of the cases."""
        return self.random.random() < share

    def money(self, middle: float, spread: float = 1.0) -> float:
        """Return an amount: most are near ``middle``, few are many times as much."""
        return round(min(middle * self.random.lognormvariate(0, spread), middle * 400), 2)

    def currency(self, moment: Moment) -> str:
        """Return the company's own currency, or seldom another."""
        return self.random.choice(moment.foreign) if moment.foreign and self.happens(0.12) else "NOK"


Whim = Callable[[Record, Chance], None]
"""What a flag of a moment does to a record, in place."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How records of a stream come into being and age.

    ``born`` turns a sandbox's record into one of a living company; ``aged`` gives it the state it has when it
    is read so many days later. Both change it in place. ``whims`` do what a moment's flags ask for.
    """

    born: Callable[[Record, Chance, Moment], None]
    aged: Callable[[Record, Chance, int, Moment], None]
    whims: Mapping[str, Whim] = field(default_factory=dict)

    def flagged(self, moment: Moment) -> list[Whim]:
        """Return what the moment's flags do to each record."""
        return [whim for flag, whim in self.whims.items() if getattr(moment, flag)]


def workday(day: date) -> date:
    """Return the day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def local_time(day: date, second: int) -> str:
    """Return a time of the day in Oslo, with its offset from UTC: one hour in winter, two in summer."""
    return (datetime(day.year, day.month, day.day, tzinfo=OSLO) + timedelta(seconds=second)).isoformat()


def utc_parts(day: date, lot: float) -> dict[str, int]:
    """Return a moment of the working day in its parts, as Tryton writes it; ``lot`` (0..1) says which."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=21_600 + lot * 43_200)
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {name: getattr(at, name) for name in names}
