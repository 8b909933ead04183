"""RecordUncompacted: why a partition could not be compacted is written down; its files stay as they are."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.registry.uncompacted import Trouble, Uncompacted
from sluice.usecases.data.outcomes import UNCOMPACTED
from sluice.usecases.failures import Failure
from sluice.usecases.world import World, iso

_CAUSE_LENGTH = 500


class RecordUncompacted(Struct, frozen=True):
    """``failure`` is what was caught."""

    entity: str
    connection: str
    failure: Failure


def record_uncompacted(world: World, wanted: RecordUncompacted) -> dict[str, Any]:
    """Note why the partition is not compacted; people are told once, by SummariseHousekeeping."""
    at, failure = iso(world.clock.now()), wanted.failure
    cause = failure.cause[:_CAUSE_LENGTH]
    Uncompacted(world.state).note(
        Trouble(wanted.entity, wanted.connection, failure.error, cause, since=at, tried_at=at)
    )
    return {"outcome": UNCOMPACTED}
