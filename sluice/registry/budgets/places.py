"""The arithmetic of a limit: so many places, taken before a request is sent, free once it counts no more.

A place is held from before the request is sent until its reply is here, and used from then on for the whole
window. The vendor counted the request somewhere between the two. So however long requests travel, and however
they bunch up on the way, no window in which the vendor counts can hold more than there are places: at the
moment at which the last of them was taken, every other one was still held or used.

Moments are whole milliseconds since 1970, UTC. Nothing here knows a clock, a table or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

CLOCK_MARGIN = 100
"""Milliseconds by which two senders' clocks may differ; AWS keeps those of Lambdas within a few."""

MIDNIGHT_MARGIN = 60_000
"""Milliseconds by which a vendor's midnight may differ from ours."""

LONGEST_LINE = 120_000
"""Milliseconds after a place is free at which the last of those who wait for it comes back."""

_STEP = 3
"""Requests that a step wants at least, about: so far apart are those who come back."""

_MOST_APART = 5_000

_DAY = 86_400_000
_GRAINS = 32
"""Moments at which places become free are rounded up to such a part of the window: items stay small."""


class Terms(Struct, frozen=True):
    """``places`` in any ``window`` (ms; 0: only as long as a request is under way), or by the day in UTC."""

    places: int
    window: int
    midnight: bool = False

    def free_at(self, moment: int) -> int:
        """Return when a place is free again whose request the vendor counted at ``moment`` at the latest."""
        if self.midnight:
            return ((moment + MIDNIGHT_MARGIN) // _DAY + 1) * _DAY + MIDNIGHT_MARGIN
        grain = max(self.window // _GRAINS, 1) if self.places > _GRAINS else 1
        return -(-(moment + self.window + CLOCK_MARGIN) // grain) * grain


class Hold(Struct, frozen=True):
    """Places that one sender holds, ``until`` it must have a reply to the last request it sends on them."""

    places: int
    until: int


class Spent(Struct, frozen=True):
    """How many of its places a sender used up, and by when the vendor had counted the last of them."""

    places: int = 0
    moment: int = 0


class Usage(Struct, frozen=True):
    """What there is of a limit now: ``used`` places by when they are free, ``holds`` by sender.

    Nothing may be sent before the moment ``not_before``. Who found no place and went away comes back one
    after the other, the last of them at ``line``; nobody is kept a place, or kept from one, by that.
    """

    used: Mapping[int, int] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    not_before: int = 0
    line: int = 0

    @property
    def taken(self) -> int:
        """How many places are not free."""
        return sum(self.used.values()) + sum(hold.places for hold in self.holds.values())

    @property
    def last(self) -> int:
        """When the last of it no longer counts."""
        return max([self.not_before, *self.used, *(hold.until for hold in self.holds.values())])

    def at(self, now: int, terms: Terms) -> Usage:
        """Return what still counts; a hold whose sender never came back is used up at its end."""
        over = {holder: hold for holder, hold in self.holds.items() if hold.until <= now}
        ended = self
        for holder, hold in over.items():
            ended = ended.settled(holder, Spent(hold.places, hold.until), terms)
        return replace(ended, used={moment: n for moment, n in ended.used.items() if moment > now})

    def settled(self, holder: str, spent: Spent, terms: Terms) -> Usage:
        """Return it without the holder's hold: what was spent of it counts, the rest is free at once.

        A hold that has been counted out already (see :meth:`at`) stays counted.
        """
        if holder not in self.holds:
            return self
        holds = {name: hold for name, hold in self.holds.items() if name != holder}
        if not spent.places:
            return replace(self, holds=holds)
        moment = terms.free_at(spent.moment)
        used = {**self.used, moment: self.used.get(moment, 0) + spent.places}
        return replace(self, used=used, holds=holds)

    def granted(self, holder: str, hold: Hold, now: int, terms: Terms) -> tuple[Usage, int]:
        """Return it with up to ``hold.places`` more places held, and how many these are."""
        free = 0 if now < self.not_before else min(hold.places, terms.places - self.taken)
        if free < 1:
            return self, 0
        return replace(self, holds={**self.holds, holder: replace(hold, places=free)}), free

    def next_free(self, now: int, terms: Terms) -> int | None:
        """Return when a place is free, None where that depends on senders that have not come back."""
        if now < self.not_before:
            return self.not_before
        missing = self.taken - terms.places + 1
        for moment, places in sorted(self.used.items()):
            missing -= places
            if missing <= 0:
                return moment
        return None

    def lined_up(self, free: int, terms: Terms) -> Usage:
        """Return it with one more who comes back, at ``line``; ``free`` is when there may be a place."""
        apart = min(terms.window // terms.places * _STEP + 1, _MOST_APART)
        behind = max(self.line, free) + apart
        return replace(self, line=behind if behind <= free + LONGEST_LINE else free + apart)

    def slowed(self, until: int) -> Usage:
        """Return it with nothing to be sent before ``until``."""
        return replace(self, not_before=max(self.not_before, until))

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object without floats."""
        found = {
            "used": [[moment, places] for moment, places in sorted(self.used.items())],
            "holds": {holder: [hold.places, hold.until] for holder, hold in self.holds.items()},
            "not_before": self.not_before,
        }
        return {**found, "line": self.line} if self.line else found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Usage:
        """Read what :meth:`to_json` wrote."""
        return cls(
            used=dict(found["used"]),
            holds={holder: Hold(places, until) for holder, (places, until) in found["holds"].items()},
            not_before=found["not_before"],
            line=found.get("line", 0),
        )
