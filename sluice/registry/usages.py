"""What runs used of what AWS is paid for, kept beside their records: no history is read for it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from sluice.model.structs import as_dict
from sluice.ports.table import Table

_PREFIX = "usage#"


class Used(Struct, frozen=True):
    """What an execution used. ``transitions`` counts retries, too; what is by state, is of functions only.

    ``gb_seconds`` and ``cpu_seconds`` are decimal texts, ``requests`` billable units by kind, as well: none
    where functions were not metered yet. ``unmetered`` counts attempts of functions that did not say what
    they used. ``lacks`` is what of its history was not seen: "inside" of its Maps, its "end", some or all
    "items" of a Map that are executions of their own, or nothing.
    """

    transitions: int = 0
    invoked: dict[str, int] = field(default_factory=dict)
    gb_seconds: dict[str, str] = field(default_factory=dict)
    lacks: str = ""
    requests: dict[str, str] = field(default_factory=dict)
    unmetered: int = 0
    cpu_seconds: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Used:
        """Read what is kept of a usage."""
        return cls(**found)


class Usage(Struct, frozen=True):
    """What a run that has ended used; ``records`` were read from the ERP, or by a replay from what waited.

    Times are ISO 8601 UTC. No prices: they are put to it when somebody asks.
    """

    run: str
    connection: str
    trigger: str
    status: str
    started_at: str
    records: int
    used: Used

    def to_json(self) -> dict[str, Any]:
        """Return the usage as a JSON object."""
        return as_dict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Usage:
        """Read what :meth:`to_json` wrote."""
        return cls(**{**found, "used": Used.from_json(found["used"])})


class Usages:
    """The usages of all runs; ``table`` is that of the runs."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, usage: Usage, expires_at: int) -> None:
        """Keep the usage; that of a run that went on after its end takes the place of the earlier one."""
        moment = f"{_PREFIX}{usage.started_at}#{usage.run}"
        self._table.put(usage.connection, moment, usage.to_json(), expires_at=expires_at)
        self._table.put(f"run#{usage.run}", "usage", usage.to_json(), expires_at=expires_at)

    def get(self, run: str) -> Usage | None:
        """Return what the run used; None where that was not kept."""
        item = self._table.get(f"run#{run}", "usage")
        return Usage.from_json(item.value) if item else None

    def of(self, connection: str, at_a_time: int) -> Iterator[Usage]:
        """Yield what the connection's runs used, the newest first; ``at_a_time`` are read ahead."""
        for item in self._table.query(connection, _PREFIX, newest_first=True, at_a_time=at_a_time):
            yield Usage.from_json(item.value)
