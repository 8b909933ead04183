"""The connections that exist, one item each."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.ports.table import ABSENT, Conflict, Table

_PARTITION = "connection"


class Connections:
    """Connections by name."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, name: str) -> Connection:
        """Return the connection; raises ConfigurationInvalid naming those that exist."""
        item = self._table.get(_PARTITION, name)
        if item is None:
            known = ", ".join(connection.name for connection in self.all()) or "none"
            message = f"no connection {name!r}; there are: {known}"
            raise ConfigurationInvalid(message, [Fault("unknown_connection", "/connection", message)])
        return Connection.from_json(item.value)

    def all(self) -> Iterator[Connection]:
        """Yield every connection by name."""
        for item in self._table.query(_PARTITION):
            yield Connection.from_json(item.value)

    def add(self, connection: Connection) -> None:
        """Store a new connection; raises ConfigurationInvalid where the name is taken."""
        try:
            self._table.put(_PARTITION, connection.name, connection.to_json(), expected=ABSENT)
        except Conflict as conflict:
            message = f"a connection {connection.name!r} exists; remove it first, or choose another name"
            fault = Fault("connection_exists", "/name", message)
            raise ConfigurationInvalid(message, [fault]) from conflict

    def replace(self, connection: Connection) -> None:
        """Store the connection over the one of its name."""
        self._table.put(_PARTITION, connection.name, connection.to_json())

    def remove(self, name: str) -> None:
        """Forget the connection."""
        self._table.delete(_PARTITION, name)
