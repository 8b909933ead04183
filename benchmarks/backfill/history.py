"""Customers spread evenly over days: which lie between two of them, and a page of those as bytes.

Nothing is kept of a record: it is one of some thousand texts, made once, with its number and day put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import orjson

from benchmarks.peers.records import FIRST_ID, customer

TEXTS = 8_191
"""Different texts: more than a chunk has records, else it would be compressed better than real ones."""

_MARKS = (b"111111111111111", b"222222222222222", b"3333-33-33")


@dataclass(frozen=True, slots=True)
class History:
    """``records`` customers, numbered from 0, from the day ``first`` to before ``until``, evenly."""

    records: int
    first: date
    until: date

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.until - self.first).days

    def day_of(self, number: int) -> date:
        """Return the day of a record."""
        return self.first + timedelta(days=number * self.days // self.records)

    def before(self, day: date) -> int:
        """Return how many records are of earlier days."""
        elapsed = min(max((day - self.first).days, 0), self.days)
        return -(-elapsed * self.records // self.days)

    def page(self, since: date, until: date, asked: tuple[int, int]) -> bytes:
        """Return the reply to who asks for days from ``since`` to before ``until``.

        ``asked`` is how many of them to leave out, and how many to give at most.
        """
        begin, end = self.before(since), max(self.before(until), self.before(since))
        offset, limit = asked
        found = range(begin + offset, min(begin + offset + limit, end))
        return b'{"total":%d,"values":[%b]}' % (end - begin, b",".join(map(self._text, found)))

    def _text(self, number: int) -> bytes:
        day = self.day_of(number).isoformat().encode()
        return _texts()[number % TEXTS] % (FIRST_ID + number, day, number + 1)


def number_of(source_id: str) -> int:
    """Return the number of the record with this id."""
    return int(source_id) - FIRST_ID


@cache
def _texts() -> list[bytes]:
    return [_text_of(number) for number in range(TEXTS)]


def _text_of(number: int) -> bytes:
    """Return a customer as bytes, with places for its id, its day and its number."""
    identity, kept, day = _MARKS
    record = customer(number)
    # In this order: the places are filled one after the other.
    marked = {"id": int(identity), "registered": day.decode(), "customerNumber": int(kept)}
    text = orjson.dumps(marked | {name: value for name, value in record.items() if name not in marked})
    text = text.replace(b"%", b"%%")
    for mark, place in ((identity, b"%d"), (day, b"%b"), (kept, b"%d")):
        text = text.replace(mark, place)
    return text
