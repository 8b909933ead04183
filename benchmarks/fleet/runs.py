"""A run of `sync`, state by state as in state_machines/sync.asl.json, and what starts it and follows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from benchmarks.fleet.account import Throttled
from benchmarks.fleet.asl import THROTTLED, UNAVAILABLE, machine
from benchmarks.fleet.connections import Connection
from benchmarks.fleet.settings import Parameters
from benchmarks.fleet.steps import Job, Run, Steps
from sluice.aws.scheduler import _ATTEMPTS, _GIVE_UP_SECONDS
from sluice.errors import ErpUnavailable, LeaseLost
from sluice.registry.leases import LeaseTaken

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a scheduled run came out: succeeded, failed, already_running or not_started; in seconds."""

    kind: str
    connector: str
    planned: float
    started: float
    ended: float
    outcome: str

    @property
    def lag(self) -> float:
        """Seconds from the planned start to the end."""
        return self.ended - self.planned


class Runs:
    """Starts and runs executions; ``ended`` holds how each came out, ``planned`` counts all."""

    def __init__(self, steps: Steps, given: Parameters, seed: int) -> None:
        self.steps, self.planned = steps, 0
        self.ended: list[Ended] = []
        self.states: list[int] = []
        self.machine, self._account, self._given = machine(), steps.account, given
        self.random = Random(f"{seed}/runs")  # noqa: S311 - planted, not secret

    def plan(self, connection: Connection, second: float) -> None:
        """Plan a run for a second of the engine."""
        self.planned += 1
        name = f"{connection.name}-{self.planned}"
        run = Run(name, connection, second, self._news(connection))
        self._account.engine.spawn(second, self._scheduled, run)

    def _news(self, of: Connection) -> frozenset[str]:
        share = {
            "hourly": self._given.news_hourly,
            "quarter": self._given.news_quarter,
            "nightly": self._given.news_nightly,
        }[of.kind]
        if not of.looked or self.random.random() >= share:
            return frozenset()
        count = min(int(self._given.news_streams), len(of.looked))
        return frozenset(self.random.sample(of.looked, count))

    def _scheduled(self, run: Run) -> None:
        started = self._started(run)
        if started is None:
            return self._note(run, self._account.engine.time, "not_started")
        self._account.level("open_executions", 1)
        execution = _Execution(self, run)
        outcome = execution.outcome()
        self._account.level("open_executions", -1)
        self.states.append(execution.states)
        self._note(run, started, outcome)
        self._account.rate("rule_invocations")
        self._account.invoke_later("keep_usage", self.steps.keep_usage)
        return None

    def _started(self, run: Run) -> float | None:
        """Start the execution as Scheduler does; return the second, None where it gave up."""
        engine, pause = self._account.engine, self._given.scheduler_retry_seconds
        for _ in range(1 + _ATTEMPTS):
            self._account.scheduled()
            if self._account.buckets["start_execution"].try_take(engine.time):
                return engine.time
            engine.sleep(self.random.uniform(pause / 2, pause))
            pause *= 2
            if engine.time - run.planned > _GIVE_UP_SECONDS:
                break
        return None

    def _note(self, run: Run, started: float, outcome: str) -> None:
        of, now = run.of, self._account.engine.time
        self.ended.append(Ended(of.kind, of.connector, run.planned, started, now, outcome))


