"""A side effect is done once for each event, for longer than the event can come."""

from __future__ import annotations

import json
import sqlite3
import time

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from sluice.consumer.event import Event, Notice
from sluice.consumer.once import LEAST_DAYS, Once
from sluice.consumer.order import Standing
from sluice.consumer.reading import read_notice
from sluice.consumer.refusal import Reason, Refused
from sluice.consumer.sqlite_store import SqliteStore
from sluice.consumer.sqs import consuming
from tests.unit.messages.consumer.making import (
    Context,
    batch,
    body_of,
    failed,
    gone,
    named,
    notice,
    read_one,
    record,
)
from tests.unit.messages.consumer.remembering import MemoryLayer

DAY = 24 * 60 * 60


class Killed(BaseException):
    """The worker died here."""


def once(layer: MemoryLayer, done: list[str], name: str = "welcome") -> Once:
    def effect(event: Event | Notice) -> None:
        done.append(event.id)

    found = Once(name, effect, layer)
    found.register(Context())  # type: ignore[arg-type] # what Powertools asks of it
    return found


def test_an_event_that_comes_five_times_is_done_once() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    first, second = named(1, 1), named(1, 2)
    for event in (first, second, first, second, first):
        once(layer, done)(read_one(event))
    assert done == [first["id"], second["id"]]


def test_a_notice_that_is_told_again_in_other_words_is_done_once() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    told = notice()
    once(layer, done)(read_notice_of(told))
    told["data"]["detail"] = "other words"
    once(layer, done)(read_notice_of(told))
    assert done == [told["id"]]


def read_notice_of(told: dict[str, object]) -> Notice:
    return read_notice(json.dumps(told), {})


def test_two_effects_for_one_event_are_done_each() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    once(layer, done, "welcome")(read_one(named(1, 1)))
    once(layer, done, "booking")(read_one(named(1, 1)))
    assert len(done) == 2


def test_what_was_done_is_remembered_for_longer_than_a_message_lives_redriven_twice() -> None:
    layer = MemoryLayer()
    once(layer, [])(read_one(named(1, 1)))
    (held,) = layer.records.values()
    assert held.expiry_timestamp is not None
    assert held.expiry_timestamp - time.time() > 3 * 14 * DAY - 60


def test_thirty_days_later_it_is_not_done_again() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    once(layer, done)(read_one(named(1, 1)))
    layer.ahead = 30 * DAY
    once(layer, done)(read_one(named(1, 1)))
    assert len(done) == 1


def test_a_memory_that_is_shorter_than_a_message_lives_is_refused() -> None:
    with pytest.raises(ValueError, match="27 days came"):
        Once("welcome", print, MemoryLayer(), days=LEAST_DAYS - 1)


def test_an_effect_that_fails_is_tried_again() -> None:
    done: list[str] = []
    layer = MemoryLayer()

    def failing(event: Event | Notice) -> None:
        raise ConnectionError

    broken = Once("welcome", failing, layer)
    broken.register(Context())  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        broken(read_one(named(1, 1)))
    once(layer, done)(read_one(named(1, 1)))
    assert len(done) == 1


def test_an_effect_whose_worker_died_waits_until_that_worker_would_have_ended() -> None:
    done: list[str] = []
    layer = MemoryLayer()

    def dying(event: Event | Notice) -> None:
        raise Killed

    worker = Once("welcome", dying, layer)
    worker.register(Context(left=[20]))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        worker(read_one(named(1, 1)))
    layer.ahead = -1
    with pytest.raises(IdempotencyAlreadyInProgressError):
        once(layer, done)(read_one(named(1, 1)))
    assert done == []
    time.sleep(0.03)
    layer.ahead = 0
    once(layer, done)(read_one(named(1, 1)))
    assert len(done) == 1


def test_an_id_that_was_done_for_another_content_is_refused_as_a_matter_of_security() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    event = read_one(named(1, 1))
    once(layer, done)(event)
    forged = Event(**{name: getattr(event, name) for name in event.__slots__} | {"data": {"id": "forged"}})
    with pytest.raises(Refused) as refused:
        once(layer, done)(forged)
    assert refused.value.reason is Reason.ID_TAKEN
    assert refused.value.security
    assert len(done) == 1


def test_behind_a_store_an_old_event_has_no_effect_and_one_redriven_twice_has_one() -> None:
    done: list[str] = []
    layer = MemoryLayer()
    store = SqliteStore(sqlite3.connect(":memory:"))
    told = once(layer, done)
    failing = [True]

    def take(event: Event) -> None:
        if store.put(event) is not Standing.OLDER:
            if failing:
                raise ConnectionError  # kept, and not told
            told(event)

    handler = consuming(take, needing=[told])
    newest = record(body_of(gone(1, 3)), name="newest")
    assert failed(handler(batch(newest), Context())) == ["newest"]
    failing.clear()
    for _ in range(2):
        assert failed(handler(batch(newest, record(body_of(named(1, 1), named(1, 2)))), Context())) == []
    assert done == [gone(1, 3)["id"]]
