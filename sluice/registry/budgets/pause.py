"""How long a vendor wants no request, told to all who read a connection.

Its limits are told, too (sluice.registry.budgets.account), for who shares them. But a connector may have
none, and who holds many places of one would use them up before it looks again.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from sluice.ports.table import ABSENT, Conflict, Table

_SORT = "pause"
_KEPT = 86_400
"""Seconds after its end for which a pause is kept."""

_NONE = datetime.fromtimestamp(0, UTC)


class Pause:
    """One connection's pause in the table; ``key`` names the connection."""

    def __init__(self, table: Table, key: str) -> None:
        self._table, self._partition = table, f"_budget/{key}"

    def until(self) -> datetime:
        """Return the moment (aware UTC) before which nothing may be sent; a past one where anything may."""
        return self._read()[1]

    def lengthen(self, until: datetime) -> None:
        """Let nobody send before ``until``; raises nothing: the reply that asked for it must not be lost."""
        with suppress(Exception):
            while True:
                version, known = self._read()
                if known >= until or self._written(until, version):
                    return

    def _read(self) -> tuple[int, datetime]:
        item = self._table.get(self._partition, _SORT)
        return (item.version, datetime.fromisoformat(item.value["until"])) if item else (ABSENT, _NONE)

    def _written(self, until: datetime, version: int) -> bool:
        """Return whether it was written, and not another one's meanwhile."""
        value, forgotten = {"until": until.isoformat()}, int(until.timestamp()) + _KEPT
        try:
            self._table.put(self._partition, _SORT, value, expected=version, expires_at=forgotten)
        except Conflict:
            return False
        return True
