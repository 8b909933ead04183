"""The audit: who did what to what, when, and how it was before and after. Entries are never taken back.

An entry is written twice: as ``begun`` before anything is done, and as ``done`` or ``failed`` after it. So
an action whose entry cannot be written does not happen, and one that was interrupted is seen: it stays
``begun``, and nobody knows how far it came. Written only afterwards, the interrupted one would have left no
trace; written only before, every entry would claim what may have failed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Item, Table
from sluice.registry.paging import MOST_READ, Page, is_place, page_of

KEPT = timedelta(days=400)
"""How long an entry is kept: a year, and time to look back on it."""

LONGEST_TEXT = 500
"""Characters of a text that are kept as they are; of a longer one its length and digest."""

_AT_A_TIME = 100
_LATER = "~"
"""Sorts after every sign of an entry's id: behind a day, all entries of that day are before."""

# No connection has a name with this sign, so that no partition is taken for another.
_ALL = "#audit"


class Act(Struct, frozen=True):
    """What somebody is about to do: ``action`` (``connections.pause``) to ``target`` (``acme``).

    ``connection`` is the one it concerns, "" for none. ``before`` is JSON without secrets and without floats.
    """

    who: str
    action: str
    target: str
    connection: str = ""
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)


class Entry(Struct, frozen=True):
    """One entry. ``state``: begun, done or failed; ``error`` says in one line why it failed.

    ``at`` and ``ended_at`` are ISO 8601 UTC with milliseconds. Of long texts in ``before`` and ``after``
    there is the digest.
    """

    id: str
    at: str
    who: str
    action: str
    target: str
    connection: str = ""
    reason: str = ""
    state: str = "begun"
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    ended_at: str | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return as_dict(self)


class AuditFilter(Struct, frozen=True):
    """Which entries; empty lets all through. ``since`` and ``until`` are days or times, ISO 8601 UTC.

    ``action`` is one (``connections.pause``), or what it is done to (``connections``).
    """

    connection: str = ""
    who: str = ""
    action: str = ""
    since: str = ""
    until: str = ""

    def lets_through(self, entry: Entry) -> bool:
        """Return whether the entry is wanted, as far as person and action are concerned."""
        action = self.action in {"", entry.action, entry.action.partition(".")[0]}
        return action and self.who in {"", entry.who}


class Audit:
    """Every entry in the order of time, and those of each connection by themselves."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, act: Act, now: datetime) -> Entry:
        """Write down that it is about to be done, and return the entry."""
        at = _milliseconds(now)
        entry = Entry(
            id=f"{at}-{secrets.token_hex(4)}",
            at=at,
            who=act.who,
            action=act.action,
            target=act.target,
            connection=act.connection,
            reason=str(shortened(act.reason)),
            before=shortened(dict(act.before)),
        )
        self._put(entry, expected=ABSENT)
        return entry

    def end(
        self, entry: Entry, now: datetime, *, after: Mapping[str, Any], error: str | None = None
    ) -> Entry:
        """Write down what came of it: ``done``, or ``failed`` by the ``error``; return the entry."""
        state = "failed" if error is not None else "done"
        told = str(shortened(error)) if error is not None else None
        ended = replace(
            entry, state=state, after=shortened(dict(after)), ended_at=_milliseconds(now), error=told
        )
        self._put(ended)
        return ended

    def page(
        self, wanted: AuditFilter | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[Entry]:
        """Return the newest entries that ``wanted`` lets through; ``after`` is of the page before.

        Raises ValueError for an ``after`` that no page gave.
        """
        wanted = wanted or AuditFilter()
        if after is not None and not is_place(after):
            raise ValueError(f"{after!r} is no place in this listing")
        last = wanted.until + _LATER if wanted.until else None
        before = min((one for one in (after, last) if one is not None), default=None)
        partition = _partition(wanted.connection or None)
        items = self._table.query(partition, newest_first=True, after=before, at_a_time=limit + 1)

        def read(item: Item) -> Entry | None:
            entry = Entry(**item.value)
            return entry if wanted.lets_through(entry) else None

        recent = takewhile(lambda item: item.sort >= wanted.since, items)
        return page_of(recent, read, limit)

    def of_target(self, connection: str, target: str, since: str) -> list[Entry]:
        """Return what was done to one thing of a connection since then (ISO 8601 UTC), the newest first.

        Of everything done to the connection since then the first MOST_READ entries are looked at.
        """
        items = self._table.query(_partition(connection), after=since, at_a_time=_AT_A_TIME)
        entries = (Entry(**item.value) for item in islice(items, MOST_READ))
        return [entry for entry in entries if entry.target == target][::-1]

    def all(self) -> Iterator[Entry]:
        """Yield every entry, the newest first."""
        return (Entry(**item.value) for item in self._table.query(_ALL, newest_first=True))

    def _put(self, entry: Entry, expected: int | None = None) -> None:
        expires_at = int((datetime.fromisoformat(entry.at) + KEPT).timestamp())
        for partition in dict.fromkeys((_ALL, _partition(entry.connection or None))):
            self._table.put(partition, entry.id, entry.to_json(), expected=expected, expires_at=expires_at)


def shortened(value: Any) -> Any:
    """Return a JSON value in which of every long text there is its length and its digest."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()}"
    if isinstance(value, Mapping):
        return {str(name): shortened(found) for name, found in value.items()}
    return [shortened(found) for found in value] if isinstance(value, list | tuple) else value


def _partition(connection: str | None) -> str:
    return f"{_ALL}#{connection}" if connection else _ALL


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
