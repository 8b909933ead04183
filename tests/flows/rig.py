"""A whole run on memory adapters: the use cases in the order in which sync.asl.json calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sluice import errors
from sluice.local.fixed_clock import FixedClock
from sluice.local.folder_documents import FolderDocuments
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.local.memory_schedules import MemorySchedules
from sluice.local.memory_secrets import MemorySecrets
from sluice.local.memory_table import MemoryTable
from sluice.local.memory_topic import MemoryTopic
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.topic import OutgoingMessage
from sluice.registry.catalog import Catalog
from sluice.registry.runs import CONTINUED
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.connections import ConnectionDesk
from sluice.usecases.contracts.noted_changes import remembering_changes
from sluice.usecases.failures import Failure
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.fetching.look_for_news import LookForNews, look_for_news
from sluice.usecases.fetching.standing import HISTORY_EVENTS
from sluice.usecases.judge_change import GOES_ON, JudgeChange, judge_change
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.record_failure import RecordFailure, record_failure
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import World, iso
from tests.flows.toy_erp import ToyDocuments, ToyErp

ROOT = Path(__file__).resolve().parents[2]
_FOLDER = FolderDocuments(ROOT)
CANONICAL = {path: _FOLDER.read(path) for path in _FOLDER.paths("transformers/canonical/")} | {
    path: _FOLDER.read(path)
    for path in (
        "connectors/connector.schema.json",
        "connectors/stream.schema.json",
        "transformers/mapping.schema.json",
    )
}
CATALOG = Catalog(ToyDocuments(CANONICAL))
_MAX_STEPS = 80
_ATTEMPTS = 4

T = TypeVar("T")


class Killed(BaseException):
    """The worker died here."""


@dataclass
class Consumer:
    """A consumer that drops repeated ids and keeps the newest version of each record."""

    ids: set[str] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, tuple[int, dict[str, Any] | None]] = field(default_factory=dict)

    def take(self, message: OutgoingMessage) -> None:
        for event in json.loads(message.body):
            if event["id"] in self.ids:
                continue
            self.ids.add(event["id"])
            self.events.append(event)
            key, version = event["data"]["id"], event["entityversion"]
            if version > self.state.get(key, (0, None))[0]:
                gone = event["type"].endswith(".deleted")
                self.state[key] = (version, None if gone else event["data"])

    def names(self, entity: str) -> dict[int, Any]:
        return {
            int(data["source_id"]): data["name"]
            for key, (_, data) in self.state.items()
            if data is not None and key.split("/")[1] == entity
        }


@dataclass
class Rig:
    """A connection ``acme`` to the toy ERP; ``run`` runs ``connection`` like the state machine does.

    ``between`` is how many seconds lie between two runs; ``entered`` are the streams that the last run's Map
    had, which are those with news and those not looked at. ``events`` is what a run may write into its
    history, ``last`` the last run's name.
    """

    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 11, 21, 8, tzinfo=UTC)))
    hook: Callable[[str], None] = lambda place: None
    number: int = 0
    entered: list[str] = field(default_factory=list)
    connection: str = "acme"
    between: float = 3600
    events: int = HISTORY_EVENTS
    last: str = ""

    def __post_init__(self) -> None:
        self.erp = ToyErp(self.clock)
        self.consumer = Consumer()
        self.notices: list[dict[str, Any]] = []
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
            sender=self.erp,
            clock=self.clock,
            catalog=CATALOG,
            replays=MemoryWorkflow(self.clock),
            backfills=MemoryWorkflow(self.clock),
        )
        self.schedules = MemorySchedules()
        self.desk = ConnectionDesk(self.world, self.schedules)
        self.desk.add(Connection("acme", "toy"), {"key": Secret("canary-key")})

    def run(self, run: str = "", trigger: str = "manual") -> dict[str, Any]:
        """Run once, under a name of its own or that one; return the summary with ``results`` by stream."""
        if not run:
            self.number += 1
            run = f"run-{self.number:04d}"
        self.last = run
        started = iso(self.clock.now())
        results: list[dict[str, Any]] = []
        failure: Failure | None = None
        try:
            wanted = PlanRun(self.connection, trigger, run, started)
            plan = self._tried(lambda: plan_run(self.world, wanted))
        except errors.SluiceError as error:
            failure = Failure(type(error).__name__, str(error))
        else:
            if plan["outcome"] not in {"planned", "nothing_to_do"}:
                return plan
            found = self._looked(plan, started)
            results = plan["results"] + found.get("looked", [])
            self.entered = [job["stream"] for job in found.get("jobs", ())]
            if found["outcome"] in {"succeeded", "held"}:
                return self._over(run, found, results)
            results += [self._stream(run, job) for job in found["jobs"]]
        summing = SummariseRun(run, self.connection, started, tuple(results), failure)
        return self._over(run, self._summarised(summing), results)

    def run_on(self) -> list[dict[str, Any]]:
        """Run, and on for as long as a run goes on as another; return the summaries."""
        found = [self.run()]
        while found[-1]["outcome"] == CONTINUED:
            found.append(self.run(found[-1]["next"], CONTINUED))
        return found

    def _over(self, run: str, summary: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, Any]:
        if summary.get("status", summary["outcome"]) not in {"succeeded", CONTINUED}:
            self.end(run, "FAILED")
        self.clock.advance(self.between)
        return {**summary, "run": run, "results": {result["stream"]: result for result in results}}

    def _looked(self, plan: dict[str, Any], started: str) -> dict[str, Any]:
        """Return what LookForNews answers; where it fails every stream looks for itself."""
        if plan["outcome"] != "planned":
            return {**plan, "outcome": "news"}
        try:
            return self._tried(lambda: look_for_news(self.world, LookForNews(plan["run"], started, plan, 60)))
        except errors.SluiceError:
            return {**plan, "outcome": "news"}

    def end(self, run: str, status: str) -> bool:
        """Do what EventBridge does about an execution that ended badly; return whether people were told."""
        ended = EndedRun(run, self.connection, status, iso(self.clock.now()), "", "")
        return self._tried(lambda: report_ended_run(self.world, ended))

    def _tried(self, step: Callable[[], T]) -> T:
        """Do a step as the state machine does: a worker that dies is followed by another, up to a limit."""
        for attempt in range(_ATTEMPTS):
            try:
                self.hook("again" if attempt else "step")
                return step()
            except Killed:
                continue
        raise errors.OutcomeUnknown(f"the worker died {_ATTEMPTS} times")

    def _summarised(self, wanted: SummariseRun) -> dict[str, Any]:
        try:
            summary = self._tried(lambda: summarise_run(self.world, wanted))
        except errors.OutcomeUnknown as unknown:
            summary = {"outcome": "failed", "error": "OutcomeUnknown", "cause": str(unknown), "counts": {}}
        return summary

    def _stream(self, run: str, job: dict[str, Any]) -> dict[str, Any]:
        stream, looked = job["stream"], job["fetched"]
        position: dict[str, Any] | None = None
        done = False
        try:
            for number in range(_MAX_STEPS):
                was_read = not number and looked["outcome"] != "unread"
                fetched = looked if was_read else self._fetch(run, stream, position)
                position = fetched["position"]
                for chunk in fetched["chunks"]:
                    self._hand_over(run, stream, fetched["sweep"], chunk)
                if fetched["outcome"] == "throttled":
                    wait = datetime.fromisoformat(fetched["resume_at"]) - self.clock.now()
                    self.clock.advance(max(0.0, wait.total_seconds()))
                if fetched["outcome"] == CONTINUED:
                    return {"stream": stream, "outcome": CONTINUED}
                if fetched["outcome"] == "done":
                    done = True
                    return self._commit(CommitCursor(run, self.connection, stream, position))
            raise AssertionError(f"{stream} took more than {_MAX_STEPS} steps")
        except errors.SluiceError as error:
            return self._ended((run, stream), error, position, done=done)

    def _fetch(self, run: str, stream: str, position: dict[str, Any] | None) -> dict[str, Any]:
        def step() -> dict[str, Any]:
            with remembering_changes(self.world, stream, run):
                wanted = FetchPages(run, self.connection, stream, position, 60, events=self.events)
                return fetch_pages(self.world, wanted)

        for _ in range(2):
            try:
                return self._tried(step)
            except errors.ErpUnavailable:
                continue
        return self._tried(step)

    def _hand_over(self, run: str, stream: str, sweep: str, chunk: dict[str, Any]) -> None:
        body = {
            "connection": self.connection,
            "connector": self.world.connections.get(self.connection).connector,
            "stream": stream,
            "run": run,
            "sweep": sweep,
        }
        message = HandedOver.from_json({**body, "chunk": chunk})
        self._tried(lambda: transform_chunk(self.world, message))

    def _commit(self, wanted: CommitCursor) -> dict[str, Any]:
        return self._tried(lambda: commit_cursor(self.world, wanted))

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
        if isinstance(error, errors.LeaseLost):
            return _unrecorded(stream, failure)
        sweep = position["sweep"] if position else None
        if isinstance(error, errors.ApiChanged):
            try:
                earlier = position["earlier"] if position else 0
                judging = JudgeChange(run, self.connection, stream, failure, sweep, done, earlier)
                judged = self._tried(lambda: judge_change(self.world, judging))
                if judged["outcome"] not in GOES_ON.values() or position is None:
                    return judged
                return self._commit(
                    CommitCursor(run, self.connection, stream, position, tuple(judged["accepted"]))
                )
            except errors.LeaseLost:
                return _unrecorded(stream, failure)
            except errors.OutcomeUnknown:
                pass
        try:
            wanted = RecordFailure(run, self.connection, stream, failure, sweep)
            return self._tried(lambda: record_failure(self.world, wanted))
        except errors.SluiceError:
            return _unrecorded(stream, failure)


def _unrecorded(stream: str, failure: Failure) -> dict[str, Any]:
    return {"stream": stream, "outcome": "failed", "error": failure.error, "cause": "no record of its own"}
