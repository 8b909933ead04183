"""ProbeDescription: one published description is read, compared with the one held, and what it means noted.

Nobody is told here, and nothing is held: a description is no proof of what the ERP answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.spec import Connector
from sluice.contract.policy import with_policy
from sluice.description.compare import differences
from sluice.description.interest import touching
from sluice.description.model import Description
from sluice.description.read import read_description
from sluice.errors import ConfigurationInvalid
from sluice.model.change import Action, Change
from sluice.model.connection import Connection
from sluice.ports.object_store import ObjectNotFound
from sluice.registry.descriptions import Described, Descriptions, Reading, digest
from sluice.registry.telling.announcements import Announcement, Announcements, Touched
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.watch.asking import Answered, ask_for_document, place_of, published_by
from sluice.usecases.watch.interests import Reader, readers_of
from sluice.usecases.watch.plan import in_use
from sluice.usecases.watch.tryton_models import ask_for_models, asked_paths
from sluice.usecases.world import World, iso

_LIFECYCLE = frozenset({"D16", "D17"})
_ADDRESS = frozenset({"D02", "D04"})
"""What changed is the address of the whole API: it touches every stream."""


class ProbeDescription(Struct, frozen=True):
    """``connection`` is one that the description at ``place`` speaks for; see PlanWatch."""

    connector: str
    place: str
    connection: str


def probe_description(world: World, wanted: ProbeDescription) -> dict[str, Any]:
    """Return ``outcome`` (first, unchanged or changed), and how many changes there are and were noted.

    Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid where the description
    cannot be read; the one that is held stays. Done again, it comes to the same.
    """
    connection = world.connections.get(wanted.connection)
    connector = world.catalog.connector(wanted.connector)
    descriptions = Descriptions(world.state, world.objects, connector.name)
    held = descriptions.get(wanted.place)
    answered = _ask(world, connection, connector, held)
    at = iso(world.clock.now())
    address = place_of(world, connector, connection)[1]
    reading = Reading(address, at, answered.body, answered.etag, answered.modified)
    if reading.body is None or digest(reading.body) == held.sha:
        descriptions.keep(wanted.place, reading, {})
        return _ended("unchanged")
    new = read_description(reading.body)
    old = _held(descriptions, held)
    if old is None:
        descriptions.keep(wanted.place, reading, {})
        return _ended("first")
    changes = differences(old, new)
    noted = _noted(world, connector, wanted.place, (old, new))
    # Last: whoever comes here again after a crash finds the same differences, and notes them again.
    descriptions.keep(wanted.place, reading, dict(Counter(change.code for change in changes)))
    return _ended("changed", len(changes), noted)


def _ask(world: World, connection: Connection, connector: Connector, held: Described) -> Answered:
    if published_by(connector).kind != "tryton":
        return ask_for_document(world, connection, connector, (held.etag, held.modified))
    streams = {
        name: asked_paths(connector.streams[name], world.mapper_of(connection, name).used.paths())
        for name in enabled_streams(connection, connector)
    }
    return ask_for_models(world, connection, connector, streams)


def _held(descriptions: Descriptions, held: Described) -> Description | None:
    """Return the description that is held; None before the first, or where it cannot be read any more."""
    with suppress(ObjectNotFound, ConfigurationInvalid):
        body = descriptions.body(held)
        return None if body is None else read_description(body)
    return None


def _noted(
    world: World, connector: Connector, place: str, descriptions: tuple[Description, Description]
) -> int:
    """Note what touches a connection that the description speaks for; return how many changes that is."""
    speaking = [
        found for found, _ in in_use(world, connector.name) if _speaks_for(world, connector, found, place)
    ]
    readers = readers_of(world, connector, speaking)
    announcements = Announcements(world.state, connector.name)
    at = iso(world.clock.now())
    ids: set[str] = set()
    dated: set[tuple[str, str]] = set()
    for reader in readers:
        for change, touched in _touching(reader, *descriptions):
            if touched.connections:
                ids.add(announcements.note(change, touched, at).id)
            if change.code in _LIFECYCLE:
                dated.add((change.operation, change.path))
    back = _taken_back(readers, *descriptions) if any(announcements.all()) else set()

    def is_over(known: Announcement) -> bool:
        change = known.change
        places = {(operation, change["path"]) for operation in known.operations}
        moved = change["code"] in _LIFECYCLE and bool(places & dated)
        return known.id not in ids and (moved or (change["code"], change["path"], change["after"]) in back)

    announcements.end(is_over, (found.name for found in speaking))
    return len(ids)


def _taken_back(readers: Sequence[Reader], old: Description, new: Description) -> set[tuple[str, str, str]]:
    """Return (code, path, after) of what was announced and is not so any more.

    On the way back from the new description to the old one it is met again.
    """
    met = (change for reader in readers for change, _ in _touching(reader, new, old))
    return {(change.code, change.path, change.after) for change in met}


def _touching(reader: Reader, old: Description, new: Description) -> Iterator[tuple[Change, Touched]]:
    for change in touching(old, new, [reader.interest]):
        used_by = change.used_by or ((reader.interest.entity,) if change.code in _ADDRESS else ())
        names = tuple(found.name for found in reader.connections if _is_told(change, found))
        if used_by:
            touched = Touched(reader.stream, used_by, names, _day(change.evidence.get("ends")))
            yield replace(change, used_by=used_by), touched


def _is_told(change: Change, connection: Connection) -> bool:
    """Return whether the change is to be told; a policy may silence a kind, and holds nothing here."""
    return with_policy(change, connection.policy).action is not Action.GO_ON


def _speaks_for(world: World, connector: Connector, connection: Connection, place: str) -> bool:
    try:
        return place_of(world, connector, connection)[0] == place
    except ConfigurationInvalid:
        return False


def _day(text: Any) -> str:
    """Return a day (ISO); a vendor may name a version instead, and then there is none."""
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        return ""


def _ended(outcome: str, changes: int = 0, noted: int = 0) -> dict[str, Any]:
    return {"outcome": outcome, "changes": changes, "noted": noted}
