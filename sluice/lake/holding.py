"""What a partition holds, by its objects' keys, sizes and times, and what there is to tidy in it.

It reads no file: what is in them is sluice.lake.compacting's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import accumulate, takewhile

from msgspec import Struct, field

from sluice.lake.layout import LakeFile, Partition, read_key
from sluice.ports.object_store import Entry

MB = 1024 * 1024

BATCH_BYTES = 128 * MB
"""Most bytes of fresh files that are taken at once, about a million events; one larger file goes alone."""

BATCH_FILES = 2_000
"""Most fresh files that are taken at once: one person's initial load, or an hour of many."""

SMALL = 64 * MB
"""Bytes from which a month's file is left as it is."""

MOST_SMALL = 16
"""Small files that a month may have before they become one."""

MERGE_BYTES = 512 * MB
"""Most bytes of small files that become one at once."""


class Holding(Struct):
    """The files of one partition: ``months`` by month; all in the order of their keys."""

    partition: Partition
    fresh: list[Entry] = field(default_factory=list)
    current: list[Entry] = field(default_factory=list)
    months: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def is_tidy(self) -> bool:
        """Whether nothing waits to be compacted."""
        return not self.fresh and len(self.current) <= 1 and not self.months_to_merge()

    @property
    def files(self) -> list[Entry]:
        """Every file that there is."""
        return [*self.fresh, *self.current, *(entry for files in self.months.values() for entry in files)]

    @property
    def waiting_since(self) -> datetime:
        """When the oldest file was put that is to be compacted, the oldest of all where none is."""
        small = [entry for files in self.months_to_merge().values() for entry in files]
        return min(entry.put_at for entry in (self.fresh or self.current[1:] or small or self.files))

    def batch(self) -> list[Entry]:
        """Return the fresh files to compact next, the oldest first, as many as may be taken at once."""
        oldest = sorted(self.fresh, key=lambda entry: (entry.put_at, entry.key))[:BATCH_FILES]
        return _fitting(oldest, BATCH_BYTES) or oldest[:1]

    def months_to_merge(self) -> dict[str, list[Entry]]:
        """Return the files to make one of, by month, where a month has too many small ones."""
        small = {
            month: sorted((entry for entry in files if entry.size < SMALL), key=lambda entry: entry.size)
            for month, files in self.months.items()
        }
        return {
            month: _fitting(files, MERGE_BYTES) for month, files in small.items() if len(files) > MOST_SMALL
        }

    def add(self, file: LakeFile, entry: Entry) -> None:
        """Put in a file of the partition."""
        if file.part is None:
            self.current.append(entry)
        elif file.is_fresh:
            self.fresh.append(entry)
        else:
            self.months.setdefault(file.part, []).append(entry)


def holdings(entries: Iterable[Entry]) -> Iterator[Holding]:
    """Yield the holding of every partition that has a file among the entries; other objects are passed by."""
    found: dict[Partition, Holding] = {}
    for entry in entries:
        file = read_key(entry.key)
        if file is not None:
            found.setdefault(file.partition, Holding(file.partition)).add(file, entry)
    yield from found.values()


def _fitting(entries: Sequence[Entry], limit: int) -> list[Entry]:
    """Return the first entries whose sizes together stay within ``limit`` bytes."""
    sums = accumulate(entry.size for entry in entries)
    return [entry for entry, _ in takewhile(lambda pair: pair[1] <= limit, zip(entries, sums, strict=True))]
