"""What is going to change at an ERP, as far as its vendor says so: once for all connections of a connector.

It is kept so that people are told once, and once more as the day comes near. It holds no stream: what the ERP
really answers is the business of incidents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.change import Change
from sluice.model.moments import seconds_between
from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Table

_PREFIX = "announcement#"

COUNTDOWN = (30, 7)
"""With fewer days than these left people are told again, once each."""

CLAIM = 60
"""Seconds after which another execution may tell what one has begun to tell and not said that it did."""


class Touched(Struct, frozen=True):
    """What a change touches: mapped fields of a stream; ``due`` is a day (ISO), or empty.

    ``told`` says that people know already, ``counted`` which steps of the countdown they will hear elsewhere.
    """

    stream: str
    fields: tuple[str, ...]
    connections: tuple[str, ...]
    due: str = ""
    told: bool = False
    counted: tuple[int, ...] = ()


class Announcement(Struct, frozen=True):
    """One change to come. ``state``: open, or over (it was taken back, or put differently).

    ``streams`` maps each stream touched to its mapped fields; ``told`` holds the connections and streams that
    people were told of, ``counted`` the steps of the countdown. ``telling_as`` is the notice that is about to
    be sent, by the run ``telling_by`` since ``telling_at``. ``due`` is a day, times are ISO 8601 UTC.
    """

    id: str
    connector: str
    change: dict[str, Any]
    seen_at: str
    state: str = "open"
    streams: dict[str, list[str]] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    due: str = ""
    told: list[str] = field(default_factory=list)
    told_at: str | None = None
    counted: list[int] = field(default_factory=list)
    telling_as: str = ""
    telling_by: str = ""
    telling_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the announcement as a JSON object."""
        return as_dict(self)

    @property
    def is_news(self) -> bool:
        """Whether it touches a connection or stream that people were not told of."""
        return not set(self.told) >= {*self.connections, *self.streams}

    def days_left(self, today: date) -> int | None:
        """Return the days until it happens, below 0 afterwards; None where no day is known."""
        return (date.fromisoformat(self.due) - today).days if self.due else None

    def steps_met(self, today: date) -> list[int]:
        """Return the steps of the countdown that are met; none once the day is over."""
        left = self.days_left(today)
        return [] if left is None or left < 0 else [step for step in COUNTDOWN if left < step]

    def is_to_be_told(self, today: date) -> bool:
        """Whether people do not know of it, or the countdown has reached a step of which they do not."""
        return self.state == "open" and (self.is_news or not set(self.counted) >= set(self.steps_met(today)))


class Announcements:
    """What is going to change at the ERP of one connector."""

    def __init__(self, table: Table, connector: str) -> None:
        self._table = table
        self._connector = connector
        self._partition = f"watch#{connector}"

    def note(self, change: Change, touched: Touched, at: str) -> Announcement:
        """Note a change to come, or that it touches more than was known; noting it again changes nothing."""
        key = _id(self._connector, change)

        def noted(known: Announcement | None) -> Announcement:
            if known is None or known.state != "open":
                known = Announcement(key, self._connector, change.to_json(), at)
            fields = sorted({*known.streams.get(touched.stream, ()), *touched.fields})
            used_by = sorted({*known.change["used_by"], *touched.fields})
            return replace(
                known,
                change={**known.change, "used": bool(used_by), "used_by": used_by},
                streams={**known.streams, touched.stream: fields},
                operations=sorted({*known.operations, *filter(None, [change.operation])}),
                connections=sorted({*known.connections, *touched.connections}),
                due=touched.due or known.due,
                told=sorted(
                    {*known.told, *(({touched.stream, *touched.connections}) if touched.told else ())}
                ),
                counted=sorted({*known.counted, *touched.counted}),
            )

        return self._change(key, noted)

    def claim(self, known: Announcement, notice: str, run: str, at: str) -> Announcement | None:
        """Take it upon ``run`` to tell people in this notice; None if another run is about to.

        Whoever takes over from one that died tells in the notice that was begun.
        """
        taken = True

        def claimed(found: Announcement | None) -> Announcement:
            nonlocal taken
            found = _existing(found, known.id)
            since = seconds_between(found.telling_at, at) if found.telling_at else CLAIM + 1.0
            taken = found.told_at == known.told_at and (found.telling_by in {"", run} or since > CLAIM)
            if not taken:
                return found
            return replace(found, telling_as=found.telling_as or notice, telling_by=run, telling_at=at)

        found = self._change(known.id, claimed)
        return found if taken and found.telling_as == notice else None

    def mark_told(self, told: Announcement, at: str, today: date) -> None:
        """Note that people were told of what ``told`` touches, and of how many days are left."""

        def marked(known: Announcement | None) -> Announcement:
            return replace(
                _existing(known, told.id),
                told=sorted({*told.told, *told.connections, *told.streams}),
                told_at=at,
                counted=sorted({*told.counted, *told.steps_met(today)}),
                telling_as="",
                telling_by="",
            )

        self._change(told.id, marked)

    def end(self, is_over: Callable[[Announcement], bool], connections: Iterable[str]) -> None:
        """End the open announcements that are over for these connections.

        What still touches other connections stays open for those.
        """
        gone = set(connections)
        for known in list(self.all()):
            if known.state == "open" and gone & set(known.connections) and is_over(known):
                self._change(known.id, lambda found: _without(found, gone))

    def get(self, key: str) -> Announcement | None:
        """Return the announcement of this id, or None."""
        item = self._table.get(self._partition, _PREFIX + key)
        return Announcement(**item.value) if item else None

    def all(self) -> Iterator[Announcement]:
        """Yield every announcement of the connector."""
        for item in self._table.query(self._partition, _PREFIX):
            yield Announcement(**item.value)

    def _change(self, key: str, change: Callable[[Announcement | None], Announcement]) -> Announcement:
        item = self._table.get(self._partition, _PREFIX + key)
        known = Announcement(**item.value) if item else None
        changed = change(known)
        if changed == known:
            return changed
        try:
            expected = item.version if item else ABSENT
            self._table.put(self._partition, _PREFIX + key, changed.to_json(), expected=expected)
        except Conflict:
            return self._change(key, change)
        return changed


def _id(connector: str, change: Change) -> str:
    text = f"{connector}\x1f{change.code}\x1f{change.path}\x1f{change.before}\x1f{change.after}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _existing(known: Announcement | None, key: str) -> Announcement:
    if known is None:
        raise LookupError(key)
    return known


def _without(known: Announcement | None, connections: set[str]) -> Announcement:
    found = _existing(known, "")
    left = [name for name in found.connections if name not in connections]
    return replace(found, connections=left or found.connections, state="open" if left else "over")
