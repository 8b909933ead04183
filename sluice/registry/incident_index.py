"""Where incidents are: of all connections by time, by id, and the open ones.

What they are is only in themselves. An entry is written before its incident is opened, so that none is
missing; one that leads nowhere any more is skipped by whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from sluice.ports.table import Item, Table

# No connection has a name with this sign, so that no partition is taken for another.
_PARTITION = "#incidents"
_BY_TIME, _BY_ID, _OPEN, _WHOLE = "at#", "id#", "open#", "whole"


class Entry(Struct, frozen=True):
    """An incident that was opened then (ISO 8601 UTC); ``place`` is what entries are sorted by."""

    connection: str
    id: str
    opened_at: str

    @property
    def place(self) -> str:
        """Where it stands among all: by time, then by id."""
        return f"{self.opened_at}#{self.id}"


class IncidentIndex:
    """The entries of every connection's incidents."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def is_whole(self) -> bool:
        """Whether incidents that were opened before there was an index have been added."""
        return self._table.get(_PARTITION, _WHOLE) is not None

    def lacking(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those that cannot be found by their id."""
        keys = {entry: (_PARTITION, _BY_ID + entry.id) for entry in entries}
        known = self._table.get_many(keys.values())
        return [entry for entry, key in keys.items() if key not in known]

    def mark_whole(self) -> None:
        """Note that the incidents of before are in it."""
        self._table.put(_PARTITION, _WHOLE, {})

    def add(self, entry: Entry, *, is_change: bool, is_open: bool = True) -> None:
        """Note an incident that is about to be opened, or was; only API changes are listed and have pages."""
        value = {"connection": entry.connection, "id": entry.id, "opened_at": entry.opened_at}
        if is_open:
            self._table.put(_PARTITION, _OPEN + entry.place, value)
        if is_change:
            self._table.put(_PARTITION, _BY_TIME + entry.place, value)
        # Last: who finds it by its id finds it everywhere.
        self._table.put(_PARTITION, _BY_ID + entry.id, value)

    def find(self, incident: str) -> Entry | None:
        """Return where the incident of this id is, or None."""
        item = self._table.get(_PARTITION, _BY_ID + incident)
        return _entry(item) if item else None

    def newest(self, after: str | None, at_a_time: int) -> Iterator[Entry]:
        """Yield the API changes, the newest first: those behind the place ``after``."""
        behind = None if after is None else _BY_TIME + after
        for item in self._table.query(
            _PARTITION, _BY_TIME, newest_first=True, after=behind, at_a_time=at_a_time
        ):
            yield _entry(item)

    def open(self) -> list[Entry]:
        """Return all that were opened and not found to be over."""
        return [_entry(item) for item in self._table.query(_PARTITION, _OPEN)]

    def no_longer_open(self, entry: Entry) -> None:
        """Forget that it was opened then; a later opening has an entry of its own."""
        self._table.delete(_PARTITION, _OPEN + entry.place)

    def forget(self, entry: Entry) -> None:
        """Remove what leads to the incident."""
        for sort in (_BY_TIME + entry.place, _OPEN + entry.place, _BY_ID + entry.id):
            self._table.delete(_PARTITION, sort)


def _entry(item: Item) -> Entry:
    return Entry(**item.value)
