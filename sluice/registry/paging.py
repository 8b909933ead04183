"""A page of a listing: read from a table item by item, no further than it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from sluice.ports.table import Item

MOST_READ = 500
"""Items that one page looks at where a filter lets few through: then the page is short, and goes on."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """``items`` in the order of the listing; ``after`` is where the next page goes on, None at the end.

    A page may be short, or empty, and still go on: a filter looked at MOST_READ items.
    """

    items: tuple[T, ...]
    after: str | None


def is_place(after: str) -> bool:
    """Return whether this may be where a page of things in the order of time ended: it begins with a time."""
    return _TIME.match(after) is not None


def page_of(items: Iterator[Item], read: Callable[[Item], T | None], limit: int) -> Page[T]:
    """Return the first ``limit`` (1..) things that ``read`` makes of the items; None is skipped.

    ``after`` is the sort key of the last item that was looked at.
    """
    found: list[T] = []
    most = max(MOST_READ, limit)
    for looked_at, item in enumerate(items, 1):
        one = read(item)
        if one is not None:
            found.append(one)
        if len(found) == limit or looked_at == most:
            left = next(items, None)
            return Page(tuple(found), item.sort if left is not None else None)
    return Page(tuple(found), None)
