"""Which of two versions of a record counts: the higher, whatever comes when, be it weeks later.

A connection that is removed and added again begins another life, whose versions are above all before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sluice.consumer.event import Event
from sluice.consumer.refusal import Reason, Refused

VERSIONS_OF_A_LIFE = 10_000_000
"""So far apart are the first versions of two lives of a connection."""


class Standing(StrEnum):
    """How an event stands to what is held of its record."""

    NEWER = "newer"
    REPEAT = "repeat"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a record: the version, and the id of the event that brought it."""

    version: int
    id: str


def life_begins_at(version: int) -> int:
    """Return the lowest version of the life of a connection that a record with this version is of."""
    return (version - 1) // VERSIONS_OF_A_LIFE * VERSIONS_OF_A_LIFE + 1


def forgotten(key: str) -> dict[str, str]:
    """Return what is kept of a record that is forgotten: as much as of a deleted one."""
    return {"id": key, "source_id": key.split("/", 2)[2]}


def standing(event: Event, held: Held | None) -> Standing:
    """Return how the event stands to what is held; None is nothing yet.

    A deletion is held like any other version, or an event that comes late would bring the record back. Raises
    Refused where another event has this very version: Sluice publishes no version with two contents.
    """
    if held is None or event.version > held.version:
        return Standing.NEWER
    if event.version < held.version:
        return Standing.OLDER
    if event.id == held.id:
        return Standing.REPEAT
    detail = (
        f"{event.place} came as event {event.id}, and is held from event {held.id}: "
        "one of them is not Sluice's, unless its snapshot index was lost (docs/adr/0003)"
    )
    raise Refused(Reason.VERSION_TAKEN, detail)
