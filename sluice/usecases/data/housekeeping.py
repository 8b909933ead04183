"""What a person asks of the housekeeping: start one, see what the lake's parts are made of."""

from __future__ import annotations

import secrets
from typing import Any

from msgspec import Struct

from sluice.lake.holding import holdings
from sluice.lake.layout import entity_prefix
from sluice.model.structs import as_dict
from sluice.ports.workflow import Execution, Workflow
from sluice.registry.uncompacted import Uncompacted
from sluice.usecases.world import World


class Part(Struct, frozen=True):
    """An entity of a connection: its files, how many of them wait to be compacted, and their bytes in all.

    ``trouble`` says why it could not be compacted when that was last tried, "" where it could.
    """

    entity: str
    connection: str
    files: int
    fresh: int
    bytes: int
    trouble: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return as_dict(self)


def start_housekeeping(world: World, housekeeping: Workflow) -> str:
    """Start a housekeeping by hand and return its name."""
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    name = f"housekeeping-{moment}-{secrets.token_hex(2)}"
    housekeeping.start(name, {"trigger": "manual"})
    return name


def housekeeping_ended(housekeeping: Workflow, name: str) -> Execution | None:
    """Return the execution once it has ended, None while it runs."""
    execution = housekeeping.describe(name)
    return None if execution.status == "RUNNING" else execution


def list_parts(world: World) -> list[Part]:
    """Return the parts of the lake, by entity and connection."""
    troubles = {
        (found.entity, found.connection): f"{found.error}: {found.cause}"
        for found in Uncompacted(world.state).all()
    }
    parts = [
        Part(
            entity=entity,
            connection=held.partition.connection,
            files=len(held.files),
            fresh=len(held.fresh),
            bytes=sum(file.size for file in held.files),
            trouble=troubles.get((entity, held.partition.connection), ""),
        )
        for entity in world.catalog.canonical.names()
        for held in holdings(world.objects.entries(entity_prefix(entity)))
    ]
    return sorted(parts, key=lambda part: (part.entity, part.connection))
