"""What a batch becomes: files by entity and connection, each event once, and which messages come again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.bootstrap.documents import catalog
from sluice.lake.layout import LakeFile, Partition, digest_of, read_key
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.messages.events import EventSource, deleted, encode, pack, upserted
from sluice.messages.identity import content_hash
from sluice.usecases.data.write_lake import Message, Unreadable, write_lake
from sluice.usecases.world import World
from tests.effort import examples, thorough

pytestmark = thorough

CATALOG = catalog()
Event = dict[str, Any]


class FullStore(MemoryObjectStore):
    """A store that refuses keys that begin with one of ``refused``."""

    def __init__(self, *refused: str) -> None:
        super().__init__()
        self.refused = refused

    def put(self, key: str, data: bytes) -> None:
        if key.startswith(self.refused):
            raise OSError("SlowDown")
        super().put(key, data)


def world(objects: MemoryObjectStore) -> World:
    """Return the part of a world that writing uses: the model and the objects."""
    return cast("World", SimpleNamespace(catalog=CATALOG, objects=objects))


def source(entity: str = "department", connection: str = "acme") -> EventSource:
    return EventSource(connection, "toy", entity, f"urn:sluice:{entity}:1", "2026-11-22T10:00:00Z")


def event(key: str, version: int = 1, of: EventSource | None = None, **fields: Any) -> Event:
    of = of or source()
    data = {"id": f"{of.connection}/{of.entity}/{key}", "source_id": key, **fields}
    return upserted(of, data, version, content_hash(data))


def message(name: str, *events: Event) -> Message:
    return Message(name, orjson.dumps(events).decode())


def files(objects: MemoryObjectStore) -> list[LakeFile]:
    found = [read_key(key) for key in objects.keys("")]
    assert all(file is not None and file.is_fresh for file in found)
    return [file for file in found if file is not None]


def rows(objects: MemoryObjectStore, folder: Path) -> Iterator[tuple[Partition, dict[str, Any]]]:
    """Yield every row of every file, with the file's partition."""
    with duckdb.connect() as database:
        for file in files(objects):
            local = folder / "file.parquet"
            local.write_bytes(objects.get(file.key))
            query = (
                "SELECT event_id, event_version, connection, deleted, source_id, record FROM read_parquet(?)"
            )
            found = database.execute(query, [str(local)])
            names = [name for name, *_ in found.description or ()]
            for row in found.fetchall():
                yield file.partition, dict(zip(names, row, strict=True))


def test_a_batch_is_one_file_for_each_entity_and_connection(tmp_path: Path) -> None:
    objects = MemoryObjectStore()
    other = source(connection="acme-2")
    activity = source("activity")
    batch = [
        message("1", event("1"), event("2")),
        message("2", event("1", of=activity)),
        message("3", event("1", of=other)),
        message("4", event("3")),
    ]
    assert write_lake(world(objects), batch) == []
    ids = [event(key)["id"] for key in ("1", "2", "3")]
    assert [file.key for file in files(objects)] == [
        Partition("activity", "acme").fresh(digest_of([event("1", of=activity)["id"]])),
        Partition("department", "acme-2").fresh(digest_of([event("1", of=other)["id"]])),
        Partition("department", "acme").fresh(digest_of(ids)),
    ]
    assert [row["source_id"] for _, row in rows(objects, tmp_path)] == ["1", "1", "1", "2", "3"]


def test_events_twice_in_a_batch_are_one_row(tmp_path: Path) -> None:
    objects = MemoryObjectStore()
    batch = [message("1", event("1"), event("1")), message("2", event("1"), event("1", version=2))]
    assert write_lake(world(objects), batch) == []
    assert [row["event_version"] for _, row in rows(objects, tmp_path)] == [1, 2]


def test_the_same_batch_again_is_the_same_file() -> None:
    objects = MemoryObjectStore()
    write_lake(world(objects), [message("1", event("1")), message("2", event("2"))])
    before = {key: objects.get(key) for key in objects.keys("")}
    write_lake(world(objects), [message("4", event("2")), message("3", event("1"))])
    assert list(objects.keys("")) == list(before)
    assert len(before) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[]", "no event"),
        ("7", "an object"),
        ('["x"]', "an object"),
        ({"id": None}, "no id"),
        ({"id": ""}, "no id"),
        ({"connection": None}, "no connection"),
        ({"connection": "a/b"}, "no name"),
        ({"connector": 7}, "no connector"),
        ({"type": "unicorn.upserted"}, "'unicorn.upserted'"),
        ({"type": "department.moved"}, "no type"),
        ({"type": "department"}, "no type"),
        ({"time": "yesterday"}, "UTC"),
        ({"time": "2026-11-22T10:00:00+01:00"}, "UTC"),
        ({"entityversion": "1"}, "whole number"),
        ({"entityversion": True}, "whole number"),
        ({"entityversion": 0}, "whole number"),
        ({"entityversion": 2**63}, "whole number"),
        ({"data": None}, "a record"),
        ({"data": {"source_id": 7}}, "a record"),
    ],
)
def test_what_cannot_be_read_comes_again_alone_and_the_others_are_written(
    body: str | dict[str, Any], why: str
) -> None:
    objects = MemoryObjectStore()
    text = body if isinstance(body, str) else json.dumps([event("8"), {**event("9"), **body}])
    batch = [message("1", event("1")), Message("2", text), message("3", event("2"))]
    [unwritten] = write_lake(world(objects), batch)
    assert unwritten.messages == ("2",)
    assert isinstance(unwritten.reason, Unreadable)
    assert why in str(unwritten.reason)
    ids = [event(key)["id"] for key in ("1", "2")]
    assert list(objects.keys("")) == [Partition("department", "acme").fresh(digest_of(ids))]


