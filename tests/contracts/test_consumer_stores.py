"""What every store of sluice.consumer does, what all its turns do, and its side effects on a real table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from sluice.aws.session import AwsSession
from sluice.consumer.dynamo_store import DynamoStore
from sluice.consumer.dynamo_turns import DynamoTurns
from sluice.consumer.event import Event
from sluice.consumer.once import DAYS, Once
from sluice.consumer.order import Standing, life_begins_at
from sluice.consumer.refusal import Reason, Refused
from sluice.consumer.sqlite_store import SqliteStore
from sluice.consumer.sqlite_turns import SqliteTurns
from sluice.consumer.store import Store
from sluice.consumer.turns import Busy, TurnLost, Turns, in_turn
from tests.unit.messages.consumer.making import Context, gone, named, read_one

Look = Callable[[], dict[str, tuple[int, bool, dict[str, Any]]]]
NAMES = ["æøå \U0001f600", "\x00\x1f", "\ufffe", "x" * 30_000]


def dynamo_table(aws: AwsSession, name: str) -> str:
    """Make a table as docs/consumers/lambda/template.yml does."""
    aws.dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


class StoreContract:
    """A subclass gives the fixtures ``store`` (empty) and ``look``, which reads past the port."""

    def test_the_newest_version_is_kept(self, store: Store, look: Look) -> None:
        found = [store.put(read_one(named(1, version))) for version in (2, 1, 3, 3, 2)]
        assert found == [
            Standing.NEWER,
            Standing.OLDER,
            Standing.NEWER,
            Standing.REPEAT,
            Standing.OLDER,
        ]
        assert look() == {"acme/customer/1": (3, False, named(1, 3)["data"])}

    def test_a_deletion_keeps_its_version_and_nothing_older_brings_the_record_back(
        self, store: Store, look: Look
    ) -> None:
        store.put(read_one(gone(1, 4)))
        assert store.put(read_one(named(1, 3))) is Standing.OLDER
        assert look() == {"acme/customer/1": (4, True, gone(1, 4)["data"])}
        assert store.put(read_one(named(1, 5))) is Standing.NEWER
        assert look()["acme/customer/1"][:2] == (5, False)

    def test_another_event_under_a_version_is_refused_and_changes_nothing(
        self, store: Store, look: Look
    ) -> None:
        store.put(read_one(named(1, 2, "true")))
        with pytest.raises(Refused) as refused:
            store.put(read_one(named(1, 2, "forged")))
        assert refused.value.reason is Reason.VERSION_TAKEN
        assert look()["acme/customer/1"][2]["name"] == "true"

    def test_a_record_is_kept_to_the_last_sign(self, store: Store, look: Look) -> None:
        for number, name in enumerate(NAMES):
            store.put(read_one(named(f"ø/{number}", 1, name)))
        assert [look()[f"acme/customer/ø/{number}"][2]["name"] for number in range(len(NAMES))] == NAMES

    def test_what_an_earlier_life_left_is_forgotten_and_nothing_late_brings_it_back(
        self, store: Store, look: Look
    ) -> None:
        later = 10_000_001
        for number, version in ((1, 3), (2, 4), (3, later)):
            store.put(read_one(named(number, version)))
        store.put(read_one(gone(4, 2)))
        before = life_begins_at(later + 5)
        assert before == later
        assert (store.forget("acm", before), store.forget("acme", before), store.forget("acme", before)) == (
            0,
            3,
            0,
        )
        found = look()
        for number in (1, 2, 4):
            key = f"acme/customer/{number}"
            assert found[key] == (later - 1, True, {"id": key, "source_id": str(number)})
        assert found["acme/customer/3"] == (later, False, named(3, later)["data"])
        assert store.put(read_one(named(1, 9))) is Standing.OLDER
        assert store.put(read_one(named(1, later))) is Standing.NEWER
        assert store.forget("acme", before) == 0

    def test_records_are_apart(self, store: Store, look: Look) -> None:
        for number in ("7", "07", "7 ", "A", "a"):
            assert store.put(read_one(named(number, 1))) is Standing.NEWER
        assert len(look()) == 5


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def database(self, tmp_path: Path) -> sqlite3.Connection:
        return sqlite3.connect(tmp_path / "records.db")

    @pytest.fixture
    def store(self, database: sqlite3.Connection) -> Store:
        return SqliteStore(database)

    @pytest.fixture
    def look(self, tmp_path: Path) -> Look:
        def look() -> dict[str, tuple[int, bool, dict[str, Any]]]:
            other = sqlite3.connect(tmp_path / "records.db")
            rows = other.execute("SELECT id, version, deleted, data FROM record").fetchall()
            other.close()
            return {name: (version, bool(deleted), json.loads(data)) for name, version, deleted, data in rows}

        return look

    def test_inside_a_transaction_the_caller_commits(
        self, store: Store, look: Look, database: sqlite3.Connection
    ) -> None:
        database.execute("BEGIN")
        store.put(read_one(named(1, 1)))
        assert look() == {}
        database.rollback()
        database.execute("BEGIN")
        store.put(read_one(named(1, 1)))
        database.commit()
        assert len(look()) == 1


class TestDynamoStore(StoreContract):
    @pytest.fixture
    def store(self, aws: AwsSession) -> Store:
        return DynamoStore(aws.dynamodb, dynamo_table(aws, "records"))

    @pytest.fixture
    def look(self, aws: AwsSession) -> Look:
        def look() -> dict[str, tuple[int, bool, dict[str, Any]]]:
            items = aws.dynamodb.scan(TableName="records")["Items"]
            return {
                item["id"]["S"]: (
                    int(item["version"]["N"]),
                    item["deleted"]["BOOL"],
                    json.loads(item["data"]["S"]),
                )
                for item in items
            }

        return look


class Time:
    """Seconds since 1970, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


