"""Pages of a listing: ``{"items": [...], "next": "..." | null}``, with an opaque cursor to the next page.

A cursor says behind which item the next page begins, of which listing. It gives no right that the caller has
not got, so it is checked, not signed: one that was made up or belongs to another listing is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, Generic, TypeVar

from aws_lambda_powertools.event_handler.openapi.params import Query
from msgspec import Struct
from pydantic import Field

from lambdas.api.problems import Problem

MOST = 200
USUAL = 50
_SUM = 6
_LONGEST = 1024

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many items.")]
Cursor = Annotated[
    str | None,
    Query(description="`next` of the page before, as it came. Without: the first page.", max_length=_LONGEST),
]

Next = Annotated[str | None, Field(description="The cursor of the next page; null where this is the last.")]

T = TypeVar("T")


class Part(Struct, Generic[T], frozen=True):
    """The items of one page, and the cursor of the next; None where this is the last."""

    items: list[T]
    next: str | None


def part_of(items: Iterable[T], key: Callable[[T], str], scope: str, limit: int) -> Part[T]:
    """Return the first ``limit`` of the items, and a cursor behind them; reads one item more, and no further.

    ``items`` begin behind the cursor (:func:`after_of`); ``key`` is what they are sorted by; ``scope`` names
    the listing with its filters.
    """
    found = list(islice(items, limit + 1))
    more = len(found) > limit
    return Part(found[:limit], cursor_of(key(found[limit - 1]), scope) if more else None)


def cursor_of(after: str, scope: str) -> str:
    """Return the cursor to what comes after ``after`` in the listing ``scope``."""
    data = after.encode()
    return base64.urlsafe_b64encode(_sum(data, scope) + data).decode().rstrip("=")


def next_of(after: str | None, scope: str) -> str | None:
    """Return the cursor of the next page, of a page that was read in sluice.registry.paging's way."""
    return None if after is None else cursor_of(after, scope)


def after_of(cursor: str | None, scope: str) -> str:
    """Return what the page begins behind, "" for the first page; raises Problem (400) for a wrong cursor."""
    if cursor is None:
        return ""
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        after = data[_SUM:].decode()
    except (binascii.Error, ValueError):
        data, after = b"", ""
    if not after or cursor_of(after, scope) != cursor:
        raise Problem(
            400, "wrong_cursor", "the cursor is none of this listing; right would be `next` of a page"
        )
    return after


def _sum(data: bytes, scope: str) -> bytes:
    return hashlib.blake2b(data, digest_size=_SUM, key=scope.encode()[:64]).digest()
