from __future__ import annotations

import multiprocessing
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.lake.folder import files_in, path_in
from sluice.lake.views import View
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.ports.object_store import ObjectNotFound
from sluice.usecases.data.copying import ATTEMPTS, LakeUnsettled, Progress, lake_files
from tests.unit.lake.small_lake import event_of, keys_of, put

CUSTOMER, HISTORY = View("customer"), View("customer", True)


class Store(MemoryObjectStore):
    """Counts what is fetched, and lets something happen before a listing goes on or a file is read."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.before_get: Callable[[str], None] = lambda key: None
        self.after_key: Callable[[str], None] = lambda key: None

    def get_file(self, key: str, path: Path) -> None:
        self.before_get(key)
        super().get_file(key, path)
        self.fetched.append(key)

    def keys(self, prefix: str) -> Iterator[str]:
        # A listing is no snapshot: each key is looked up when its turn comes.
        last = ""
        while following := [key for key in super().keys(prefix) if key > last]:
            last = following[0]
            yield last
            self.after_key(last)


@pytest.fixture
def store() -> Store:
    return Store()


def fill(store: Store, part: str | None, number: int = 1, connection: str = "acme") -> str:
    return put(store, keys_of("customer", connection, part), [event_of("customer", connection, str(number))])


def copied(store: Store, folder: Path, *views: View) -> set[str]:
    with lake_files(store, folder, views or (CUSTOMER,)) as files:
        assert all(path_in(folder, file).read_bytes() == store.get(file.key) for file in files)
        return {file.key for file in files}


def test_only_what_the_folder_lacks_is_fetched(store: Store, tmp_path: Path) -> None:
    first = fill(store, "fresh")
    assert copied(store, tmp_path) == {first}
    second = fill(store, "fresh")
    store.fetched.clear()
    assert copied(store, tmp_path) == {first, second}
    assert store.fetched == [second]


def test_each_table_gets_the_files_that_it_takes(store: Store, tmp_path: Path) -> None:
    fresh, month, current = fill(store, "fresh"), fill(store, "2026-11"), fill(store, None)
    put(store, keys_of("invoice", "acme", "fresh"), [event_of("invoice", "acme", "1", currency="NOK")])
    store.put("lake/customer/notes.txt", b"no file of the lake")
    assert copied(store, tmp_path) == {fresh, current}
    assert copied(store, tmp_path, HISTORY) == {fresh, month}
    assert copied(store, tmp_path, CUSTOMER, HISTORY) == {fresh, month, current}


def test_what_the_lake_has_no_more_is_removed(store: Store, tmp_path: Path) -> None:
    gone, stays = fill(store, "fresh", connection="removed"), fill(store, "fresh")
    copied(store, tmp_path)
    store.delete(gone)
    (tmp_path / ".partial-of-a-killed-process").write_bytes(b"PAR1")
    (tmp_path / ".spilled-1").mkdir()
    assert copied(store, tmp_path) == {stays}
    assert [file.key for file in files_in(tmp_path)] == [stays]
    assert [path.name for path in tmp_path.glob(".*")] == [".lock"]


def test_what_is_gone_stays_while_somebody_reads_it(store: Store, tmp_path: Path) -> None:
    gone = fill(store, "fresh")
    with lake_files(store, tmp_path, [CUSTOMER]) as files:
        store.delete(gone)
        assert copied(store, tmp_path) == set()
        assert path_in(tmp_path, files[0]).exists()
    copied(store, tmp_path)
    assert list(files_in(tmp_path)) == []


def test_files_that_vanish_while_they_are_copied_are_listed_again(store: Store, tmp_path: Path) -> None:
    old = [fill(store, "fresh", number) for number in range(3)]

    first = threading.Lock()  # files are fetched side by side

    def compact(key: str) -> None:
        with first:
            if old:
                fill(store, None)
                store.delete_all(old)
                old.clear()

    store.before_get = compact
    [key] = copied(store, tmp_path)
    assert "/current/" in key


def test_files_that_never_stop_vanishing_are_given_up(store: Store, tmp_path: Path) -> None:
    fill(store, "fresh")
    attempts = []

    def vanish(key: str) -> None:
        attempts.append(key)
        store.delete(key)
        fill(store, "fresh")
        raise ObjectNotFound(key)

    store.before_get = vanish
    with pytest.raises(LakeUnsettled, match="ask again"):
        copied(store, tmp_path)
    assert len(attempts) == ATTEMPTS


def test_what_is_compacted_behind_the_listing_is_not_missed(store: Store, tmp_path: Path) -> None:
    # Newest versions are written where the listing has been; what they are made of is gone before its turn.
    before = fill(store, None, 1)
    fresh = fill(store, "fresh", 2)
    copied(store, tmp_path)  # now nothing has to be fetched that could be found missing
    after: list[str] = []

    def compact(key: str) -> None:
        if key == before and not after:
            after.append(put(store, before.replace(before[-40:-8], "0" * 32), [
                event_of("customer", "acme", "1"), event_of("customer", "acme", "2"),
            ]))  # fmt: skip
            store.delete_all([before, fresh])

    store.after_key = compact
    assert copied(store, tmp_path) == set(after)


def test_a_file_that_a_crash_cut_short_is_fetched_anew(store: Store, tmp_path: Path) -> None:
    key = fill(store, "fresh")
    with lake_files(store, tmp_path, [CUSTOMER]) as [file]:
        path = path_in(tmp_path, file)
    path.write_bytes(path.read_bytes()[:40])
    assert copied(store, tmp_path) == {key}


def test_progress_is_told(store: Store, tmp_path: Path) -> None:
    for number in range(3):
        fill(store, "fresh", number)
    told: list[Progress] = []
    with lake_files(store, tmp_path, [CUSTOMER], told.append):
        pass
    with lake_files(store, tmp_path, [CUSTOMER], told.append):
        pass
    assert told == [Progress(1, 3), Progress(2, 3), Progress(3, 3)]


def test_nobody_else_reads_the_copies(store: Store, tmp_path: Path) -> None:
    fill(store, "fresh")
    folder = tmp_path / "lake" / "local"
    with lake_files(store, folder, [CUSTOMER]) as [file]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(path_in(folder, file).stat().st_mode) == 0o600


def test_a_key_leads_nowhere_else(store: Store, tmp_path: Path) -> None:
    store.put(f"lake/customer/events/../fresh/{'0' * 32}.parquet", b"PAR1 none PAR1")
    assert copied(store, tmp_path / "lake") == set()
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


def _copy(store: MemoryObjectStore, folder: Path, times: int) -> None:
    for _ in range(times):
        with lake_files(store, folder, [CUSTOMER, HISTORY]) as files:
            assert all(path_in(folder, file).read_bytes() == store.get(file.key) for file in files)


def test_several_processes_use_one_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = []
    for number in range(3):
        # Each sees another lake, so each removes what the others fetched, when nobody reads it.
        store = MemoryObjectStore()
        for at in range(number, number + 6):
            key = f"lake/customer/events/acme/fresh/{at:032x}.parquet"
            put(store, key, [event_of("customer", "acme", str(at))])
        workers.append(context.Process(target=_copy, args=(store, tmp_path, 15)))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
