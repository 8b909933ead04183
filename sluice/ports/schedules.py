"""Port: what starts runs by themselves. Nothing here knows EventBridge Scheduler."""

from __future__ import annotations

from typing import Protocol


class Schedules(Protocol):
    """One schedule a connection, in the deployment's own group."""

    def put(self, connection: str, expression: str, *, enabled: bool) -> None:
        """Create or replace the connection's schedule: ``rate(1 hour)`` or ``cron(0 5 * * ? *)``, UTC.

        Raises ConfigurationInvalid for another expression (sluice.model.schedules.expression).
        """

    def delete(self, connection: str) -> None:
        """Remove the connection's schedule; no error where there is none."""
