"""What the lake holds of an entity, and a refusal that names it where something else is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault

Database = duckdb.DuckDBPyConnection
"""A connection that has the lake's views: ``<entity>`` and ``<entity>_history``."""


def connections_in(database: Database, view: str) -> list[str]:
    """Return the connections of which the view has anything, by name."""
    rows = database.execute(f'SELECT DISTINCT connection FROM "{view}" ORDER BY 1').fetchall()  # noqa: S608
    return [row[0] for row in rows]


def require_connections(database: Database, entity: str, connections: Sequence[str], least: int) -> None:
    """Raise ConfigurationInvalid unless each connection is named once, and has records of the entity."""
    if len(set(connections)) < max(least, len(connections)):
        message = f"{', '.join(connections) or 'nothing'} came; right would be {least} or more, each once"
        raise ConfigurationInvalid("Too few connections", [Fault("connections", "/connections", message)])
    known = connections_in(database, entity)
    faults = [
        Fault(
            "unknown_connection",
            "/connections",
            f"the lake has no {entity} of {name!r}; it has of: {', '.join(known) or 'none'}",
        )
        for name in connections
        if name not in known
    ]
    if faults:
        raise ConfigurationInvalid("Nothing to compare", faults)
