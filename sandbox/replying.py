"""Writes the reply to a request for a page: the records as they are served, in the vendor's envelope.

Which page it is, and who may see it, is decided before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

import orjson

from sandbox import pages
from sandbox.doors import placed
from sandbox.exchange import Answer, Incoming
from sandbox.fields import Cutter
from sandbox.mutations import Mutation
from sandbox.mutations.ordering import LEFT_BEHIND
from sandbox.problems import filled
from sandbox.shelves import Filter, Row, Shelf
from sluice.connector.paging import cursor_of_record
from sluice.connector.paths import Path, look_up
from sluice.connector.spec import FoundIn, PageKind, Stream


@dataclass(frozen=True, slots=True)
class Reply:
    """One page as it is answered.

    ``envelope`` is what the vendor puts around the list, ``base_url`` what next addresses begin with.
    """

    stream: Stream
    request: Incoming
    page: pages.Slice
    envelope: Mapping[str, Any]
    base_url: str

    def answer(self, listed: orjson.Fragment | None) -> Answer:
        """Return the answer with its list; None leaves it out."""
        if not self.stream.records:
            return Answer.of_json(200, listed or {}, self._headers())
        body: Any = {}
        for where, value in self._told():
            if where.path is not None:
                body = placed(body, where.path, value)
        body = {**body, **filled(self.envelope, self._facts())}
        if listed is not None:
            body = placed(body, self.stream.records, listed)
        return Answer.of_json(200, body, self._headers())

    def _facts(self) -> dict[str, Any]:
        paging, page = self.stream.pagination, self.page
        return {
            "offset": page.offset + (paging.start if paging.kind is PageKind.OFFSET else 0),
            "count": page.end - page.offset if page.offset < page.total else 0,
            "limit": page.size,
            "total": page.total,
            "status": 200,
        }

    def _headers(self) -> dict[str, str]:
        told = self._told()
        headers = {where.header: str(value) for where, value in told if where.header and value is not None}
        if self.stream.pagination.kind is PageKind.LINK_HEADER and self.page.has_more:
            headers["Link"] = f'<{self._next_address()}>; rel="next"'
        return headers

    def _told(self) -> list[tuple[FoundIn, Any]]:
        """Return what the reply says about paging, and where."""
        paging, page = self.stream.pagination, self.page
        following = pages.cursor_of(page)
        if paging.kind is PageKind.NEXT_URL:
            following = self._next_address() if page.has_more else None
        in_records = cursor_of_record(paging, self.stream.records) is not None
        told = [
            (paging.total, page.total),
            (paging.pages, -(-page.total // page.size)),
            (None if in_records else paging.next, following),
            (paging.more, page.has_more),
        ]
        return [(where, value) for where, value in told if where is not None]

    def _next_address(self) -> str:
        query = urlencode(pages.next_query(self.page, self.request.query))
        return f"{self.base_url}{self.request.path}?{query}"


@dataclass(frozen=True, slots=True)
class Changes:
    """The mutations that a stream's records go through; ``key`` by which those of a share are chosen.

    ``false_for_null``: the vendor writes false in place of every empty value.
    """

    mutations: Sequence[Mutation]
    seed: int
    key: tuple[Path, ...]
    false_for_null: bool = False

    def served(self, row: Row) -> dict[str, Any]:
        """Return the row's record as the changed API serves it."""
        record: dict[str, Any] = orjson.loads(row.body)
        if row.foreign:
            return record
        whole = record
        for mutation in self.mutations:
            if row.gone and _leaves_behind(mutation):
                record = mutation.apply(record, Random(1))  # noqa: S311 (a flag, nothing drawn)
            elif _of_others(mutation) and mutation.chosen(whole, self.seed, self.key):
                record = mutation.drawn(record, whole, self.seed, self.key)
        return record


def remaining(shelf: Shelf, wanted: Filter, mutations: Sequence[Mutation]) -> Sequence[Row]:
    """Return the rows that pass, without those that a mutation drops, with the deleted ones that it keeps."""
    rows = shelf.select(wanted)
    if any(map(_leaves_behind, mutations)):
        rows = sorted([*rows, *shelf.deleted(wanted)], key=_by_key)
    dropping = [mutation for mutation in mutations if mutation.is_dropping]
    if not dropping:
        return rows
    return [row for row in rows if not any(one.drops(orjson.loads(row.body)) for one in dropping)]


def sharing(streams: Mapping[str, Stream], stream: Stream) -> list[Stream]:
    """Return the other streams that read this very list, and differ in which of its records are theirs."""
    mine = _list_of(stream)
    return [
        one
        for one in streams.values()
        if one.only and stream.only and one != stream and _list_of(one) == mine
    ]


def _list_of(stream: Stream) -> tuple[Any, ...]:
    parts = (stream.incremental, stream.windows, stream.ranges)
    asked = (stream.request, *(part and part.query for part in parts))
    return (stream.base_url, stream.path, stream.path_parameters, stream.records, *asked)


def together(stream: Stream, rows: Sequence[Row], others: Sequence[Row]) -> Sequence[Row]:
    """Return one list of the stream's rows and those of others, in the order that the stream asks for."""
    if not others:
        return rows
    found = [*rows, *(replace(row, foreign=True) for row in others)]
    path = stream.order
    if path is not None:
        found.sort(key=lambda row: _sorted_by(row, path), reverse=stream.descending)
    return found


def _sorted_by(row: Row, path: Path) -> tuple[int, str]:
    value = look_up(orjson.loads(row.body), path)
    return (int(value), "") if str(value).isdecimal() else (0, str(value))


def listed(rows: Sequence[Row], cut: Cutter | None, changes: Changes) -> bytes:
    """Return the JSON list of the rows, changed and cut where that is asked for."""
    if cut is None and not changes.mutations and not changes.false_for_null:
        return b"[" + b",".join(row.body for row in rows) + b"]"
    records = map(changes.served, rows)
    served = [cut(record) for record in records] if cut else list(records)
    return orjson.dumps(_with_false(served) if changes.false_for_null else served)


def _with_false(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_false(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_false(below) for name, below in value.items()}
    return False if value is None else value


def _leaves_behind(mutation: Mutation) -> bool:
    return (mutation.code, mutation.variant) in LEFT_BEHIND


def _of_others(mutation: Mutation) -> bool:
    """Return whether records that were not deleted change too."""
    return not _leaves_behind(mutation) or mutation.share is not None


def _by_key(row: Row) -> tuple[int, str]:
    return (int(row.key), "") if row.key.isdecimal() else (0, row.key)
