"""What a batch of the lake's queue becomes: one file of Parquet for each entity and connection in it.

A message is done with when all of its events are stored. The same events may be stored again later, in
another file: whoever reads the lake takes each event's id once (docs/adr/0012).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from msgspec import Struct, field

from sluice.lake.layout import Partition, digest_of, read_key
from sluice.lake.writing import parquet_of
from sluice.usecases.world import World

_TIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d{1,6})?Z")
_KINDS = ("upserted", "deleted")
_TEXTS = ("id", "type", "time", "connection", "connector")


class Unreadable(ValueError):
    """A message holds something else than events that the lake knows; the text says what, and no data."""


class Message(Struct, frozen=True):
    """A message as it was received: its id within the batch, and its text."""

    id: str
    body: str


class Unwritten(Struct, frozen=True):
    """Messages that are to come again, by their ids, and why."""

    messages: tuple[str, ...]
    reason: Exception


class _Group(Struct):
    """Events by id, the first of each, and the messages that they came in (a dict, for its order)."""

    events: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    messages: dict[str, None] = field(default_factory=dict)


def write_lake(world: World, messages: Sequence[Message]) -> list[Unwritten]:
    """Store the messages' events; return those messages of which anything is not stored.

    A message that cannot be read stops no other one, nor does a file that cannot be stored.
    """
    entities = frozenset(world.catalog.canonical.names())
    unwritten: list[Unwritten] = []
    groups: dict[Partition, _Group] = {}
    for message in messages:
        try:
            events = _events(message.body, entities)
        except Unreadable as reason:
            unwritten.append(Unwritten((message.id,), reason))
            continue
        for partition, event in events:
            group = groups.setdefault(partition, _Group())
            group.events.setdefault(event["id"], event)
            group.messages[message.id] = None
    return unwritten + list(_write_all(world, groups))


def _write_all(world: World, groups: Mapping[Partition, _Group]) -> Iterable[Unwritten]:
    for partition, group in groups.items():
        try:
            schema = world.catalog.canonical.entity(partition.entity).schema
            data = parquet_of(list(group.events.values()), schema)
            world.objects.put(partition.fresh(digest_of(group.events)), data)
        except Exception as reason:  # noqa: BLE001 - whatever it was: these messages come again, others are done
            yield Unwritten(tuple(group.messages), reason)


def _events(body: str, entities: frozenset[str]) -> list[tuple[Partition, Mapping[str, Any]]]:
    """Return a message's events with where they belong; raises Unreadable for all of it."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the message is no JSON: {error.msg} at {error.pos}") from error
    events = found if isinstance(found, list) else [found]
    if not events:
        raise Unreadable("the message holds no event")
    return [(_partition(event, entities), event) for event in events]


def _partition(event: Any, entities: frozenset[str]) -> Partition:
    if not isinstance(event, dict):
        raise Unreadable(f"an event is an object, not {type(event).__name__}")
    for name in _TEXTS:
        if not isinstance(event.get(name), str) or not event[name]:
            raise Unreadable(f"an event has no {name}")
    entity, _, kind = event["type"].rpartition(".")
    if entity not in entities or kind not in _KINDS:
        raise Unreadable(f"{event['type'][:80]!r} is no type of an event that the lake takes")
    version = event.get("entityversion")
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**63:
        raise Unreadable("an event's entityversion is a whole number from 1")
    if not _TIME.fullmatch(event["time"]):
        raise Unreadable("an event's time is UTC, such as 2026-11-22T10:00:00Z")
    data = event.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("source_id"), str):
        raise Unreadable("an event's data is a record with a source_id")
    partition = Partition(entity, event["connection"])
    if read_key(partition.fresh("0" * 32)) is None:
        raise Unreadable("an event's connection is no name of one")
    return partition
