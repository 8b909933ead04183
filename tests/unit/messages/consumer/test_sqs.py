"""A Lambda behind a queue: what failed comes back alone, and why is told."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sluice.consumer import sqs
from sluice.consumer.event import Event, Notice
from sluice.consumer.order import Standing
from sluice.consumer.reading import Expecting
from sluice.consumer.sqlite_store import SqliteStore
from sluice.consumer.sqs import consuming, noticing
from tests.unit.messages.consumer.making import (
    ATTRIBUTES,
    Context,
    batch,
    body_of,
    failed,
    gone,
    named,
    notice,
    of,
    record,
)

Rows = dict[str, tuple[int, bool]]


class Told(logging.Handler):
    """What is logged, as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def reasons(self) -> list[tuple[str, bool]]:
        return [(one.reason, one.security) for one in self.records]


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    sqs._logger.addHandler(handler)
    yield handler
    sqs._logger.removeHandler(handler)


@pytest.fixture
def database() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


@pytest.fixture
def store(database: sqlite3.Connection) -> SqliteStore:
    return SqliteStore(database)


def rows(database: sqlite3.Connection) -> Rows:
    found = database.execute("SELECT id, version, deleted FROM record ORDER BY id")
    return {name: (version, bool(deleted)) for name, version, deleted in found}


def refusing(store: SqliteStore, *keys: str) -> Callable[[Event], Standing]:
    """Return what never takes these records."""

    def take(event: Event) -> Standing:
        if event.key in keys:
            raise RuntimeError("our own fault")
        return store.put(event)

    return take


def test_all_events_of_all_messages_are_taken(store: SqliteStore, database: sqlite3.Connection) -> None:
    records = [record(body_of(named(number, 1), gone(number + 100, 2))) for number in range(10)]
    assert failed(consuming(store.put)(batch(*records), Context())) == []
    assert len(rows(database)) == 20
    assert rows(database)["acme/customer/100"] == (2, True)


def test_of_ten_messages_the_three_that_failed_come_back_alone(
    store: SqliteStore, database: sqlite3.Connection
) -> None:
    records = [record(body_of(named(number, 1)), name=f"m{number}") for number in range(10)]
    bad = [f"acme/customer/{number}" for number in (2, 5, 9)]
    assert failed(consuming(refusing(store, *bad))(batch(*records), Context())) == ["m2", "m5", "m9"]
    assert set(rows(database)) == {f"acme/customer/{n}" for n in range(10)} - set(bad)


def test_a_poisoned_message_comes_back_each_time_and_its_neighbours_never(
    store: SqliteStore, database: sqlite3.Connection, told: Told
) -> None:
    handler = consuming(store.put)
    for delivery in range(5):
        neighbours = [record(body_of(named(f"{delivery}-{n}", 1))) for n in range(2)]
        poison = record("not JSON", name="poison")
        assert failed(handler(batch(neighbours[0], poison, neighbours[1]), Context())) == ["poison"]
    assert len(rows(database)) == 10
    assert told.reasons() == [("not_json", False)] * 5


def test_when_all_fail_all_come_back_and_nothing_is_raised(store: SqliteStore, told: Told) -> None:
    handler = consuming(store.put)
    records = [record("[]", name="a"), record("{}", name="b"), record('"x"', name="c")]
    assert failed(handler(batch(*records), Context())) == ["a", "b", "c"]
    assert failed(handler(batch(record("[]", name="alone")), Context())) == ["alone"]
    assert len(told.records) == 4


def test_a_message_whose_third_event_fails_comes_back_whole_and_the_others_do_no_harm(
    store: SqliteStore, database: sqlite3.Connection
) -> None:
    message = record(body_of(named(1, 1), named(2, 1), named(3, 1), named(4, 1)), name="m")
    assert failed(consuming(refusing(store, "acme/customer/3"))(batch(message), Context())) == ["m"]
    assert set(rows(database)) == {f"acme/customer/{number}" for number in (1, 2, 4)}
    overtaking = record(body_of(named(1, 2, "newer")))
    handler = consuming(store.put)
    assert failed(handler(batch(overtaking, message), Context())) == []
    assert rows(database) == {f"acme/customer/{n}": (2 if n == 1 else 1, False) for n in range(1, 5)}


def test_an_event_that_is_refused_leaves_its_neighbours_taken(
    store: SqliteStore, database: sqlite3.Connection, told: Told
) -> None:
    newer = {**named(2, 1), "dataschema": "urn:sluice:customer:2"}
    message = record(body_of(named(1, 1), newer, named(3, 1)), name="m")
    assert failed(consuming(store.put)(batch(message), Context())) == ["m"]
    assert set(rows(database)) == {"acme/customer/1", "acme/customer/3"}
    assert told.reasons() == [("newer_schema", False)]
    assert told.records[0].message_id == "m"


