"""Records set aside: which there are, and why."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sluice.model.erp_json import read
from sluice.ports.object_store import ObjectStore
from sluice.usecases.world import World


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record set aside by a run; ``faults`` as JSON objects, ``record`` raw as the ERP sent it."""

    connection: str
    stream: str
    run: str
    source_id: str | None
    faults: tuple[dict[str, Any], ...]
    record: dict[str, Any]


def list_quarantined(world: World, connection: str, stream: str | None = None) -> Iterator[Quarantined]:
    """Yield the connection's quarantined records, by stream and run."""
    prefix = f"quarantine/{connection}/" + (f"{stream}/" if stream else "")
    for key in world.objects.keys(prefix):
        yield from _read(world.objects, key)


def quarantined_streams(world: World, connection: str) -> list[str]:
    """Return the streams that have quarantined records, by name."""
    return sorted({key.split("/")[2] for key in world.objects.keys(f"quarantine/{connection}/")})


def _read(objects: ObjectStore, key: str) -> Iterator[Quarantined]:
    _, connection, stream, run, _ = key.split("/")
    for line in gzip.decompress(objects.get(key)).split(b"\n"):
        found = read(line)
        yield Quarantined(
            connection, stream, run, found["source_id"], tuple(found["faults"]), found["record"]
        )
