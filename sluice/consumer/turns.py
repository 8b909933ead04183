"""The order of versions for what cannot compare them itself: somebody's API, a search index, a file.

Whoever writes a record takes its turn first; one record has one turn at a time, and a version that was
begun is never overtaken by an older one. A worker that dies keeps its turn until that is over, and the
event comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from sluice.consumer.event import Event
from sluice.consumer.order import Held, Standing, standing
from sluice.consumer.taking import Take


class Busy(Exception):
    """Another worker has the record's turn: the message is to come again."""


class TurnLost(Exception):
    """The turn ended before the write did; another worker may have taken it. The message is to come again."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is known of a record: the version begun last, whether it was finished, and when its turn ends.

    ``until`` is in seconds since 1970, 0 once the turn was given back.
    """

    held: Held
    done: bool
    until: float


class Turns(Protocol):
    """The version of each record that was begun last; kept for ever, as a store keeps its versions."""

    def begin(self, event: Event, turn: str, seconds: float) -> Standing:
        """Take the record's turn for so many seconds if the event is NEWER, or was begun and not finished.

        REPEAT (finished before) and OLDER take none. Raises Busy, and Refused where another event has this
        version.
        """

    def finish(self, event: Event, turn: str) -> None:
        """Say that the version was written, and give the turn back; raises TurnLost."""

    def abandon(self, event: Event, turn: str) -> None:
        """Give the turn back with nothing said; no error where it was lost."""


def may_begin(event: Event, begun: Begun | None, now: float) -> Standing:
    """Return how the event stands; NEWER may begin. Raises Busy, and Refused."""
    if begun is None:
        return Standing.NEWER
    found = standing(event, begun.held)
    if found is Standing.OLDER or (found is Standing.REPEAT and begun.done):
        return found
    if begun.until >= now:
        raise Busy(f"{event.place}: another worker is at version {begun.held.version} of it")
    return Standing.NEWER


def in_turn(turns: Turns, write: Callable[[Event], object], seconds: float) -> Take:
    """Return what takes events and calls ``write`` for newer ones alone, one at a time for each record.

    ``seconds`` is longer than ``write`` can take: of a Lambda, its timeout, which ends a worker for good.
    ``write`` may be called twice for one event, when the first call failed or its worker died, and has to
    bear it.
    """

    def take(event: Event) -> Standing:
        turn = uuid4().hex
        found = turns.begin(event, turn, seconds)
        if found is not Standing.NEWER:
            return found
        try:
            write(event)
        except Exception:
            turns.abandon(event, turn)
            raise
        turns.finish(event, turn)
        return found

    return take
