"""Records set aside: which there are, and why."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.model.erp_json import read
from sluice.ports.documents import DocumentNotFound
from sluice.ports.object_store import ObjectStore
from sluice.registry.paging import Page
from sluice.usecases.operating.redaction import masked, masked_record
from sluice.usecases.replay.sources import line_digest
from sluice.usecases.world import World


class Quarantined(Struct, frozen=True):
    """One record set aside by a run; ``faults`` as JSON objects, ``record`` raw as the ERP sent it.

    ``id`` tells it from the others of its stream.
    """

    connection: str
    stream: str
    run: str
    source_id: str | None
    faults: tuple[dict[str, Any], ...]
    record: dict[str, Any]
    id: str = ""


def list_quarantined(world: World, connection: str, stream: str | None = None) -> Iterator[Quarantined]:
    """Yield the connection's quarantined records, by stream and run."""
    for key in world.objects.keys(_prefix(connection, stream)):
        yield from _read(world.objects, key)


def page_quarantined(
    world: World, connection: str, stream: str | None = None, *, after: str | None = None, limit: int = 50
) -> Page[Quarantined]:
    """Return a page of what :func:`list_quarantined` yields; ``after`` is of the page before.

    Only the objects of the page are read, and the one before. Records that a replay took meanwhile are left
    out, and none of the others is.
    """
    place, _, line = (after or "").rpartition("#")
    found: list[Quarantined] = []
    last = ""
    for key in world.objects.keys(_prefix(connection, stream)):
        if key < place:
            continue
        for one in _read(world.objects, key):
            if key == place and one.id <= line:
                continue
            if len(found) == limit:
                return Page(tuple(found), last)
            found.append(one)
            last = f"{key}#{one.id}"
    return Page(tuple(found), None)


def find_quarantined(world: World, connection: str, stream: str, record: str) -> Quarantined | None:
    """Return the quarantined record of this id; None where there is none, or none any more."""
    run, _, rest = record.rpartition(".")[0].rpartition(".")
    for key in world.objects.keys(f"{_prefix(connection, stream)}{run}/{rest}."):
        for one in _read(world.objects, key):
            if one.id == record:
                return one
    return None


def redacted(world: World, one: Quarantined) -> Quarantined:
    """Return it with all masked in its record that may be personal: all of it where nothing maps it any more.

    Its faults speak of no personal value.
    """
    try:
        mapper = world.mapper_of(world.connections.get(one.connection), one.stream)
    except (ConfigurationInvalid, DocumentNotFound):
        return replace(one, record=masked(one.record))
    return replace(one, record=masked_record(world, one.record, mapper))


def quarantined_streams(world: World, connection: str) -> list[str]:
    """Return the streams that have quarantined records, by name."""
    return sorted({key.split("/")[2] for key in world.objects.keys(_prefix(connection, None))})


def _prefix(connection: str, stream: str | None) -> str:
    return f"quarantine/{connection}/" + (f"{stream}/" if stream else "")


def _read(objects: ObjectStore, key: str) -> Iterator[Quarantined]:
    """Yield the records of an object by their ids, in which their place in it does not count."""
    _, connection, stream, run, name = key.split("/")
    number = name.partition(".")[0]
    lines = gzip.decompress(objects.get(key)).split(b"\n")
    for digest, line in sorted((line_digest(line), line) for line in lines):
        found = read(line)
        yield Quarantined(
            connection,
            stream,
            run,
            found["source_id"],
            tuple(found["faults"]),
            found["record"],
            f"{run}.{number}.{digest}",
        )