def test_a_matter_of_security_is_told_as_such_and_nothing_of_the_message_is_taken(
    store: SqliteStore, database: sqlite3.Connection, told: Told
) -> None:
    altered = named(2, 1, "Kari Nordmann")
    altered["data"]["balance"] = "99999.00"
    records = [
        record(body_of(named(1, 1), altered), name="altered"),
        record(body_of(named(3, 1)), of("other").attributes(), name="another's"),
        record(body_of(named(4, 1)), name="fine"),
    ]
    assert failed(consuming(store.put)(batch(*records), Context())) == ["altered", "another's"]
    assert set(rows(database)) == {"acme/customer/4"}
    assert told.reasons() == [("altered", True), ("wrong_connection", True)]
    assert all(one.levelno == logging.ERROR for one in told.records)
    assert not any("Kari" in one.getMessage() or "99999" in one.getMessage() for one in told.records)


def test_a_version_that_is_held_from_another_event_is_refused(
    store: SqliteStore, database: sqlite3.Connection, told: Told
) -> None:
    handler = consuming(store.put)
    handler(batch(record(body_of(named(1, 3, "true")))), Context())
    forged = record(body_of(named(1, 3, "forged")), name="forged")
    assert failed(handler(batch(forged), Context())) == ["forged"]
    assert told.reasons() == [("version_taken", True)]
    (data,) = database.execute("SELECT data FROM record").fetchone()
    assert json.loads(data)["name"] == "true"


def test_what_is_not_expected_comes_back(store: SqliteStore, told: Told) -> None:
    handler = consuming(store.put, Expecting({"invoice": 1}, {"acme"}))
    other = record(json.dumps([named(1, 1, source=of("other"))]), of("other").attributes(), name="other")
    assert failed(handler(batch(record(body_of(named(1, 1)), name="customer"), other), Context())) == [
        "customer",
        "other",
    ]
    assert {reason for reason, _ in told.reasons()} == {"unknown_schema"}


def test_near_the_end_of_the_invocation_nothing_is_begun(
    store: SqliteStore, database: sqlite3.Connection, told: Told
) -> None:
    records = [record(body_of(named(n, 1), named(n + 10, 1)), name=f"m{n}") for n in range(3)]
    context = Context(left=[60_000, 30_000, 6_000, 4_999, 4_000, 3_000])
    assert failed(consuming(store.put)(batch(*records), context)) == ["m1", "m2"]
    assert set(rows(database)) == {"acme/customer/0", "acme/customer/10", "acme/customer/1"}
    assert told.reasons() == [("OutOfTime", False)] * 2


def test_a_store_that_cannot_be_reached_brings_the_message_again(
    database: sqlite3.Connection, store: SqliteStore, told: Told
) -> None:
    message = record(body_of(named(1, 1)), name="m")
    database.execute("ALTER TABLE record RENAME TO away")
    assert failed(consuming(store.put)(batch(message), Context())) == ["m"]
    database.execute("ALTER TABLE away RENAME TO record")
    assert failed(consuming(store.put)(batch(message), Context())) == []
    assert rows(database) == {"acme/customer/1": (1, False)}
    assert told.reasons() == [("OperationalError", False)]


def test_a_message_that_becomes_visible_while_it_is_worked_on_does_no_harm(
    store: SqliteStore, database: sqlite3.Connection
) -> None:
    message = record(body_of(named(1, 1), gone(1, 2)), name="m")
    second = consuming(store.put)
    answers = []

    def slowly(event: Event) -> Standing:
        answers.append(second(batch(message), Context()))
        return store.put(event)

    assert failed(consuming(slowly)(batch(message), Context())) == []
    assert [failed(answer) for answer in answers] == [[], []]
    assert rows(database) == {"acme/customer/1": (2, True)}


def test_nothing_of_a_batch_stands_in_the_next_answer(store: SqliteStore) -> None:
    handler = consuming(store.put)
    assert failed(handler(batch(record("x", name="bad")), Context())) == ["bad"]
    assert failed(handler(batch(record(body_of(named(1, 1)), name="good")), Context())) == []


def test_a_message_without_attributes_is_taken(store: SqliteStore, database: sqlite3.Connection) -> None:
    bare = record(body_of(named(1, 1)), {})
    bare.pop("messageAttributes")
    assert failed(consuming(store.put)(batch(bare, record(body_of(named(2, 1)), {})), Context())) == []
    assert len(rows(database)) == 2


def test_notices_come_one_by_one(told: Told) -> None:
    taken: list[Notice] = []
    handler = noticing(taken.append)
    attributes = {"type": "stream.held", "connection": "acme", "severity": "error"}
    good, bad = record(json.dumps(notice()), attributes), record(body_of(named(1, 1)), ATTRIBUTES, name="bad")
    assert failed(handler(batch(good, bad), Context())) == ["bad"]
    assert [one.kind for one in taken] == ["stream.held"]
    assert told.reasons() == [("unknown_schema", False)]
    late = record(json.dumps(notice()), attributes, name="late")
    assert failed(handler(batch(late), Context(left=[0]))) == ["late"]
