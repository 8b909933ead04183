"""Where a reading of a stream stands, as JSON of at most 3 KB from which another reader goes on.

Never a secret: sessions travel apart, and addresses of next pages are kept without credentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.expanding.within import Within
from sluice.connector.facts.facts import Facts
from sluice.connector.paging import PageState
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.structs import as_dict

_FORMAT = 1
_REMEMBERED = 12
_OF_OUTER = frozenset({"page", "pages", "records", "tried", "done", "shifts", "shifted", "edge", "within"})
_ADDED: Mapping[str, Any] = {
    "edge": "",
    "facts": {},
    "highest": None,
    "deleting": False,
    "tombstones": 0,
    "cut": False,
    "within": None,
    "outer": None,
    "parent": "",
}
"""What positions did not have from the beginning."""


class Position(Struct, frozen=True):
    """Between two pages of one reading.

    ``started_at`` and ``since`` are the reading's own, whatever run goes on with it. ``window`` is the
    number of the date window, ``page`` the place in its list; ``pages`` and ``records`` count over all
    windows. ``seen`` holds fingerprints of the first page and the latest ones of this window;
    ``tried`` says that the page was asked for once already and came too empty to believe. ``shifts`` counts
    how often this window's list shifted; ``shifted`` says that of some window a record may have been missed.
    ``edge`` holds the fingerprints after which the list gave nothing more before it was begun again.
    ``facts`` are what the replies showed beside their records, over all windows. ``highest`` is the highest
    row version seen. ``deleting``: the list was read, and its ``tombstones`` are; ``cut`` says that a reply
    had so many of them that others may be missing. ``within``: how far the records of the page were gone
    through, where each has a request of its own. ``outer`` is where the list of parents stands, if there is
    one; ``parent`` marks the one whose records are read.
    """

    stream: str
    started_at: str
    since: str | None = None
    window: int = 0
    page: PageState = field(default_factory=PageState)
    pages: int = 0
    records: int = 0
    seen: tuple[str, ...] = ()
    tried: bool = False
    done: bool = False
    shifts: int = 0
    shifted: bool = False
    edge: str = ""
    facts: Facts = field(default_factory=Facts)
    within: Within | None = None
    outer: Position | None = None
    parent: str = ""
    highest: str | None = None
    deleting: bool = False
    tombstones: int = 0
    cut: bool = False

    @property
    def began(self) -> datetime:
        """Return when the reading began, as aware UTC."""
        return datetime.fromisoformat(self.started_at)

    def with_page(self, page: PageState, fingerprint: str | None, count: int) -> Position:
        """Return the position after a page of ``count`` records, which other pages of the list follow."""
        seen = self.seen if fingerprint is None else (*self.seen, fingerprint)
        kept = (*seen[:1], *seen[1:][-_REMEMBERED:])
        pages, records = self.pages + 1, self.records + count
        after = replace(self, page=page, seen=kept, tried=False, pages=pages, records=records)
        return replace(after, within=self._at_start())

    def with_window_ended(self, count: int, windows: int) -> Position:
        """Return the position after the last page of a window, which had ``count`` records."""
        return Position(
            stream=self.stream,
            started_at=self.started_at,
            since=self.since,
            window=self.window + 1,
            pages=self.pages + 1,
            records=self.records + count,
            done=self.window + 1 >= windows,
            shifted=self.shifted,
            facts=self.facts,
            within=self._at_start(),
            outer=self.outer,
            parent=self.parent,
            highest=self.highest,
            deleting=self.deleting,
            tombstones=self.tombstones,
            cut=self.cut,
        )

    def with_restart(self, edge: str = "") -> Position:
        """Return the position at the start of the window, whose list shifted while it was read."""
        start = replace(self, page=PageState(), seen=(), tried=False, within=self._at_start())
        return replace(start, shifts=self.shifts + 1, edge=edge)

    def with_shift(self, *, unchecked: bool) -> Position:
        """Return the position with the word that a record may have been missed.

        ``unchecked``: the window's list shifted once too often, and is read on without its pages overlapping.
        """
        return replace(self, shifts=self.shifts + unchecked, shifted=True)

    def with_facts(self, facts: Facts) -> Position:
        """Return the position with these facts in place of its own."""
        return replace(self, facts=facts)

    def with_smaller_pages(self, size: int, *, from_start: bool) -> Position:
        """Return the position from which pages of this size are asked for; ``from_start``: of the window."""
        smaller = replace(self, facts=replace(self.facts, size=size), tried=False, within=self._at_start())
        return replace(smaller, page=PageState(), seen=()) if from_start else smaller

    def _at_start(self) -> Within | None:
        return self.within.at_start() if self.within else None

    def check_window(self, windows: int) -> None:
        """Raise ConfigurationInvalid where the position is in a window that does not exist (any more)."""
        if not self.done and not self.deleting and self.window >= windows:
            raise _no_position(self.stream, f"it is in window {self.window + 1} of {windows}")

    def to_json(self) -> dict[str, Any]:
        """Return the position as a JSON object."""
        facts = {**self.facts.to_json(), "on": self.began.date().isoformat()}
        facts |= {"shifted": True} if self.shifted else {}
        found = {"format": _FORMAT, **as_dict(self), "seen": list(self.seen), "facts": facts}
        return {**found, "outer": self.outer.in_short() if self.outer else None}

    def in_short(self) -> dict[str, Any]:
        """Return what an outer list needs to be gone on with, beside the position of the one below it."""
        found = {name: value for name, value in as_dict(self).items() if name in _OF_OUTER}
        return {**found, "seen": list(self.seen), "size": self.facts.size}

    @classmethod
    def from_json(cls, found: Mapping[str, Any], stream: str) -> Position:
        """Read what :meth:`to_json` wrote; raises ConfigurationInvalid for anything else."""
        try:
            # A reading that began before there were facts goes on without them.
            found = {**_ADDED, **found}
            values = {name: found[name] for name in cls.__struct_fields__}
            values |= {"page": PageState(**found["page"]), "seen": tuple(found["seen"])}
            values["facts"] = Facts.from_json(found["facts"])
            values["within"] = Within.from_json(found["within"])
            values["outer"] = _outer(found) if found["outer"] else None
            position = cls(**values)
            counts = (position.window, position.pages, position.records, position.shifts)
            good = position.began.tzinfo is not None and all(map(_is_count, counts))
        except (KeyError, TypeError, ValueError) as err:
            raise _no_position(stream, f"it cannot be read ({err})") from err
        if not good or found.get("format") != _FORMAT or position.stream != stream:
            raise _no_position(stream, f"it is of the stream {position.stream!r} or of another format")
        return position


class Standing:
    """What a reading tells of where it stands."""

    _position: Position

    def position(self) -> dict[str, Any]:
        """Return where the reading stands as JSON of at most 3 KB; a new reader goes on from it."""
        return self._position.to_json()

    @property
    def pages(self) -> int:
        """Return how many pages were read so far, over all windows and earlier readers."""
        return self._position.pages

    @property
    def records(self) -> int:
        """Return how many records were read so far, over all windows and earlier readers."""
        return self._position.records

    @property
    def shifted(self) -> bool:
        """Return whether a list shifted while it was read, so that a record may have been missed.

        The position says so too; it stays so to the end of the stream.
        """
        return self._position.shifted

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the fields (paths as in YAML) that the ERP refuses by name, over earlier readers too.

        In their place all fields of their level were asked for, so the records show what became of them.
        """
        return self._position.facts.refused

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the replies showed beside their records, as the position says it."""
        found: dict[str, Any] = self._position.to_json()["facts"]
        return found


def _outer(found: Mapping[str, Any]) -> Position:
    short = {name: found["outer"][name] for name in _OF_OUTER}
    short |= {"page": PageState(**short["page"]), "within": Within.from_json(short["within"])}
    seen, facts = tuple(found["outer"]["seen"]), Facts(size=found["outer"]["size"])
    return Position(found["stream"], found["started_at"], seen=seen, facts=facts, **short)


def _no_position(stream: str, why: str) -> ConfigurationInvalid:
    fault = Fault("bad_position", "", f"is no position of the stream {stream!r}: {why}", "position")
    return ConfigurationInvalid("the reading cannot be gone on with", [fault])


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0
