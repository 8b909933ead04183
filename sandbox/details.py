"""Serves lists that give ids only, records at addresses of their own, and lists below their parents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from msgspec.structs import replace

from sandbox import pages
from sandbox.doors import placed
from sandbox.exchange import Answer, Incoming
from sandbox.fields import Cutter
from sandbox.matching import Asked, Matcher, as_before, holds
from sandbox.replying import Changes, Reply
from sandbox.shelves import Row
from sluice.connector.paging import cursor_of_record
from sluice.connector.paths import MISSING, Path, look_up
from sluice.connector.spec import Stream, Values
from sluice.connector.values import Call, Value

Named = Mapping[Path, str]
"""What a request says of the record it is for, or of its parent: texts by the field that they are of."""


def single(stream: Stream) -> list[Stream]:
    """Return how one record of the stream is asked for, where that is done by a request of its own."""
    details = stream.details
    if details is None:
        return []
    one = replace(stream, path=details.path, path_parameters=details.path_parameters, request=details.request)
    return [replace(one, details=None, deletions=None, windows=None, ranges=None, incremental=None)]


class Address:
    """A path as it stands in requests; its placeholders may say fields of a record."""

    def __init__(self, path: str, parameters: Values, matcher: Matcher) -> None:
        self._named: list[tuple[Call, tuple[Call, ...]]] = []
        pattern = re.escape(path)
        for name, value in parameters.items():
            pattern = pattern.replace(re.escape("{" + name + "}"), self._pattern(value, matcher))
        self._text = re.compile(pattern)

    def read(self, path: str) -> tuple[Named, Named] | None:
        """Return what the path says of a record, and of its parent; None where it is another path."""
        found = self._text.fullmatch(path)
        if found is None:
            return None
        said: dict[str, dict[Path, str]] = {"record": {}, "parent": {}}
        for (call, rewritten), written in zip(self._named, found.groups(), strict=True):
            text = written
            for replaced in rewritten:
                text = as_before(replaced, text)
            said[call.word][call.option] = text
        return said["record"], said["parent"]

    def _pattern(self, value: Value, matcher: Matcher, rewritten: tuple[Call, ...] = ()) -> str:
        if isinstance(value, Call) and value.word in {"record", "parent"}:
            self._named.append((value, rewritten))
            return "([^/]+)"
        if isinstance(value, Call) and value.word == "join":
            return "".join(self._pattern(part, matcher, rewritten) for part in value.values)
        if isinstance(value, Call) and value.word == "replace" and holds(value, "record", "parent"):
            return self._pattern(value.values[0], matcher, (*rewritten, value))
        return re.escape(matcher.text(value) or "")


def shortened(stream: Stream) -> Cutter | None:
    """Return what cuts a record down to what the list gives of it, None where it gives all."""
    details, asked = stream.details, (stream.incremental, stream.windows)
    if details is None:
        return None
    wanted = [*details.named_by, stream.order, stream.only.path if stream.only else None]
    wanted += [one.check for one in asked if one is not None]
    wanted += [stream.incremental.highest if stream.incremental else None]
    wanted += [stream.ranges.field if stream.ranges else None]
    wanted += [cursor_of_record(stream.pagination, stream.records)]
    paths = [path for path in wanted if path is not None]

    def cut(record: dict[str, Any]) -> dict[str, Any]:
        short: dict[str, Any] = {}
        for path in paths:
            value = look_up(record, path)
            if value is not MISSING:
                short = placed(short, path, value)
        return short

    return cut


def without_parent(stream: Stream, cut: Cutter | None) -> Cutter | None:
    """Return what takes out of a record what is kept of its parent: the vendor does not say it."""
    parents = stream.parents
    if parents is None:
        return cut

    def taken(record: dict[str, Any]) -> Any:
        left = {name: value for name, value in record.items() if name != parents.name}
        return cut(left) if cut else left

    return taken


def below(stream: Stream, rows: Sequence[Row], named: Named) -> Sequence[Row]:
    """Return the rows below the parent that has these texts: all of them where none are said."""
    if stream.parents is None or not named:
        return rows
    name = stream.parents.name
    return [row for row in rows if _is_named(orjson.loads(row.body).get(name) or {}, named)]


def parents_of(stream: Stream, rows: Sequence[Row]) -> list[Row]:
    """Return the parents that are named in the rows, each once."""
    found: dict[str, Row] = {}
    for row in rows if stream.parents else ():
        parent = orjson.loads(row.body).get(stream.parents.name) if stream.parents else None
        if isinstance(parent, dict) and stream.parents:
            key = "/".join(str(look_up(parent, path)) for path in stream.parents.list.key)
            found.setdefault(key, Row(key, orjson.dumps(parent), row.changed_at))
    return list(found.values())


def answer_parents(
    rows: Sequence[Row], stream: Stream, asked: Asked, request: Incoming, base_url: str
) -> Answer:
    """Return the page of the list of parents that was asked for; raises Refused."""
    if stream.parents is None:
        raise RuntimeError(f"{stream.name} has no parents")
    listing, found = stream.parents.list, parents_of(stream, rows)
    paging = listing.pagination
    page = pages.read_slice(paging, request, asked, len(found), paging.size or pages.DEFAULT_SIZE)
    served = b"[" + b",".join(row.body for row in page.of(found)) + b"]"
    return Reply(listing, request, page, {}, base_url).answer(orjson.Fragment(served))


def named_row(rows: Sequence[Row], named: Named, changes: Changes) -> Row | None:
    """Return the row whose record, as it is served, has these texts; None where there is none."""
    likely = [row for row in rows if row.key in named.values()]
    return next((row for row in (*likely, *rows) if _is_named(changes.served(row), named)), None)


def answer_detail(stream: Stream, record: Any) -> Answer:
    """Return the answer that holds a record as it is served."""
    place = stream.details.record if stream.details else ()
    return Answer.of_json(200, placed({}, place, record))


def served(row: Row, cut: Cutter | None, changes: Changes) -> Any:
    """Return the row's record, changed and cut where that is asked for."""
    record = changes.served(row)
    return orjson.Fragment(orjson.dumps(cut(record) if cut else record))


def _is_named(record: Mapping[str, Any], named: Named) -> bool:
    return all(str(look_up(record, path)) == text for path, text in named.items())
