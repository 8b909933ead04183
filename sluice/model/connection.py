"""A connection: one customer's access to one ERP."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Connection:
    """Connector, settings, schedule and streams of one customer; its credentials lie elsewhere.

    ``streams`` None means every stream the connector has. ``schedule`` is an EventBridge Scheduler
    expression in UTC, or None for manual runs only. ``policy`` maps change codes to actions.
    ``created_at`` is ISO 8601 UTC.
    """

    name: str
    connector: str
    settings: dict[str, Any] = field(default_factory=dict)
    streams: tuple[str, ...] | None = None
    schedule: str | None = None
    paused: bool = False
    policy: dict[str, str] = field(default_factory=dict)
    events_per_message: int | None = None
    created_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the connection as a JSON object."""
        return {**asdict(self), "streams": None if self.streams is None else list(self.streams)}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Connection:
        """Read what :meth:`to_json` wrote."""
        streams = found.get("streams")
        return cls(**{**found, "streams": None if streams is None else tuple(streams)})
