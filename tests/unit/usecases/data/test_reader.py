"""The lake kept open: opened again when its files changed, results kept as long as they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import cast

import pytest

from sluice.bootstrap.documents import catalog
from sluice.lake.database import Limits
from sluice.lake.views import View
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.usecases.data.reader import LakeReader
from sluice.usecases.world import World
from tests.unit.lake.small_lake import event_of, keys_of, put

CATALOG = catalog()
CUSTOMERS = [View("customer")]


@pytest.fixture
def reader() -> Iterator[LakeReader]:
    found = LakeReader(Limits("200MB", 1))
    yield found
    found.close()


@pytest.fixture
def world() -> World:
    return cast("World", SimpleNamespace(catalog=CATALOG, objects=MemoryObjectStore()))


def write(world: World, *keys: str) -> None:
    put(
        world.objects,
        keys_of("customer", "acme", "fresh"),
        [event_of("customer", "acme", key) for key in keys],
    )


def test_a_database_is_opened_again_when_its_files_changed_only(reader: LakeReader, world: World) -> None:
    opened = []
    for more in ((), ("1",), (), ("2",)):
        if more:
            write(world, *more)
        with reader.opened(world, CUSTOMERS) as lake:
            [(records,)] = lake.database.execute("SELECT count(*) FROM customer").fetchall()
            opened.append((records, lake))
    assert [records for records, _ in opened] == [0, 1, 1, 2]
    assert opened[1][1] is opened[2][1]
    assert len({id(lake) for _, lake in opened}) == 3


def test_results_are_kept_until_others_come_or_the_files_change(reader: LakeReader, world: World) -> None:
    write(world, "1")
    ended: list[str] = []

    def made(name: str, stack: ExitStack) -> str:
        stack.callback(ended.append, name)
        return f"{name}!"

    with reader.opened(world, CUSTOMERS) as lake:
        for name in ("a", "b", "a", "c"):
            assert lake.kept(name, lambda stack, name=name: made(name, stack)) == f"{name}!"
        assert ended == ["b"]
        with pytest.raises(ZeroDivisionError):
            lake.kept("d", lambda stack: made("d", stack) and 1 / 0)
        assert ended == ["b", "d"]
    write(world, "2")
    with reader.opened(world, CUSTOMERS):
        assert sorted(ended) == ["a", "b", "c", "d"]


def test_few_databases_stay_open(reader: LakeReader, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sluice.usecases.data.reader._OPEN", 8)
    write(world, "1")
    with reader.opened(world, CUSTOMERS) as first:
        pass
    for entity in CATALOG.canonical.names():
        with reader.opened(world, [View(entity, is_history=True)]):
            pass
    with reader.opened(world, CUSTOMERS) as again:
        assert again is not first
        assert again.database.execute("SELECT count(*) FROM customer").fetchall() == [(1,)]
