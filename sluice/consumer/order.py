"""Which of two versions of a record counts: the higher, whatever comes when, be it weeks later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sluice.consumer.event import Event
from sluice.consumer.refusal import Reason, Refused


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
        "one of them is not Sluice's, unless the connection was removed and added again; "
        "then forget first what is held of it"
    )
    raise Refused(Reason.VERSION_TAKEN, detail)
