"""Cuts a stream's records into pages the way its connector says, and says where the next page is."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.exchange import Incoming
from sandbox.matching import Asked
from sandbox.problems import Refused
from sandbox.shelves import Row
from sluice.connector.paging import cursor_of_record
from sluice.connector.paths import look_up
from sluice.connector.spec import PageKind, Pagination, Place, Stream

NEXT_OFFSET = "sandbox_offset"
"""The query parameter in which next addresses carry their place."""

DEFAULT_SIZE = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of ``total`` records: those from ``offset`` up to ``offset + size``."""

    offset: int
    size: int
    total: int

    @property
    def end(self) -> int:
        """Return where the next page begins."""
        return min(self.offset + self.size, self.total)

    @property
    def has_more(self) -> bool:
        """Return whether there is a next page."""
        return self.end < self.total

    def of(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the page's rows."""
        return rows[self.offset : self.end]


def read_slice(pagination: Pagination, request: Incoming, asked: Asked, total: int, cap: int) -> Slice:
    """Return which records a request wants; raises Refused where a paging value cannot be read."""
    usual = pagination.size or DEFAULT_SIZE
    size = min(_number(_given(pagination.limit, "limit", request, asked), usual), cap)
    if size < 1:
        raise Refused("parameter_missing", "the page size is below 1")
    if pagination.kind is PageKind.SINGLE:
        return Slice(0, max(total, 1), total)
    if pagination.kind in {PageKind.NEXT_URL, PageKind.LINK_HEADER}:
        return Slice(_number(request.query.get(NEXT_OFFSET), 0), size, total)
    if pagination.kind is PageKind.CURSOR:
        cursor = _given(pagination.at, "cursor", request, asked)
        begins = cursor is not None and str(cursor) == str(pagination.first)
        return Slice(0 if begins else _from_cursor(cursor), size, total)
    if pagination.kind is PageKind.PAGE:
        number = _number(_given(pagination.at, "number", request, asked), pagination.start)
        return Slice(max(number - pagination.start, 0) * size, size, total)
    offset = _number(_given(pagination.at, "offset", request, asked), pagination.start)
    return Slice(max(offset - pagination.start, 0), size, total)


def cursor_of(page: Slice) -> str | None:
    """Return the cursor of the next page, None after the last."""
    return _cursor_at(page.end) if page.has_more else None


def with_own_cursor(stream: Stream, asked: Asked, rows: Sequence[Row]) -> None:
    """Put the sandbox's own cursor in place of a record's, where the connector goes on from a record.

    ``rows`` are the records of the whole list. Raises Refused for a cursor that none of them has.
    """
    field, given = cursor_of_record(stream.pagination, stream.records), asked.page.get("cursor")
    if field is None or not given or str(given) == str(stream.pagination.first):
        return
    cursors = (look_up(orjson.loads(row.body), field) for row in rows)
    if isinstance(stream.pagination.first, int):
        # A list by id, from above a number on: also where that record has been deleted.
        above = _number(given, 0)
        asked.page["cursor"] = _cursor_at(sum(cursor <= above for cursor in cursors))
        return
    place = next((place for place, cursor in enumerate(cursors) if str(cursor) == str(given)), None)
    if place is None:
        raise Refused("parameter_missing", "the cursor is not one of ours")
    asked.page["cursor"] = _cursor_at(place + 1)


def next_query(page: Slice, query: Mapping[str, str]) -> dict[str, str]:
    """Return the query of the next page's address."""
    return {**query, NEXT_OFFSET: str(page.end)}


def _cursor_at(offset: int) -> str:
    return base64.urlsafe_b64encode(f"at:{offset}".encode()).decode()


def _given(place: Place | None, word: str, request: Incoming, asked: Asked) -> Any:
    if place is None:
        return None
    if not place.name:
        return asked.page.get(word)
    return (
        request.query.get(place.name) if place.where == "query" else request.headers.get(place.name.lower())
    )


def _number(value: Any, usual: int) -> int:
    if value is None or value == "":
        return usual
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused("parameter_missing", f"{str(value)[:40]} is not a number") from None


def _from_cursor(value: Any) -> int:
    if value is None or value == "":
        return 0
    try:
        return int(base64.urlsafe_b64decode(str(value)).decode().removeprefix("at:"))
    except ValueError:
        raise Refused("parameter_missing", "the cursor is not one of ours") from None
