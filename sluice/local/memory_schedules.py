"""Schedules in memory: kept, not run; whoever drives the process starts what is due."""

from __future__ import annotations

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.model.schedules.expression import schedule_fault


class KeptSchedule(Struct, frozen=True):
    """A connection's schedule as it was put."""

    expression: str
    enabled: bool


class MemorySchedules:
    """``kept`` holds the schedules by connection."""

    def __init__(self) -> None:
        self.kept: dict[str, KeptSchedule] = {}

    def put(self, connection: str, expression: str, *, enabled: bool) -> None:
        """Create or replace the connection's schedule; raises ConfigurationInvalid for a wrong expression."""
        fault = schedule_fault(expression)
        if fault:
            raise ConfigurationInvalid(f"The schedule of {connection} is wrong", [fault])
        self.kept[connection] = KeptSchedule(expression, enabled)

    def delete(self, connection: str) -> None:
        """Remove the connection's schedule; no error where there is none."""
        self.kept.pop(connection, None)
