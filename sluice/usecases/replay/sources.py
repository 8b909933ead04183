"""Where a replay's records come from: chunks of a held read that were never handed over, and the quarantine.

Everything comes with when it was read from the ERP, so that of two states of a record the newer is known.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from sluice.model.erp_json import read
from sluice.registry.runs import Run
from sluice.snapshot.receipts import Receipts
from sluice.usecases.fetching.chunk_writer import stored_chunks
from sluice.usecases.fetching.sweep import LONG_AGO
from sluice.usecases.world import World, iso

LONGEST_RUN = timedelta(days=1)
"""The time after which an execution is ended (TimeoutSeconds in state_machines/)."""

Moment = tuple[str, int]
"""When a record was read: ISO 8601 UTC, and the number of its chunk among those of the same second."""


class Source(Struct, frozen=True):
    """One stored object with raw records; ``read_at`` is when they were read from the ERP."""

    key: str
    read_at: Moment
    is_quarantine: bool


class Entry(Struct, frozen=True):
    """One record of a source; ``digest`` tells its line from the others of the object."""

    record: dict[str, Any]
    faults: tuple[dict[str, Any], ...]
    digest: str


def held_chunks(world: World, where: tuple[str, str], sweep: str) -> Iterator[Source]:
    """Yield the sweep's chunks of records that have no receipt; ``where`` is connection and stream.

    Tombstones need none: the watermark of a held sweep stays, so the next read asks for them again.
    """
    done = {receipt.number for receipt in Receipts(world.objects, *where, sweep).all()}
    for chunk in stored_chunks(world.objects, f"raw/{where[0]}/{where[1]}/{sweep}/"):
        if chunk.number not in done and not chunk.tombstones:
            yield Source(chunk.key, (chunk.fetched_at, chunk.number), is_quarantine=False)


def quarantine_of(world: World, where: tuple[str, str]) -> Iterator[Source]:
    """Yield the stream's quarantine, an object for each chunk that had records set aside."""
    for key in world.objects.keys(f"quarantine/{where[0]}/{where[1]}/"):
        *_, run, name = key.split("/")
        number = int(name.partition(".")[0])
        known = world.runs.get(run)
        sweeps = _sweeps(known, where[1]) if known else [run]
        receipts = (Receipts(world.objects, *where, sweep).find(number) for sweep in sweeps)
        receipt = next(filter(None, receipts), None)
        read_at = receipt.fetched_at if receipt else ""
        yield Source(key, (read_at or _started_at(world, run), number), is_quarantine=True)


def is_anything_waiting(world: World, where: tuple[str, str], sweep: str | None) -> bool:
    """Return whether a replay of the stream would find anything, be it only to see that it was overtaken."""
    waiting = any(True for _ in world.objects.keys(f"quarantine/{where[0]}/{where[1]}/"))
    return waiting or (sweep is not None and any(True for _ in held_chunks(world, where, sweep)))


def entries_of(world: World, source: Source) -> Iterator[Entry]:
    """Yield the records of a source."""
    for line in gzip.decompress(world.objects.get(source.key)).split(b"\n"):
        found = read(line)
        if source.is_quarantine:
            yield Entry(found["record"], tuple(found["faults"]), line_digest(line))
        else:
            yield Entry(found, (), "")


def line_digest(line: bytes) -> str:
    """Return what tells a line of the quarantine from the others of its object."""
    return hashlib.blake2b(line, digest_size=8).hexdigest()


def seen_since(world: World, where: tuple[str, str], since: str, ids: Collection[str]) -> dict[str, Moment]:
    """Return when each of these records was last read and judged good or known, at or after ``since``."""
    found: dict[str, Moment] = {}
    # A sweep may have gone on in several runs.
    runs = _runs_since(world, where[0], since)
    sweeps = {sweep: run.started_at for run in runs for sweep in _sweeps(run, where[1])}
    for sweep, started_at in sweeps.items():
        for receipt in Receipts(world.objects, *where, sweep).all():
            moment = (receipt.fetched_at or started_at, receipt.number)
            for seen in receipt.seen:
                if seen.id in ids:
                    found[seen.id] = max(moment, found.get(seen.id, moment))
            for gone in receipt.gone:
                if gone in ids:
                    found[gone] = max(moment, found.get(gone, moment))
    return found


def _runs_since(world: World, connection: str, since: str) -> Iterator[Run]:
    """Yield the runs that may have read anything since then, replays too."""
    earliest = iso(datetime.fromisoformat(since) - LONGEST_RUN)
    for run in world.runs.of(connection):
        if run.started_at < earliest:
            return
        yield run


def _sweeps(run: Run, stream: str) -> list[str]:
    """Return the sweeps of the stream that the run may have read in: its own, one begun by an earlier run."""
    begun_earlier = run.sweeps.get(stream)
    return [run.id, begun_earlier] if begun_earlier else [run.id]


def _started_at(world: World, run: str) -> str:
    """Return when the run started: its records were read no earlier. Long ago where it is forgotten."""
    known = world.runs.get(run)
    return known.started_at if known else LONG_AGO