def test_an_event_alone_is_read_as_well_as_a_batch() -> None:
    objects = MemoryObjectStore()
    assert write_lake(world(objects), [Message("1", json.dumps(event("1")))]) == []
    assert len(files(objects)) == 1


def test_a_file_that_is_not_stored_fails_its_messages_and_no_others() -> None:
    objects = FullStore("lake/department/events/acme/")
    mixed = message("3", event("4"), event("5", of=source("activity")))
    batch = [
        message("1", event("1")),
        message("2", event("2", of=source(connection="acme-2"))),
        mixed,
        message("4", event("3", of=source("activity"))),
        message("5", event("6")),
    ]
    [unwritten] = write_lake(world(objects), batch)
    assert unwritten.messages == ("1", "3", "5")
    assert str(unwritten.reason) == "SlowDown"
    assert [file.partition for file in files(objects)] == [
        Partition("activity", "acme"),
        Partition("department", "acme-2"),
    ]
    objects.refused = ("nothing",)
    again = [message for message in batch if message.id in unwritten.messages]
    assert write_lake(world(objects), again) == []


def test_nothing_at_all_is_no_failure() -> None:
    objects = MemoryObjectStore()
    assert write_lake(world(objects), []) == []
    assert files(objects) == []


@st.composite
def published(draw: st.DrawFn) -> list[Event]:
    """Events of a few connections, entities and records: versions counted up, some of them deletes."""
    found = []
    for connection in draw(st.lists(st.sampled_from(["acme", "acme-2"]), min_size=1, unique=True)):
        for entity in draw(st.lists(st.sampled_from(["department", "activity"]), min_size=1, unique=True)):
            of = source(entity, connection)
            for key in draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True)):
                for version in range(1, draw(st.integers(1, 4)) + 1):
                    gone = draw(st.booleans())
                    name = draw(st.text(max_size=4))
                    made = deleted(of, key, version) if gone else event(key, version, of, name=name)
                    found.append(made)
    return found


@settings(deadline=None, max_examples=examples(40))
@given(events=published(), data=st.data())
def test_whatever_the_order_and_the_batches_each_event_is_there_once(
    events: list[Event], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Duplicates, any order, any packing, some puts refused at first: the lake equals the topic."""
    delivered = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    messages = [message(str(place), *found) for place, found in enumerate(_parts(data, delivered)) if found]
    objects = FullStore(
        *data.draw(st.sampled_from([(), ("lake/department/",), ("lake/activity/events/acme/",)]))
    )
    left: list[Message] = []
    for batch in _parts(data, messages):
        again = {name for unwritten in write_lake(world(objects), batch) for name in unwritten.messages}
        left += [found for found in batch if found.id in again]
    assert objects.refused or not left
    objects.refused = ()
    assert write_lake(world(objects), left) == []
    _assert_lake_is(events, objects, tmp_path_factory.mktemp("lake"))


def _parts(data: st.DataObject, found: list[Any]) -> list[list[Any]]:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(found)), max_size=4)))
    return [found[start:end] for start, end in zip([0, *cuts], [*cuts, len(found)], strict=True)]


def _assert_lake_is(events: list[Event], objects: MemoryObjectStore, folder: Path) -> None:
    once: dict[str, dict[str, Any]] = {}
    for partition, row in rows(objects, folder):
        known = once.setdefault(row["event_id"], row)
        assert (known, partition.connection) == (row, row["connection"])
    assert {name: json.loads(row["record"]) for name, row in once.items()} == {
        found["id"]: found["data"] for found in events
    }
    for found in events:
        row = once[found["id"]]
        assert (row["event_version"], row["deleted"]) == (
            found["entityversion"],
            found["type"].endswith(".deleted"),
        )


def test_messages_as_they_are_packed_are_read(tmp_path: Path) -> None:
    of = source("activity")
    events = [event(str(key), 1, of, name="x" * 500) for key in range(500)]
    batch = [
        Message(str(place), packed.body)
        for place, packed in enumerate(pack((encode(found) for found in events), of))
    ]
    assert len(batch) > 4
    objects = MemoryObjectStore()
    assert write_lake(world(objects), batch) == []
    assert [row["event_id"] for _, row in rows(objects, tmp_path)] == [found["id"] for found in events]
