"""The connections that exist, one item each, and which life those had that were removed.

A name that is added again begins another life: consumers hold versions of records of the one before, and
would take lower ones for old (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.ports.table import ABSENT, Conflict, Table

_PARTITION = "connection"
_REMOVED = "removed"


class Connections:
    """Connections by name."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, name: str) -> Connection:
        """Return the connection; raises ConfigurationInvalid naming those that exist."""
        item = self._table.get(_PARTITION, name)
        if item is None:
            known = ", ".join(connection.name for connection in self.all())
            there = f"there are: {known}" if known else "there are none yet: sluice connections add makes one"
            message = f"no connection {name!r}; {there}"
            raise ConfigurationInvalid(message, [Fault("unknown_connection", "/connection", message)])
        return Connection.from_json(item.value)

    def find(self, name: str) -> tuple[Connection, int] | None:
        """Return the connection and its item's version, which counts changes; None where there is none."""
        item = self._table.get(_PARTITION, name)
        return (Connection.from_json(item.value), item.version) if item else None

    def all(self, after: str | None = None) -> Iterator[Connection]:
        """Yield every connection by name; those whose names come after ``after``."""
        for item in self._table.query(_PARTITION, after=after):
            yield Connection.from_json(item.value)

    def add(self, connection: Connection) -> Connection:
        """Store a new connection, and return it with its life.

        Raises ConfigurationInvalid where the name is taken.
        """
        try:
            self._table.put(_PARTITION, connection.name, connection.to_json(), expected=ABSENT)
        except Conflict as conflict:
            message = f"a connection {connection.name!r} exists; remove it first, or choose another name"
            fault = Fault("connection_exists", "/name", message)
            raise ConfigurationInvalid(message, [fault]) from conflict
        # Looked up once the name is ours: nobody removes one of it in between.
        before = self._table.get(_REMOVED, connection.name)
        if before is None:
            return connection
        again = replace(connection, life=int(before.value["life"]) + 1)
        self.replace(again)
        return again

    def replace(self, connection: Connection, expected: int | None = None) -> None:
        """Store the connection over the one of its name; raises Conflict if that is of another version."""
        self._table.put(_PARTITION, connection.name, connection.to_json(), expected=expected)

    def remove(self, name: str) -> None:
        """Forget the connection but for which life it had."""
        found = self.find(name)
        if found is not None:
            self._table.put(_REMOVED, name, {"life": found[0].life})
        self._table.delete(_PARTITION, name)
