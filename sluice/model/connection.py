"""A connection: one customer's access to one ERP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.structs import as_dict

VERSIONS_OF_A_LIFE = 10_000_000
"""More than a record ever has versions: a run makes one at most, and runs are a minute apart (19 years)."""


class Changes(Struct, frozen=True):
    """What of a connection is to be another: empty and None leave as it is.

    ``settings`` and ``policy`` are put over those that are there, ``streams`` takes the place of all. What is
    taken away: the settings ``no_settings``, the codes ``no_policy``, and by the flags what they name.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    streams: tuple[str, ...] | None = None
    schedule: str | None = None
    policy: Mapping[str, str] = field(default_factory=dict)
    events_per_message: int | None = None
    no_settings: frozenset[str] = frozenset()
    no_policy: frozenset[str] = frozenset()
    no_schedule: bool = False
    all_streams: bool = False
    any_events_per_message: bool = False


class Connection(Struct, frozen=True):
    """Connector, settings, schedule and streams of one customer; its credentials lie elsewhere.

    ``streams`` None means every stream the connector has. ``schedule`` is an EventBridge Scheduler
    expression in UTC, or None for manual runs only. ``policy`` maps change codes to actions.
    ``created_at`` is ISO 8601 UTC: when it was added, or last replaced by another of its name. By it a login
    that was begun before knows that it is of another connection. ``life`` counts how often a connection of
    this name was added; each life counts the versions of records above all those of the one before it.
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
    life: int = 1

    @property
    def first_version(self) -> int:
        """The version of a record that is published first: 1 in the first life."""
        return (self.life - 1) * VERSIONS_OF_A_LIFE + 1

    def changed(self, changes: Changes) -> Connection:
        """Return the connection with these changes; what they do not speak of stays, its pause too."""
        settings = {name: found for name, found in self.settings.items() if name not in changes.no_settings}
        policy = {code: chosen for code, chosen in self.policy.items() if code not in changes.no_policy}
        most = changes.events_per_message or self.events_per_message
        return replace(
            self,
            settings={**settings, **changes.settings},
            streams=None if changes.all_streams else changes.streams or self.streams,
            schedule=None if changes.no_schedule else changes.schedule or self.schedule,
            policy={**policy, **changes.policy},
            events_per_message=None if changes.any_events_per_message else most,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the connection as a JSON object; its ``life`` is left out of the first."""
        found = {**as_dict(self), "streams": None if self.streams is None else list(self.streams)}
        return {name: value for name, value in found.items() if name != "life" or value > 1}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Connection:
        """Read what :meth:`to_json` wrote."""
        streams = found.get("streams")
        return cls(**{**found, "streams": None if streams is None else tuple(streams)})
