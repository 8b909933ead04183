"""Mappings patched for one connection: an operator accepted a change, and the file does not know it yet.

What a patch is, and whether it makes sense, is not known here; nor is the file it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from sluice.model.structs import as_dict
from sluice.ports.table import Conflict, Table

_PREFIX = "override#"


class Override(Struct, frozen=True):
    """``text`` is the whole mapping (YAML) that stands for the file's; ``base`` a hash of that file's text.

    ``incidents`` are the accepted changes that it holds, in the order in which they were put in. ``at`` is
    ISO 8601 UTC. ``version`` is the table's, 0 for one that is not stored yet.
    """

    text: str
    base: str
    incidents: tuple[str, ...]
    who: str
    reason: str
    at: str
    version: int = 0


class Overrides:
    """The overrides of one connection's mappings, by stream."""

    def __init__(self, table: Table, connection: str) -> None:
        self._table = table
        self._connection = connection

    def get(self, stream: str) -> Override | None:
        """Return the stream's override, or None where its mapping is the file's."""
        item = self._table.get(self._connection, _PREFIX + stream)
        if item is None:
            return None
        found = {**item.value, "incidents": tuple(item.value["incidents"])}
        return Override(**found, version=item.version)

    def put(self, stream: str, override: Override) -> None:
        """Store the override over the version it was read as; raises Conflict if another wrote meanwhile."""
        value = {**as_dict(override), "incidents": list(override.incidents)}
        expected = value.pop("version")
        self._table.put(self._connection, _PREFIX + stream, value, expected=expected)

    def streams(self) -> Iterator[str]:
        """Yield the streams that have an override."""
        for item in self._table.query(self._connection, _PREFIX):
            yield item.sort.removeprefix(_PREFIX)

    def drop(self, stream: str, version: int) -> None:
        """Forget the stream's override as it was read; another one, put meanwhile, stays."""
        with suppress(Conflict):
            self._table.delete(self._connection, _PREFIX + stream, expected=version)

    def forget(self) -> None:
        """Remove every override of the connection."""
        for stream in list(self.streams()):
            self._table.delete(self._connection, _PREFIX + stream)
