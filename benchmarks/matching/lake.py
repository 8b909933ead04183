"""A lake of planted records: events in Parquet files on a disk, read by the views that everybody uses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.matching.companies import ROOT, Record
from sluice.lake.database import open_lake
from sluice.lake.layout import ROOT as LAKE
from sluice.lake.layout import Partition, digest_of
from sluice.lake.presence import Database
from sluice.lake.writing import parquet_of

ENTITY = "customer"
_BATCH = 5_000


def schema_of(entity: str = ENTITY) -> dict[str, Any]:
    """Return an entity's canonical schema."""
    found: dict[str, Any] = json.loads((ROOT / f"transformers/canonical/{entity}.json").read_text())
    return found


@contextmanager
def lake_of(records: Mapping[str, list[Record]], entity: str = ENTITY) -> Iterator[Database]:
    """Yield a database of a lake that holds these records, by connection."""
    schema = schema_of(entity)
    with TemporaryDirectory(prefix="matching-") as name:
        folder = Path(name)
        for connection, held in records.items():
            for start in range(0, len(held), _BATCH):
                batch = [_event(entity, connection, record) for record in held[start : start + _BATCH]]
                key = Partition(entity, connection).fresh(digest_of(event["id"] for event in batch))
                path = folder / key.removeprefix(LAKE)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(parquet_of(batch, schema))
        database = open_lake(folder, {entity: schema})
        try:
            yield database
        finally:
            database.close()


def _event(entity: str, connection: str, record: Record) -> dict[str, Any]:
    return {
        "id": digest_of([connection, record["source_id"]]),
        "type": f"{entity}.upserted",
        "entityversion": 1,
        "time": "2026-11-01T12:00:00Z",
        "connection": connection,
        "connector": "tripletex",
        "data": {**record, "id": f"{connection}/{entity}/{record['source_id']}"},
    }