class TurnsContract:
    """A subclass gives the fixture ``turns``, whose clock is ``time``."""

    def test_a_newer_version_has_a_turn_and_a_finished_or_older_one_has_none(self, turns: Turns) -> None:
        second = read_one(named(1, 2))
        assert turns.begin(second, "a", 60) is Standing.NEWER
        turns.finish(second, "a")
        assert turns.begin(second, "b", 60) is Standing.REPEAT
        assert turns.begin(read_one(named(1, 1)), "b", 60) is Standing.OLDER
        assert turns.begin(read_one(gone(1, 3)), "b", 60) is Standing.NEWER

    def test_one_record_has_one_turn_at_a_time_and_another_record_its_own(self, turns: Turns) -> None:
        turns.begin(read_one(named(1, 2)), "a", 60)
        for event in (named(1, 2), named(1, 3)):
            with pytest.raises(Busy):
                turns.begin(read_one(event), "b", 60)
        assert turns.begin(read_one(named(1, 1)), "b", 60) is Standing.OLDER
        assert turns.begin(read_one(named(2, 1)), "b", 60) is Standing.NEWER

    def test_a_turn_that_is_over_goes_to_the_next_and_the_last_holder_is_told(
        self, turns: Turns, time: Time
    ) -> None:
        event = read_one(named(1, 2))
        turns.begin(event, "a", 60)
        time.now += 61
        assert turns.begin(event, "b", 60) is Standing.NEWER
        with pytest.raises(TurnLost):
            turns.finish(event, "a")
        turns.abandon(event, "a")
        with pytest.raises(Busy):
            turns.begin(event, "c", 60)
        turns.finish(event, "b")
        assert turns.begin(event, "c", 60) is Standing.REPEAT

    def test_what_was_begun_and_abandoned_is_not_overtaken_by_an_older_one(self, turns: Turns) -> None:
        newer = read_one(named(1, 2))
        turns.begin(newer, "a", 60)
        turns.abandon(newer, "a")
        assert turns.begin(read_one(named(1, 1)), "b", 60) is Standing.OLDER
        assert turns.begin(newer, "b", 60) is Standing.NEWER

    def test_a_finish_whose_answer_was_lost_may_be_said_again(self, turns: Turns) -> None:
        event = read_one(named(1, 2))
        turns.begin(event, "a", 60)
        turns.finish(event, "a")
        turns.finish(event, "a")
        assert turns.begin(event, "b", 60) is Standing.REPEAT

    def test_another_event_under_a_version_is_refused(self, turns: Turns) -> None:
        event = read_one(named(1, 2, "true"))
        turns.begin(event, "a", 60)
        turns.finish(event, "a")
        with pytest.raises(Refused, match="version_taken"):
            turns.begin(read_one(named(1, 2, "forged")), "b", 60)

    def test_a_write_that_fails_gives_its_turn_back(self, turns: Turns) -> None:
        written: list[int] = []

        def write(event: Event) -> None:
            written.append(event.version)
            if len(written) == 1:
                raise ConnectionError

        take = in_turn(turns, write, 60)
        with pytest.raises(ConnectionError):
            take(read_one(named(1, 2)))
        assert [take(read_one(named(1, version))) for version in (2, 2, 1, 3)] == [
            Standing.NEWER,
            Standing.REPEAT,
            Standing.OLDER,
            Standing.NEWER,
        ]
        assert written == [2, 2, 3]


class TestSqliteTurns(TurnsContract):
    @pytest.fixture
    def turns(self, time: Time) -> Turns:
        return SqliteTurns(sqlite3.connect(":memory:"), time)


class TestDynamoTurns(TurnsContract):
    @pytest.fixture
    def turns(self, aws: AwsSession, time: Time) -> Turns:
        return DynamoTurns(aws.dynamodb, dynamo_table(aws, "turns"), time)


def test_a_side_effect_is_done_once_by_the_table_of_powertools(aws: AwsSession) -> None:
    layer = DynamoDBPersistenceLayer(dynamo_table(aws, "done"), boto3_client=aws.dynamodb)
    done: list[str] = []
    told = Once("welcome", lambda event: done.append(event.id), layer)
    told.register(Context())  # type: ignore[arg-type] # what Powertools asks of it
    event = read_one(named(1, 1))
    told(event)
    told(event)
    assert done == [event.id]
    (item,) = aws.dynamodb.scan(TableName="done")["Items"]
    assert item["status"]["S"] == "COMPLETED"
    assert int(item["expiration"]["N"]) - datetime.now(UTC).timestamp() > (DAYS - 1) * 24 * 60 * 60
    forged = Event(**{name: getattr(event, name) for name in event.__slots__} | {"data": {"id": "forged"}})
    with pytest.raises(Refused, match="id_taken"):
        told(forged)
