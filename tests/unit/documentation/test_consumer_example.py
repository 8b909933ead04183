"""docs/consumers/consumer.py, as docs/consumers.md shows it, keeps each record as it is now."""

from __future__ import annotations

import ast
import json
import random
import runpy
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_queue import MemoryQueue
from sluice.messages.events import EventSource, deleted, encode, pack, upserted
from sluice.ports.queue import ReceivedMessage

DOCS = Path(__file__).parents[3] / "docs"
FILE = DOCS / "consumers/consumer.py"
SOURCE = EventSource("acme", "tripletex", "customer", "urn:sluice:customer:1", "2026-11-20T10:00:00Z")


def named(number: int, version: int) -> dict[str, Any]:
    data = {"id": f"acme/customer/{number}", "source_id": str(number), "name": f"name {version}"}
    return upserted(SOURCE, data, version, f"content {version}")


@dataclass
class Message:
    """A message as boto3's resource of SQS has it."""

    queue: MemoryQueue
    received: ReceivedMessage

    @property
    def body(self) -> str:
        return self.received.body

    def delete(self) -> None:
        self.queue.delete(self.received)


@dataclass
class Queue:
    """A queue as boto3's resource of SQS has it, on a queue in memory."""

    queue: MemoryQueue

    def receive_messages(self, *, MaxNumberOfMessages: int, WaitTimeSeconds: int) -> list[Message]:  # noqa: N803
        return [Message(self.queue, one) for one in self.queue.receive(MaxNumberOfMessages, WaitTimeSeconds)]


@pytest.fixture
def queue() -> Queue:
    return Queue(MemoryQueue(FixedClock(datetime(2026, 11, 20, 10, tzinfo=UTC))))


@pytest.fixture
def store() -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:")
    (table,) = (line.split('"')[1] for line in FILE.read_text().splitlines() if "CREATE TABLE" in line)
    kept.execute(table)
    return kept


@pytest.fixture
def take() -> Callable[[Any, sqlite3.Connection], None]:
    found: Callable[[Any, sqlite3.Connection], None] = runpy.run_path(str(FILE))["take"]
    return found


def send(queue: Queue, *batches: list[dict[str, Any]]) -> None:
    for batch in batches:
        for message in pack(map(encode, batch), SOURCE):
            queue.queue.accept(message)


def test_the_document_shows_the_very_files() -> None:
    page = (DOCS / "consumers.md").read_text()
    assert f"```python\n{FILE.read_text()}```\n" in page


def test_it_has_at_most_twenty_lines_of_code() -> None:
    statements = {
        line
        for node in ast.walk(ast.parse(FILE.read_text()))
        if isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = [FILE.read_text().splitlines()[line - 1].strip() for line in statements]
    assert len([line for line in code if line]) <= 20


@pytest.mark.parametrize("seed", range(5))
def test_twice_late_and_in_any_order_it_keeps_the_newest(
    queue: Queue, store: sqlite3.Connection, take: Callable[..., None], seed: int
) -> None:
    events = [named(number, version) for number in range(5) for version in range(1, 5)]
    events += [deleted(SOURCE, "3", 5), named(4, 5), deleted(SOURCE, "4", 6), named(4, 7)]
    random.Random(seed).shuffle(events)  # noqa: S311 - an order, no secret
    send(queue, *([event] for event in events), events[:10], events[5:])
    while queue.queue.depth():
        take(queue, store)
    rows = store.execute("SELECT id, version, deleted, data FROM record ORDER BY id").fetchall()
    assert [row[:3] for row in rows] == [
        *((f"acme/customer/{number}", 4, 0) for number in range(3)),
        ("acme/customer/3", 5, 1),
        ("acme/customer/4", 7, 0),
    ]
    assert json.loads(rows[0][3])["name"] == "name 4"
    assert json.loads(rows[4][3])["name"] == "name 7"


def test_a_message_that_breaks_is_not_taken_and_nothing_of_it_is_kept(
    queue: Queue, store: sqlite3.Connection, take: Callable[..., None]
) -> None:
    broken = {**named(2, 1), "data": {}}
    send(queue, [named(1, 1), broken])
    with pytest.raises(KeyError):
        take(queue, store)
    assert queue.queue.depth() == 1
    assert store.execute("SELECT count(*) FROM record").fetchone() == (0,)