class _Execution:
    """One execution; ``states`` counts those entered, with those tried again."""

    def __init__(self, runs: Runs, run: Run) -> None:
        self.states = 0
        self._steps, self._run = runs.steps, run
        self._account, self._machine, self._random = runs.steps.account, runs.machine, runs.random
        self._failed = False

    def outcome(self) -> str:
        """Go through the states; return succeeded, failed or already_running."""
        try:
            self._task("PlanRun", lambda: self._steps.plan(self._run))
        except LeaseTaken:
            self._enter(2)  # PlanOutcome, AlreadyRunning
            return "already_running"
        except Throttled:
            self._failed = True
            self._enter(1)  # PlanFailed
            return self._summarised()
        self._enter(1)  # PlanOutcome
        jobs = self._looked()
        if not jobs:
            self._enter(2)  # NewsOutcome, RunSucceeded
            return "succeeded"
        self._enter(1)  # SyncStreams
        self._map(jobs)
        return self._summarised()

    def _looked(self) -> list[Job]:
        try:
            jobs = self._task("LookForNews", lambda: self._steps.look(self._run))
        except (Throttled, LeaseLost):
            return [Job(stream) for stream in (*self._run.of.whole, *self._run.of.looked)]
        if jobs:
            self._enter(1)  # NewsOutcome
        return jobs

    def _summarised(self) -> str:
        try:
            self._task("SummariseRun", lambda: self._steps.summarise(self._run))
        except Throttled:
            self._enter(1)  # RunUnsummarised
            self._account.engine.spawn(self._account.engine.time, self._reported)
            return "failed"
        self._enter(2)  # RunOutcome, RunSucceeded or RunFailed
        return "failed" if self._failed else "succeeded"

    def _reported(self) -> None:
        """Let the last net free the lease; it has environments of its own, and waits for none."""
        self._account.rate("rule_invocations")
        self._steps.report_ended(self._run)

    def _map(self, jobs: list[Job]) -> None:
        """Go through the branches, so many side by side as the Map says; return when all have ended."""
        left, lanes = deque(jobs), min(self._machine.side_by_side, len(jobs))
        running, resume = [lanes], list[Callable[[], None]]()

        def lane() -> None:
            while left:
                self._branch(left.popleft())
            running[0] -= 1
            if not running[0]:
                resume[0]()

        for _ in range(lanes):
            self._account.engine.spawn(self._account.engine.time, lane)
        self._account.engine.park(resume.append)

    def _branch(self, job: Job) -> None:
        self._enter(1)  # WhereToBegin
        try:
            if not job.is_read and job.until is None:
                self._fetched(job)
            self._handed_over(job)
            while not job.is_read:
                self._enter(1)  # WaitForErp
                engine = self._account.engine
                engine.sleep(max((job.until or 0.0) - engine.time, 0.0))
                self._fetched(job)
                self._handed_over(job)
            self._enter(1)  # HandedOver
            self._task("CommitCursor", lambda: self._steps.commit(self._run))
        except LeaseLost:
            self._failed = True
            self._account.gauges.counts["leases_lost"] += 1
            self._enter(1)  # StreamUnrecorded
        except (Throttled, ErpUnavailable):
            self._failed = True
            self._recorded()

    def _recorded(self) -> None:
        try:
            self._task("RecordFailure", lambda: self._steps.record_failure(self._run))
        except (Throttled, LeaseLost):
            self._enter(1)  # StreamUnrecorded

    def _fetched(self, job: Job) -> None:
        self._task("FetchPages", lambda: self._steps.fetch(self._run, job))

    def _handed_over(self, job: Job) -> None:
        """HandOver with its chunks, then WhatNext; raises LeaseLost where the transformer met it."""
        self._enter(2 + job.chunks)
        lost = list[LeaseLost]()

        def begin() -> None:
            try:
                self._steps.transform(self._run)
            except LeaseLost as error:
                lost.append(error)

        for _ in range(job.chunks):
            self._account.engine.park(lambda resume: self._account.transform(begin, resume))
        if lost:
            raise lost[0]

    def _enter(self, count: int) -> None:
        self.states += count
        self._account.transitions(count)

    def _task(self, state: str, body: Callable[[], Answer]) -> Answer:
        """Enter a state and call its function, again as its Retry says; raises what is left then."""
        retries = {error: self._machine.retries.get((state, error)) for error in (THROTTLED, UNAVAILABLE)}
        pauses = {error: iter(known.pauses(self._random)) for error, known in retries.items() if known}
        while True:
            self._enter(1)
            try:
                return self._account.invoke(state, body)
            except (Throttled, ErpUnavailable) as error:
                name = THROTTLED if isinstance(error, Throttled) else UNAVAILABLE
                pause = next(pauses.get(name, iter(())), None)
                if pause is None:
                    raise
            self._account.engine.sleep(pause)
