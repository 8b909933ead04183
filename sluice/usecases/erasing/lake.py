"""Takes a record out of the lake: every file that holds it is written anew without it.

A compaction may run beside it: what that writes meanwhile of the files of before is found by the next pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from msgspec import Struct

from sluice.lake.erasing import ErasingFiles
from sluice.lake.layout import LakeFile, Partition, digest_of, read_key
from sluice.ports.object_store import ObjectNotFound, ObjectStore
from sluice.usecases.data.scratch import scratch_folder
from sluice.usecases.erasing.person import Person

_AT_ONCE = 8
_PASSES = 5


class StillWritten(Exception):
    """A compaction wrote the record again and again; once it has ended, erasing finds it."""


class TakenFromLake(Struct):
    """How many files were looked through and written anew, and how many rows went."""

    files: int = 0
    rewritten: int = 0
    rows: int = 0


def take_from_lake(objects: ObjectStore, person: Person) -> TakenFromLake:
    """Take the record out of every file, pass by pass, until one finds nothing; raises StillWritten."""
    taken = TakenFromLake()
    with scratch_folder("erasing-") as folder, ErasingFiles(person.source_id) as database:
        for _ in range(_PASSES):
            before = taken.rows
            vanished = _pass(objects, (folder, database), person, taken)
            if taken.rows == before and not vanished:
                return taken
    raise StillWritten(f"the lake's files of {person.entity} are being compacted; erase once more later")


def _pass(
    objects: ObjectStore, means: tuple[Path, ErasingFiles], person: Person, taken: TakenFromLake
) -> bool:
    """Go through all files once; return whether some were compacted before they could be read."""
    folder, database = means
    vanished, taken.files = False, 0
    files = _files(objects, Partition(person.entity, person.connection))
    while batch := list(islice(files, _AT_ONCE)):
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            copies = list(readers.map(lambda file: _copy(objects, file, folder), batch))
        for file, copy in zip(batch, copies, strict=True):
            if copy is None:
                vanished = True
                continue
            taken.files += 1
            held, rows = database.rows(copy)
            if held:
                _replace(objects, (file, copy), database, is_empty=held == rows)
                taken.rows += held
                taken.rewritten += 1
            copy.unlink()
    return vanished


def _files(objects: ObjectStore, partition: Partition) -> Iterator[LakeFile]:
    """Yield the partition's files as they are listed now."""
    prefixes = (partition.events_prefix, partition.current_prefix)
    found = [read_key(key) for prefix in prefixes for key in objects.keys(prefix)]
    return (file for file in found if file is not None)


def _copy(objects: ObjectStore, file: LakeFile, folder: Path) -> Path | None:
    copy = folder / f"{digest_of([file.key])}.parquet"
    try:
        objects.get_file(file.key, copy)
    except ObjectNotFound:
        return None
    return copy


def _replace(
    objects: ObjectStore, which: tuple[LakeFile, Path], database: ErasingFiles, *, is_empty: bool
) -> None:
    """Write the other rows under another name first, then remove the file (see sluice.lake.layout)."""
    file, copy = which
    if not is_empty:
        made = copy.with_suffix(".without")
        database.write_without(copy, made)
        objects.put_file(_renamed(file), made)
        made.unlink()
    objects.delete(file.key)


def _renamed(file: LakeFile) -> str:
    digest = digest_of([file.key, "erased"])
    if file.part is None:
        return file.partition.current(digest)
    return file.partition.fresh(digest) if file.is_fresh else file.partition.events(file.part, digest)
