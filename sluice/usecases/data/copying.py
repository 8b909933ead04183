"""The lake's files in a folder of this machine: what a query needs and the folder lacks is fetched.

Files never change, so one that is there is right. Several processes may use a folder at once: files come by
renaming, and what the lake no longer has is removed only while nobody else uses the folder.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from sluice.lake.folder import files_in, is_whole, path_in
from sluice.lake.layout import ROOT, LakeFile, entity_prefix, read_key
from sluice.lake.views import View
from sluice.ports.object_store import ObjectNotFound, ObjectStore

ATTEMPTS = 5
"""How often the files are listed anew where some vanish meanwhile: whoever compacts is done long before."""
_AT_ONCE = 4
_FEW = 3
"""Entities that are listed one by one: of more, one listing of the whole lake takes fewer requests."""
_LOCK = ".lock"


class LakeUnsettled(Exception):
    """Files went on vanishing while they were listed and copied; the text says what to do."""


class Progress(Struct, frozen=True):
    """How far the copying is: files that are here, of all that are fetched."""

    fetched: int
    wanted: int


Watcher = Callable[[Progress], None]


@contextmanager
def lake_files(
    objects: ObjectStore, folder: Path, views: Sequence[View], watcher: Watcher | None = None
) -> Iterator[tuple[LakeFile, ...]]:
    """Give the files of the views, all of them below ``folder``, where they stay until the block is left.

    ``watcher`` is told of each file that is fetched. Raises LakeUnsettled, and what the store raises.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # people's data, whoever made the folder
    with (folder / _LOCK).open("a") as lock:
        for _ in range(ATTEMPTS):
            listed = _listing(objects, sorted({view.entity for view in views}))
            wanted = tuple(file for file in listed if any(view.takes(file) for view in views))
            _remove_gone(lock.fileno(), folder, {view.entity for view in views}, frozenset(listed))
            # From here on nobody removes anything: what is there stays, what is not is fetched.
            fcntl.flock(lock, fcntl.LOCK_SH)
            try:
                _fetch(objects, folder, wanted, watcher or (lambda _: None))
            except ObjectNotFound:
                continue
            yield wanted
            return
    message = f"the lake's files went on vanishing in {ATTEMPTS} attempts; right would be to ask again"
    raise LakeUnsettled(message)


def _listing(objects: ObjectStore, entities: Sequence[str]) -> list[LakeFile]:
    """Return every file of the entities, as they all were at one moment or later.

    A listing takes its time. While it is under way a file may be replaced by one whose place it has passed:
    then a second one lacks something, or is of before that. So it is listed until nothing was lost.
    """
    found = _listed(objects, entities)
    for _ in range(ATTEMPTS):
        again = _listed(objects, entities)
        if found <= again:
            return sorted(again, key=lambda file: file.key)
        found = again
    raise LakeUnsettled("the lake's files change faster than they are listed; right would be to ask again")


def _listed(objects: ObjectStore, entities: Sequence[str]) -> set[LakeFile]:
    prefixes = [entity_prefix(entity) for entity in entities] if len(entities) <= _FEW else [ROOT]
    files = (read_key(key) for prefix in prefixes for key in objects.keys(prefix))
    return {
        file
        for file in files
        if file is not None
        and file.partition.entity in entities
        and file.partition.connection not in {".", ".."}
    }


def _remove_gone(lock: int, folder: Path, entities: set[str], listed: frozenset[LakeFile]) -> None:
    """Remove what the lake has no more and what killed processes left, unless others use the folder."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    for left in folder.glob(".[!l]*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    for file in list(files_in(folder)):
        if file.partition.entity in entities and file not in listed:
            path_in(folder, file).unlink()


def _fetch(objects: ObjectStore, folder: Path, wanted: Sequence[LakeFile], watcher: Watcher) -> None:
    lacking = [file for file in wanted if not is_whole(path_in(folder, file))]
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        fetching = [beside.submit(_fetch_one, objects, folder, file) for file in lacking]
        try:
            for fetched, one in enumerate(fetching, start=1):
                one.result()
                watcher(Progress(fetched, len(lacking)))
        except BaseException:
            # Or leaving the block would wait for all that is still to be fetched.
            beside.shutdown(cancel_futures=True)
            raise


def _fetch_one(objects: ObjectStore, folder: Path, file: LakeFile) -> None:
    path = path_in(folder, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = folder / f".partial-{secrets.token_hex(8)}"
    objects.get_file(file.key, partial)
    partial.chmod(0o600)
    partial.replace(path)
