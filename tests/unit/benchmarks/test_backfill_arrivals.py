"""What came of a history: gaps, doubles, and records that came as two events, off a queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from benchmarks.backfill.arrivals import Arrivals, Receiver, Tally
from benchmarks.peers.records import FIRST_ID
from sluice.local.memory_queue import MemoryQueue
from sluice.local.system_clock import SystemClock
from sluice.messages.events import EventSource, deleted, upserted
from sluice.ports.queue import ReceivedMessage

SOURCE = EventSource("bench", "archive", "customer", "urn:sluice:customer:1", "2026-11-22T08:00:00Z")


def event(number: int, version: int = 1) -> dict[str, object]:
    source_id = str(FIRST_ID + number)
    return upserted(SOURCE, {"source_id": source_id, "name": "Berg Data AS"}, version, f"content-{version}")


def message(*events: dict[str, object]) -> str:
    return json.dumps(events)


def test_every_record_once() -> None:
    arrivals = Arrivals(5)
    assert arrivals.take(message(event(4), event(0))) == 2
    assert arrivals.take(message(event(2), event(1), event(3)).encode()) == 3
    assert arrivals.tally() == Tally(5, came=5, twice=0, differing=0, strange=0)
    assert arrivals.tally().is_whole


def test_gaps_are_named() -> None:
    arrivals = Arrivals(20)
    arrivals.take(message(*(event(number) for number in range(20) if number % 2)))
    tally = arrivals.tally()
    assert (tally.came, tally.missing) == (10, (0, 2, 4, 6, 8))
    assert not tally.is_whole
    assert "10 of 20 records came" in tally.in_words()
    assert tally.in_words().endswith("missing: 0, 2, 4, 6, 8, ...")


def test_the_same_event_again_is_told_from_another_of_the_same_record() -> None:
    arrivals = Arrivals(2)
    arrivals.take(message(event(0), event(1)))
    assert arrivals.take(message(event(0), event(0))) == 0
    assert arrivals.tally() == Tally(2, came=2, twice=2, differing=0, strange=0)
    assert arrivals.tally().is_whole
    arrivals.take(message(event(1, version=2)))
    assert arrivals.tally() == Tally(2, came=2, twice=2, differing=1, strange=0)
    assert not arrivals.tally().is_whole


@pytest.mark.parametrize(
    "strange", [event(3), event(-1), deleted(SOURCE, str(FIRST_ID), 2), {**event(0), "subject": "x"}]
)
def test_what_is_no_record_of_the_history_is_strange(strange: dict[str, object]) -> None:
    arrivals = Arrivals(3)
    assert arrivals.take(message(strange)) == 0
    assert arrivals.tally() == Tally(3, came=0, twice=0, differing=0, strange=1, missing=(0, 1, 2))


@contextmanager
def received(queue: MemoryQueue, arrivals: Arrivals) -> Iterator[Receiver]:
    def delete(messages: Sequence[ReceivedMessage]) -> None:
        for one in messages:
            queue.delete(one)

    receiver = Receiver(queue, arrivals, delete)
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.mark.thorough(most=0)
def test_events_are_taken_off_the_queue_as_they_come() -> None:
    queue, arrivals = MemoryQueue(SystemClock()), Arrivals(30)
    with received(queue, arrivals) as receiver:
        for number in range(0, 30, 2):
            queue.send(message(event(number), event(number + 1)), {})
        assert receiver.wait_for(30, patience=10)
        queue.send(message(event(7)), {})
    assert arrivals.tally() == Tally(30, came=30, twice=1, differing=0, strange=0)
    assert queue.depth() == 0


@pytest.mark.thorough(most=0)
def test_waiting_ends_when_nothing_new_comes() -> None:
    queue, arrivals = MemoryQueue(SystemClock()), Arrivals(2)
    queue.send(message(event(0)), {})
    with received(queue, arrivals) as receiver:
        assert not receiver.wait_for(2, patience=1.5)
    assert arrivals.tally().missing == (1,)


def test_what_receiving_fails_with_is_not_lost() -> None:
    queue, arrivals = MemoryQueue(SystemClock()), Arrivals(1)
    queue.send("no JSON", {})
    receiver = Receiver(queue, arrivals, lambda _: None)
    receiver.start()
    with pytest.raises(ValueError, match="JSON"):
        receiver.wait_for(1, patience=10)
    with pytest.raises(ValueError, match="JSON"):
        receiver.stop()
