"""Runs of one connection on memory adapters: the use cases as the state machine calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice import errors
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.local.memory_schedules import MemorySchedules
from sluice.local.memory_secrets import MemorySecrets
from sluice.local.memory_table import MemoryTable
from sluice.local.memory_topic import MemoryTopic
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.sender import Sender
from sluice.ports.topic import OutgoingMessage
from sluice.registry.catalog import Catalog
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.contracts.noted_changes import remembering_changes
from sluice.usecases.failures import Failure
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.judge_change import GOES_ON, JudgeChange, judge_change
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.record_failure import RecordFailure, record_failure
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import World, iso

NAME = "bench"
HOUR = 3600.0
_STEPS = 60
_TRIES = 3
_BEFORE = timedelta(hours=4)


@dataclass
class Consumer:
    """Keeps the newest version of each record; ``state`` is None for one that was deleted."""

    state: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    _versions: dict[str, int] = field(default_factory=dict)

    def take(self, message: OutgoingMessage) -> None:
        """Take the events of one message."""
        for event in json.loads(message.body):
            key, version = event["data"]["id"], event["entityversion"]
            if version > self._versions.get(key, 0):
                self._versions[key] = version
                self.state[key] = None if event["type"].endswith(".deleted") else event["data"]


class Installation:
    """One connection to one ERP. The clock stands still but for what :meth:`run` and waiting move it on."""

    def __init__(
        self, catalog: Catalog, sender: Sender, connection: Connection, secrets: Mapping[str, str]
    ) -> None:
        self.clock = FixedClock(datetime.now(UTC).replace(microsecond=0) - _BEFORE)
        self.consumer = Consumer()
        self.notices: list[dict[str, Any]] = []
        self.connection = connection
        self.world = World(
            bucket="memory",
            objects=MemoryObjectStore(),
            connections_table=MemoryTable(),
            state=MemoryTable(),
            runs_table=MemoryTable(),
            secrets=MemorySecrets(),
            information=MemoryTopic(self.consumer.take),
            notification=MemoryTopic(lambda message: self.notices.append(json.loads(message.body))),
            workflow=MemoryWorkflow(self.clock),
            replays=MemoryWorkflow(self.clock),
            backfills=MemoryWorkflow(self.clock),
            sender=sender,
            clock=self.clock,
            catalog=catalog,
        )
        desk = ConnectionDesk(self.world, MemorySchedules())
        desk.add(connection, {name: Secret(text) for name, text in secrets.items()})
        self._number = 0

    def run(self, hours: float = 1.0) -> dict[str, dict[str, Any]]:
        """Let ``hours`` pass, run, and return the result of each stream."""
        self.clock.advance(hours * HOUR)
        self._number += 1
        run, started = f"run-{self._number:04d}", iso(self.clock.now())
        plan = plan_run(self.world, PlanRun(NAME, "manual", run, started))
        if plan["outcome"] not in {"planned", "nothing_to_do"}:
            return {}
        results = [*plan["results"], *(self._stream(run, job["stream"]) for job in plan["jobs"])]
        summarise_run(self.world, SummariseRun(run, NAME, started, tuple(results), None))
        return {result["stream"]: result for result in results}

    def _stream(self, run: str, stream: str) -> dict[str, Any]:
        position: dict[str, Any] | None = None
        done = False
        try:
            for _ in range(_STEPS):
                fetched = self._fetch(run, stream, position)
                position = fetched["position"]
                for chunk in fetched["chunks"]:
                    self._hand_over(run, stream, fetched["sweep"], chunk)
                if fetched["outcome"] == "throttled":
                    wait = datetime.fromisoformat(fetched["resume_at"]) - self.clock.now()
                    self.clock.advance(wait.total_seconds())
                if fetched["outcome"] == "done":
                    done = True
                    return commit_cursor(self.world, CommitCursor(run, NAME, stream, position or {}))
            failure = Failure("OutcomeUnknown", f"not done after {_STEPS} steps")
            return record_failure(self.world, RecordFailure(run, NAME, stream, failure, None))
        except errors.SluiceError as error:
            return self._ended((run, stream), error, position, done=done)

    def _fetch(self, run: str, stream: str, position: dict[str, Any] | None) -> dict[str, Any]:
        for attempt in range(_TRIES):
            try:
                with remembering_changes(self.world, stream, run):
                    return fetch_pages(self.world, FetchPages(run, NAME, stream, position, 60))
            except errors.ErpUnavailable:
                if attempt == _TRIES - 1:
                    raise
                self.clock.advance(2.0)
        raise AssertionError("the last try returns or raises")

    def _hand_over(self, run: str, stream: str, sweep: str, chunk: dict[str, Any]) -> None:
        body = {"connection": NAME, "connector": self.connection.connector, "stream": stream, "run": run}
        transform_chunk(self.world, HandedOver.from_json({**body, "sweep": sweep, "chunk": chunk}))

    def _ended(
        self,
        where: tuple[str, str],
        error: errors.SluiceError,
        position: dict[str, Any] | None,
        *,
        done: bool,
    ) -> dict[str, Any]:
        run, stream = where
        failure = Failure(type(error).__name__, str(error))
        sweep = position["sweep"] if position else None
        if isinstance(error, errors.ApiChanged):
            judged = judge_change(self.world, JudgeChange(run, NAME, stream, failure, sweep, may_go_on=done))
            if judged["outcome"] not in GOES_ON.values() or position is None:
                return judged
            accepted = tuple(judged["accepted"])
            return commit_cursor(self.world, CommitCursor(run, NAME, stream, position, accepted))
        return record_failure(self.world, RecordFailure(run, NAME, stream, failure, sweep))
