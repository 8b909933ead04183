"""A small lake on a disk or in a store: events as they are published, in files as they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from sluice.lake.folder import path_in
from sluice.lake.layout import Partition, digest_of, read_key
from sluice.lake.writing import parquet_of
from sluice.messages.events import EventSource, deleted, upserted
from sluice.ports.object_store import ObjectStore

CANONICAL = Path(__file__).resolve().parents[3] / "transformers/canonical"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted(CANONICAL.glob("*.json"))}
_FILES = count()


def record_of(entity: str, connection: str, source_id: str, **fields: Any) -> dict[str, Any]:
    """Return a canonical record: every field that is not given is null."""
    nothing = dict.fromkeys(SCHEMAS[entity]["properties"])
    identity = {"id": f"{connection}/{entity}/{source_id}", "source_id": source_id}
    return {**nothing, **identity, "extensions": {}, **fields}


def event_of(entity: str, connection: str, source_id: str, version: int = 1, **fields: Any) -> dict[str, Any]:
    """Return an upserted event; ``time`` among the fields is the event's, ``gone`` makes it a deleted one."""
    time = fields.pop("time", "2026-11-20T10:00:00Z")
    gone = fields.pop("gone", False)
    source = EventSource(connection, "tripletex", entity, f"urn:sluice:{entity}:1", time)
    if gone:
        return deleted(source, source_id, version)
    record = record_of(entity, connection, source_id, **fields)
    return upserted(source, record, version, json.dumps(record, sort_keys=True))


def keys_of(entity: str, connection: str, part: str | None) -> str:
    """Return the key of a new file: ``part`` is `fresh`, a month, or None for newest versions."""
    partition, digest = Partition(entity, connection), digest_of([str(next(_FILES))])
    if part is None:
        return partition.current(digest)
    return partition.fresh(digest) if part == "fresh" else partition.events(part, digest)


def write(folder: Path, key: str, events: Iterable[dict[str, Any]]) -> Path:
    """Write the events of one entity to a file below the folder, where the key says."""
    file = read_key(key)
    assert file is not None
    path = path_in(folder, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(parquet_of(list(events), SCHEMAS[file.partition.entity]))
    return path


def put(objects: ObjectStore, key: str, events: Sequence[dict[str, Any]]) -> str:
    """Store the events of one entity in a file under the key."""
    file = read_key(key)
    assert file is not None
    objects.put(key, parquet_of(list(events), SCHEMAS[file.partition.entity]))
    return key
