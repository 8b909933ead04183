"""RecordUnread: a description that could not be read is written down; the one that is held stays."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.registry.descriptions import Descriptions
from sluice.usecases.failures import Failure
from sluice.usecases.world import World, iso

_CAUSE_LENGTH = 500


class RecordUnread(Struct, frozen=True):
    """``failure`` is what was caught."""

    connector: str
    place: str
    failure: Failure


def record_unread(world: World, wanted: RecordUnread) -> dict[str, Any]:
    """Note why the description cannot be read; people are told once, by TellAhead."""
    descriptions = Descriptions(world.state, world.objects, wanted.connector)
    failure = wanted.failure
    descriptions.note_failure(
        wanted.place, failure.error, failure.cause[:_CAUSE_LENGTH], iso(world.clock.now())
    )
    return {"outcome": "unread"}
