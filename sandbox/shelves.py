"""The records a sandbox serves, by stream, and what became of them since it started.

A record is kept as JSON bytes: changing one replaces it, so a page being read is never half changed.
Not thread-safe by itself; the sandbox holds one lock around every call.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from sandbox.doors import placed
from sandbox.making.recipes import Recipe
from sluice.connector.checks.values import day_of as known_day
from sluice.connector.paths import Path, look_up, parse_path
from sluice.connector.spec import Stream
from sluice.connector.values import in_datetime_form

DAY = 86_400
OSLO = ZoneInfo("Europe/Oslo")
OLDEST_CHANGE_DAYS = 400
CACHED_SELECTIONS = 16
FIRST_VERSION = 1_000_001
ROWS_OF_A_DOCUMENT = 3
MOST_LATER = 1_000
"""Records that are made within a request without its being noticed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record: ``changed_at`` in epoch seconds, ``day`` the date its windows ask for; ``gone``: deleted.

    ``version`` counts every change that the ERP knows of, where the stream goes by row versions. ``foreign``:
    it is as it is served already, for another stream of the same list or as a document with rows.
    ``document`` is the key of the document that it is a row of. ``number`` is what ranges of keys ask for.
    """

    key: str
    body: bytes
    changed_at: float
    day: str = ""
    gone: bool = False
    version: int = 0
    foreign: bool = False
    document: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What a request leaves of a stream: days from ``first_day`` to before ``end_day``, changed since.

    ``above``: with a higher row version than this. ``keys``: from the first number to before
    the second, None where an end is open.
    """

    first_day: str = ""
    end_day: str = ""
    changed_since: float | None = None
    above: int | None = None
    keys: tuple[int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """The first ``number`` records, last changed between 400 days and a day before ``today``.

    ``version`` is the first one's row version.
    """

    number: int
    today: date
    version: int = FIRST_VERSION


@dataclass(slots=True)
class Shelf:
    """One stream's records in key order of making. ``marks_changes``: a changed record counts as changed.

    ``versions`` are the row versions still to be given to what changes.
    """

    stream: Stream
    recipe: Recipe
    seed: int
    marks_changes: bool = True
    versions: Iterator[int] = field(default_factory=lambda: count(FIRST_VERSION))
    _due: Filling | None = None
    _rows: dict[str, Row] = field(default_factory=dict)
    _rows_of: dict[str, set[str]] = field(default_factory=dict)
    _made: int = 0
    _first: tuple[Row, ...] = ()
    _gone: dict[str, Row] = field(default_factory=dict)
    _selections: dict[Filter, Sequence[Row]] = field(default_factory=dict)

    def fill(self, filling: Filling) -> None:
        """Make the first records; few of them only when they are first looked for, as most never are."""
        self._due = filling
        if filling.number > MOST_LATER:
            self._fill()

    @property
    def rows(self) -> dict[str, Row]:
        """The rows by key."""
        self._fill()
        return self._rows

    @property
    def size(self) -> int:
        """How many records there are."""
        return self._due.number if self._due is not None else len(self._rows)

    def _fill(self) -> None:
        if self._due is None:
            return
        filling, self._due = self._due, None
        later, self.versions = self.versions, count(filling.version)
        today = filling.today
        midnight = datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()
        random = Random(f"{self.seed}/{self.stream.name}/changed")  # noqa: S311 (believable, not unguessable)
        for record in _in_documents(self.stream, self.recipe.records(self.seed, 0, filling.number)):
            back = DAY + random.random() * DAY * (OLDEST_CHANGE_DAYS - 1)
            self._put(_of_kind(self.stream, record), midnight - back)
        self.versions = later
        self._made = filling.number
        self._first = tuple(self._rows.values())

    def select(self, wanted: Filter) -> Sequence[Row]:
        """Return the rows that pass, oldest first; the same sequence while nothing changes."""
        if wanted not in self._selections:
            if len(self._selections) >= CACHED_SELECTIONS:
                self._selections.clear()
            self._selections[wanted] = tuple(passing(self.rows.values(), wanted))
        return self._selections[wanted]

    def change(self, keys: Iterable[str], values: Mapping[str, Any]) -> list[str]:
        """Overwrite ``values``, by name or path (``node.name``), and mark the records changed now."""
        found = [key for key in keys if key in self.rows]
        for key in found:
            row = self.rows[key]
            record = _overwritten(orjson.loads(row.body), values)
            if self.marks_changes:
                self._put(record, time.time(), old=key)
            else:
                self._put(record, row.changed_at, old=key, version=row.version)
        return found

    def delete(self, keys: Iterable[str]) -> list[str]:
        """Remove the records; where rows are numbered, their documents, so that none is renumbered."""
        found = [key for key in self._with_siblings(keys) if key in self.rows]
        for key in found:
            version = next(self.versions) if self._version_path() else 0
            self._gone[key] = replace(self.rows.pop(key), changed_at=time.time(), gone=True, version=version)
        self._selections.clear()
        return found

    def deleted(self, wanted: Filter) -> list[Row]:
        """Return the rows that were deleted since the start and would pass, for APIs that flag them."""
        return list(passing(self._gone.values(), wanted))

    def add(self, number: int) -> list[str]:
        """Make ``number`` new records, changed now."""
        self._fill()
        made = _in_documents(self.stream, self.recipe.records(self.seed, self._made, number))
        keys = [self._put(_of_kind(self.stream, record), time.time()) for record in made]
        self._made += number
        return keys

    def restore(self) -> None:
        """Bring back the first records; one that was changed or deleted meanwhile counts as changed now."""
        before = self.rows
        self._gone.clear()
        self._rows = {row.key: row for row in self._first}
        for row in self._first:
            if row.key not in before or before[row.key].body != row.body:
                self._put_back(row)
        self._selections.clear()

    def records(self) -> list[dict[str, Any]]:
        """Return every record, whole."""
        return [orjson.loads(row.body) for row in self.rows.values()]

    def newest_first(self, count: int) -> list[str]:
        """Return the last keys, for changes that name a count and no record."""
        return list(self.rows)[::-1][:count]

    def _put_back(self, row: Row) -> None:
        """Let a first record count as changed now; its change is told where a row version has to tell it."""
        if self._version_path():
            self._put(orjson.loads(row.body), time.time())
        else:
            self.rows[row.key] = replace(row, changed_at=time.time())

    def _put(
        self, record: dict[str, Any], changed_at: float, old: str | None = None, version: int = 0
    ) -> str:
        version_path = self._version_path()
        if version_path:
            version = version or next(self.versions)
            written = str(version) if _is_text(self.stream.schema, version_path) else version
            record = placed(record, version_path, written)
        changed_field = self.stream.sandbox.get("changed_field")
        if changed_field:
            form = self.stream.sandbox.get("changed_form", "datetime")
            written = in_datetime_form(datetime.fromtimestamp(changed_at, UTC), form)
            record = placed(record, parse_path(changed_field), written)
        key = "/".join(str(look_up(record, path)) for path in self.stream.key)
        day = day_of(look_up(record, self._window_path())) if self.stream.windows else ""
        if old is not None and old != key:
            self._rows.pop(old)
        # A copy, because orjson leaves its roomy buffer attached: 8 KB for a record of 1 KB.
        body = bytes(memoryview(orjson.dumps(record)))
        row = Row(key, body, changed_at, day, version=version, document=self._document(record))
        row = self._rows[key] = replace(row, number=self._number(record)) if self.stream.ranges else row
        self._tell_siblings(row, record)
        self._selections.clear()
        return key

    def _number(self, record: dict[str, Any]) -> int | None:
        ranges = self.stream.ranges
        found = str(look_up(record, ranges.field)) if ranges else ""
        return int(found) if found.removeprefix("-").isdecimal() else None

    def _document(self, record: dict[str, Any]) -> str:
        rows = self.stream.rows
        if rows is None:
            return ""
        details, parents = self.stream.details, self.stream.parents
        of_parent = [(parents.name, *path) for path in parents.list.key] if parents else []
        named_by = details.named_by if details else rows.fields[:1]
        paths = [*of_parent, *((rows.name, *path) for path in named_by)]
        return "/".join(str(look_up(record, path)) for path in paths)

    def _tell_siblings(self, row: Row, record: dict[str, Any]) -> None:
        """Let the other rows of the same document say the same of it."""
        rows = self.stream.rows
        if rows is None:
            return
        siblings = self._rows_of.setdefault(row.document, set())
        siblings.add(row.key)
        for key in siblings - {row.key}:
            other = self._rows.get(key)
            if other is not None and other.document == row.document:
                same = {name: record[name] for name in shared_names(self.stream)}
                body = orjson.dumps({**orjson.loads(other.body), **same})
                self._rows[key] = replace(row, key=key, body=body)

    def _with_siblings(self, keys: Iterable[str]) -> list[str]:
        rows = self.stream.rows
        if rows is None or not rows.number:
            return list(keys)
        documents = {self.rows[key].document for key in keys if key in self.rows}
        return [key for key, row in self.rows.items() if row.document in documents]

    def _version_path(self) -> Path:
        incremental = self.stream.incremental
        return (incremental.highest or ()) if incremental else ()

    def _window_path(self) -> Path:
        return parse_path(self.stream.sandbox.get("window_field", ""))


def day_of(value: Any) -> str:
    """Return the ISO date of a date or date-time in any form that a reading knows; else empty."""
    return known_day(value) or ""


def moment_of(value: Any, form: str = "") -> float | None:
    """Return the epoch seconds of a moment in a form of ``{since: ...}``; UTC where neither says otherwise.

    Without a form: a date, date-time, number of seconds or object of parts.
    """
    if isinstance(value, Mapping):
        parts = [int(value.get(part, 0)) for part in ("year", "month", "day", "hour", "minute", "second")]
        return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]
    if value is None or value == "":
        return None
    text = str(value)
    if text.replace(".", "", 1).isdecimal():
        return float(text) / (1000 if form == "epoch_ms" else 1)
    moment = parsedate_to_datetime(text) if form == "http_date" else datetime.fromisoformat(text)
    zone = OSLO if form == "cet_datetime" else UTC
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def _of_kind(stream: Stream, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as one that is this stream's, whatever kind its sample drew."""
    only = stream.only
    if only is None or only.split([record])[0]:
        return record
    kind = next((value for value in only.kept or () if value is not None), None)
    return placed(record, only.path, kind) if kind is not None else record


def _in_documents(stream: Stream, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return the records as rows of documents, a few in each, where that is what they are."""
    rows, kept = stream.rows, dict[str, Any]()
    for place, record in enumerate(records):
        if rows is None:
            yield record
            continue
        number = place % ROWS_OF_A_DOCUMENT + 1
        kept = {name: record[name] for name in shared_names(stream)} if number == 1 else kept
        shared = {**record, **kept}
        yield {**shared, rows.number: number} if rows.number else shared


def shared_names(stream: Stream) -> tuple[str, ...]:
    """Return the fields that are the same in all rows of a document: what is kept of it and of its parent."""
    found = (stream.rows, stream.parents)
    return tuple(one.name for one in found if one is not None)


def _is_text(schema: Mapping[str, Any], path: Path) -> bool:
    """Return whether the declared field at the path is text."""
    for name in path:
        schema = schema.get("properties", {}).get(name, {})
    return "string" in schema.get("type", ())


def _overwritten(record: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        record = placed(record, (name,) if name in record else parse_path(name), value)
    return record


def passing(rows: Iterable[Row], wanted: Filter) -> Iterable[Row]:
    """Return the rows that the filter leaves."""
    if wanted.first_day or wanted.end_day:
        end = wanted.end_day or "9999"
        rows = (row for row in rows if wanted.first_day <= row.day < end)
    if wanted.keys is not None:
        first, after = wanted.keys
        rows = (row for row in rows if row.number is not None and (first is None or row.number >= first))
        rows = (row for row in rows if after is None or (row.number or 0) < after)
    if wanted.above is not None:
        above = wanted.above
        rows = (row for row in rows if row.version > above)
    if wanted.changed_since is not None:
        since = wanted.changed_since
        rows = (row for row in rows if row.changed_at >= since)
    return rows
