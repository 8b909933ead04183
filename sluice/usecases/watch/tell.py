"""TellAhead: what is going to change is told once, again as its day comes near, and never holds a stream."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.registry.descriptions import Descriptions
from sluice.registry.telling.announcements import Announcement, Announcements
from sluice.usecases.watch.headers import note_headers
from sluice.usecases.watch.notices import notice_of_announcements, notice_of_failure
from sluice.usecases.watch.plan import in_use
from sluice.usecases.world import World, iso

_UNRECORDED = "unrecorded"


class TellAhead(Struct, frozen=True):
    """``connectors`` are those that were watched, ``outcomes`` what their probes came to."""

    run: str
    connectors: Sequence[str]
    outcomes: Sequence[str] = ()


def tell_ahead(world: World, wanted: TellAhead) -> dict[str, Any]:
    """Tell people what they do not know yet; return ``outcome`` and how many notices were sent.

    ``outcome`` is watched, or unfinished where a probe left no record of what it came to.
    """
    told = 0
    for connector in wanted.connectors:
        note_headers(world, connector)
        told += sum(1 for _ in _told(world, connector, wanted.run))
    outcome = "unfinished" if _UNRECORDED in wanted.outcomes else "watched"
    return {"outcome": outcome, "told": told}


def _told(world: World, connector: str, run: str) -> Iterator[str]:
    """Tell what there is to tell of a connector; yield the id of each notice."""
    at = iso(world.clock.now())
    names = {connection.name for connection, _ in in_use(world, connector)}
    announcements = Announcements(world.state, connector)
    for notice, group in _notices(announcements, names, run, world.clock.now().date()):
        claimed = [found for known in group if (found := announcements.claim(known, notice, run, at))]
        if claimed:
            yield _tell(world, announcements, claimed, names)
    descriptions = Descriptions(world.state, world.objects, connector)
    for described in list(descriptions.all()):
        if described.failing and not described.failing["told_at"]:
            world.notification.publish([notice_of_failure(described).to_message()])
            descriptions.mark_told(described.place, at)
            yield described.place


def _notices(
    announcements: Announcements, names: set[str], run: str, today: date
) -> Iterator[tuple[str, list[Announcement]]]:
    """Yield each notice to send with what it tells: changes of one kind, for one day, are one notice.

    A vendor who declares twenty fields optional does so once. Notices that a dead teller began come as they
    were begun, so that a repeat has the same id.
    """
    groups: dict[tuple[str, ...], list[Announcement]] = {}
    for known in announcements.all():
        if known.is_to_be_told(today) and names & set(known.connections):
            key = (known.change["code"], known.due, str(known.is_news))
            groups.setdefault((known.telling_as,) if known.telling_as else key, []).append(known)
    for group in groups.values():
        ids = sorted(known.id for known in group)
        digest = (
            ids[0] if len(ids) == 1 else hashlib.blake2b("".join(ids).encode(), digest_size=6).hexdigest()
        )
        yield group[0].telling_as or f"{run}#{digest}", group


def _tell(
    world: World, announcements: Announcements, claimed: Sequence[Announcement], names: set[str]
) -> str:
    now = world.clock.now()
    shown = [replace(one, connections=[n for n in one.connections if n in names]) for one in claimed]
    world.notification.publish([notice_of_announcements(shown, now.date()).to_message()])
    for one in claimed:
        announcements.mark_told(one, iso(now), now.date())
    return claimed[0].telling_as
