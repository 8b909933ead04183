"""Whatever befell the pipeline and the delivery: who uses sluice.consumer ends with what is there."""

from __future__ import annotations

import json
import random
import sqlite3
from typing import Any

from hypothesis import settings
from hypothesis.stateful import initialize

from sluice.consumer.reading import read_notice
from sluice.consumer.sqlite_store import SqliteStore
from sluice.consumer.sqs import consuming
from sluice.ports.topic import OutgoingMessage
from tests.effort import examples, thorough
from tests.flows.test_chaos import Chaos
from tests.unit.messages.consumer.making import Context, batch, failed, record

pytestmark = thorough


def held_after(messages: list[OutgoingMessage]) -> dict[str, tuple[int, dict[str, Any] | None]]:
    """Return what a store holds after all messages came twice and in another order; none is refused."""
    database = sqlite3.connect(":memory:")
    handler = consuming(SqliteStore(database).put)
    again = [*messages, *messages]
    random.Random(len(again)).shuffle(again)  # noqa: S311 - an order, no secret
    for start in range(0, len(again), 10):
        records = [record(one.body, one.attributes) for one in again[start : start + 10]]
        assert failed(handler(batch(*records), Context())) == []
    rows = database.execute("SELECT id, version, deleted, data FROM record").fetchall()
    database.close()
    return {name: (version, None if gone else json.loads(data)) for name, version, gone, data in rows}


class Consumed(Chaos):
    """The chaos of the pipeline, and each message of it kept for a delivery of its own."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.kept: list[OutgoingMessage] = []
        take = self.rig.consumer.take

        def keep(message: OutgoingMessage) -> None:
            self.kept.append(message)
            take(message)

        self.rig.consumer.take = keep  # type: ignore[method-assign]

    def teardown(self) -> None:
        super().teardown()
        if not hasattr(self, "kept"):
            return
        assert self.kept
        assert held_after(self.kept) == self.rig.consumer.state
        assert [read_notice(json.dumps(one), {}).id for one in self.rig.notices] == [
            one["id"] for one in self.rig.notices
        ]


TestConsumed = Consumed.TestCase
TestConsumed.settings = settings(max_examples=examples(20), stateful_step_count=15, deadline=None)
