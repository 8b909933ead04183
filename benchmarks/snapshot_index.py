"""What committing takes of a stream's snapshot index: python -m benchmarks.snapshot_index [RECORDS ...].

Ten changes among so many records; all of them new, in an order that says nothing; and all of them seen again,
of which ten are gone. Objects lie in a folder, and each step is a process of its own, so that the peak of
memory is the step's. Ids are of 32 random characters, in chunks of 5,000. It never fails for being slow.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from benchmarks.machine import told_of_the_machine
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.chunk import MAX_RECORDS, Counts
from sluice.snapshot.index import SnapshotIndex
from sluice.snapshot.receipts import Receipt, Remembered, Seen
from sluice.snapshot.settle import find_gone, seen_in
from sluice.snapshot.writing import write_over

FEW = 10


class FolderStore(MemoryObjectStore):
    """Objects as files, and how many were put and fetched, of how many bytes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.puts, self.put_bytes, self.gets, self.get_bytes = 0, 0, 0, 0

    def put(self, key: str, data: bytes) -> None:
        """Write the object's file."""
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.puts += 1
        self.put_bytes += len(data)

    def get(self, key: str) -> bytes:
        """Read the object's file."""
        data = (self._folder / key).read_bytes()
        self.gets += 1
        self.get_bytes += len(data)
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys of a folder."""
        yield from sorted(f"{prefix}{path.name}" for path in (self._folder / prefix).glob("*"))


class Stage(NamedTuple):
    """Where the objects lie, and of how many records."""

    folder: Path
    records: int

    def receipts(self, sweep: str, store: FolderStore) -> Remembered:
        """Return the receipts of one of the sweeps made up, as a commit reads them."""
        return Remembered(store, "bench", "record", sweep)


def entry(number: int, version: int) -> Seen:
    """Return a record's entry; where its id stands among the others, its number does not say."""
    source_id, content = (
        hashlib.blake2b(text.encode(), digest_size=16).hexdigest() for text in (f"{number}", f"{number}c")
    )
    return Seen(source_id, content, version)


def write_receipts(stage: Stage, sweep: str, numbers: Iterable[int], version: int) -> None:
    """Write the receipts of a sweep that saw these records in this order."""
    receipts = stage.receipts(sweep, FolderStore(stage.folder))
    wanted = list(numbers)
    for number, start in enumerate(range(0, len(wanted), MAX_RECORDS)):
        seen = tuple(sorted(entry(one, version) for one in wanted[start : start + MAX_RECORDS]))
        count = len(seen)
        receipts.write(Receipt(number, Counts(fetched=count, mapped=count, published=count), seen))


def make(stage: Stage) -> None:
    """Write what the steps begin with."""
    chance = random.Random(1)  # noqa: S311  (the same for every measurement)
    everything = chance.sample(range(stage.records), stage.records)
    write_receipts(stage, "all", everything, 1)
    write_receipts(stage, "again", everything[FEW:], 1)
    write_receipts(stage, "few", everything[:FEW], 2)


def all_new(stage: Stage, store: FolderStore) -> str:
    """Commit everything over nothing."""
    index = SnapshotIndex(store, None)
    key = write_over(index, "snapshots/bench/record/all/", seen_in(stage.receipts("all", store).all()))
    (stage.folder / "index").write_text(str(key))
    return f"{len(SnapshotIndex(store, key).blocks)} blocks"


def few_changed(stage: Stage, store: FolderStore) -> str:
    """Commit ten changes."""
    index = SnapshotIndex(store, (stage.folder / "index").read_text())
    write_over(index, "snapshots/bench/record/few/", seen_in(stage.receipts("few", store).all()))
    return f"of {len(index.blocks)} blocks"


def all_seen_again(stage: Stage, store: FolderStore) -> str:
    """Commit a whole read in which ten are missing."""
    index = SnapshotIndex(store, (stage.folder / "index").read_text())
    receipts = stage.receipts("again", store)
    gone = find_gone(index, seen_in(receipts.all()))
    write_over(index, "snapshots/bench/record/again/", seen_in(receipts.all()), gone)
    return f"{len(gone)} gone"


STEPS = {"all new": all_new, "ten changed": few_changed, "all seen again, ten gone": all_seen_again}


def measured(stage: Stage, name: str, said: Callable[[str], None] = click.echo) -> None:
    """Take one step, and say what it took."""
    store, began = FolderStore(stage.folder), time.perf_counter()
    used = resource.getrusage(resource.RUSAGE_SELF)
    found = STEPS[name](stage, store)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    said(
        f"{name}: {cpu:.2f} s of CPU, {time.perf_counter() - began:.2f} s; "
        f"put {store.puts} objects, {store.put_bytes / 1e6:.2f} MB; "
        f"got {store.gets}, {store.get_bytes / 1e6:.2f} MB; "
        f"peak {after.ru_maxrss / 1024:.0f} MB, {used.ru_maxrss / 1024:.0f} MB before; {found}"
    )


def _apart(work: Callable[..., None], *given: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=work, args=given)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def main() -> None:
    """Make up the receipts, take each step, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", type=int, nargs="*", help="sizes; else 1000000")
    for records in parser.parse_args().records or [1_000_000]:
        click.echo(f"{records} records; {told_of_the_machine()}")
        with tempfile.TemporaryDirectory(prefix="snapshot-index-") as name:
            stage = Stage(Path(name), records)
            _apart(make, stage)
            for step in STEPS:
                _apart(measured, stage, step)


if __name__ == "__main__":
    main()
