"""Which connections are asked for, and whether their records are few enough to wait for."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.presence import Database, require_connections


def require_few(database: Database, entity: str, connections: Sequence[str], most: int) -> list[str]:
    """Return the connections, all that have such records where none is named.

    Raises ConfigurationInvalid for an unknown connection, and for more than ``most`` records altogether.
    """
    if connections:
        require_connections(database, entity, connections, least=1)
    counted = database.execute(
        f'SELECT connection, count(*) FROM "{entity}" WHERE ? = [] OR list_contains(?, connection) '  # noqa: S608
        "GROUP BY connection ORDER BY connection",
        [list(connections), list(connections)],
    ).fetchall()
    records = sum(count for _, count in counted)
    if records > most:
        message = (
            f"there are {records} {entity} records; right would be {most} at most: name fewer "
            "connections, or use the command line (`sluice data compare`, `sluice data match`)"
        )
        raise ConfigurationInvalid("Too many records", [Fault("too_many_records", "connections", message)])
    return list(connections) or [name for name, _ in counted]
