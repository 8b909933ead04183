"""What a person asks of the watch: start one, see what is announced, see what is read."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.ports.workflow import Execution, Workflow
from sluice.registry.descriptions import Described, Descriptions
from sluice.registry.telling.announcements import Announcement, Announcements
from sluice.usecases.watch.plan import EVERYTHING
from sluice.usecases.world import World


class Source(Struct, frozen=True):
    """A description that is read, and each that held before: at, sha, key, bytes, changes by code."""

    described: Described
    history: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**self.described.to_json(), "history": list(self.history)}


def start_watch(world: World, watching: Workflow, connector: str = EVERYTHING) -> str:
    """Start a watch by hand and return its name; raises ConfigurationInvalid for an unknown connector."""
    if connector != EVERYTHING:
        world.catalog.connector(connector)
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    name = f"watch-{moment}-{secrets.token_hex(2)}"
    watching.start(name, {"connector": connector, "trigger": "manual"})
    return name


def watch_ended(watching: Workflow, name: str) -> Execution | None:
    """Return the execution once it has ended, None while it runs."""
    execution = watching.describe(name)
    return None if execution.status == "RUNNING" else execution


def list_announcements(world: World, connector: str | None = None) -> list[Announcement]:
    """Return what is announced, of one connector or of all: what happens soonest first."""
    found = [one for name in _connectors(world, connector) for one in Announcements(world.state, name).all()]
    return sorted(found, key=lambda one: (one.due or date.max.isoformat(), one.seen_at, one.id))


def find_announcement(world: World, key: str) -> Announcement:
    """Return the announcement of this id; raises ConfigurationInvalid naming those that exist."""
    known = list_announcements(world)
    for one in known:
        if one.id == key:
            return one
    listed = ", ".join(one.id for one in known[:20]) or "none"
    message = f"no announcement {key!r}; there are: {listed}"
    raise ConfigurationInvalid(message, [Fault("unknown_announcement", "/id", message)])


def list_sources(world: World, connector: str | None = None) -> list[Source]:
    """Return the descriptions that are read, of one connector or of all."""
    found = []
    for name in _connectors(world, connector):
        descriptions = Descriptions(world.state, world.objects, name)
        found += [Source(one, tuple(descriptions.history(one.place))) for one in descriptions.all()]
    return found


def _connectors(world: World, connector: str | None) -> list[str]:
    if connector is None:
        return world.catalog.names()
    return [world.catalog.connector(connector).name]
