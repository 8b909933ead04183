"""Answers a request for what was deleted: every record that was deleted since, as its vendor would list it.

Streams may share one list of tombstones; where the connector says which of them are a stream's, they differ
in that. A list from which records without a kind are left out is one of all changes: the changed ones are in
it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from msgspec import structs

from sandbox import pages
from sandbox.doors import placed
from sandbox.exchange import Answer, Incoming
from sandbox.matching import Asked
from sandbox.replying import Reply
from sandbox.routes import wanted
from sandbox.shelves import Filter, Row, Shelf
from sluice.connector.checks.only import Only
from sluice.connector.paths import look_up
from sluice.connector.spec import PageKind, Stream

_ANOTHER = "other"
"""The kind of a tombstone where the connector says only which kinds are left out."""


def answer_tombstones(
    shelves: Mapping[str, Shelf], stream: Stream, asked: Asked, request: Incoming, base_url: str
) -> Answer:
    """Return the page of the stream's list of tombstones that was asked for; raises Refused."""
    if stream.deletions is None:
        raise RuntimeError(f"{stream.name} has no list of tombstones")
    since = wanted(structs.replace(stream, windows=None), asked)
    sharing = [shelf for shelf in shelves.values() if _shares(shelf.stream, stream)]
    rows = [row for shelf in sharing for row in _rows(shelf, since)]
    rows.sort(key=lambda row: (row.changed_at, row.version))
    listing = stream.deletions.list
    paging = listing.pagination
    pages.with_own_cursor(listing, asked, rows)
    if paging.kind is PageKind.SINGLE and stream.deletions.at_most:
        rows = rows[: stream.deletions.at_most]
    page = pages.read_slice(paging, request, asked, len(rows), paging.size or pages.DEFAULT_SIZE)
    chosen = page.of(rows)
    if not chosen and paging.empty_status:
        return Answer(paging.empty_status)
    served = b"[" + b",".join(row.body for row in chosen) + b"]"
    if not chosen and paging.absent_is_empty:
        # The object in which the list would be is there all the same.
        listing, served = structs.replace(listing, records=listing.records[:-1]), b"{}"
    return Reply(listing, request, page, {}, base_url).answer(orjson.Fragment(served))


def _shares(one: Stream, other: Stream) -> bool:
    """Return whether both ask one list of tombstones, in the same words."""
    if one.deletions is None or other.deletions is None:
        return False
    mine, theirs = one.deletions.list, other.deletions.list
    return _list_of(mine) == _list_of(theirs)


def _list_of(listed: Stream) -> tuple[Any, ...]:
    return (listed.base_url, listed.path, listed.request, listed.records)


def _rows(shelf: Shelf, since: Filter) -> Sequence[Row]:
    deletions = shelf.stream.deletions
    if deletions is None:
        return []
    only = deletions.list.only
    buried = [replace(row, body=_tombstone(shelf.stream, row)) for row in shelf.deleted(since)]
    lists_changes = only is not None and None in (only.left_out or ())
    return [*buried, *(shelf.select(since) if lists_changes else ())]


def _tombstone(stream: Stream, row: Row) -> bytes:
    found: Any = {}
    record = orjson.loads(row.body)
    deletions = stream.deletions
    for place, path in zip(deletions.list.key, deletions.keys, strict=True) if deletions else ():
        found = placed(found, place, look_up(record, path))
    only = deletions.list.only if deletions else None
    return orjson.dumps(placed(found, only.path, _kind(only)) if only else found)


def _kind(only: Only) -> Any:
    return next((value for value in only.kept or () if value is not None), _ANOTHER)
