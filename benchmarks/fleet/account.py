"""The AWS account: what throttles, delays or refuses, by its quotas. Knows nothing of runs."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import TypeVar

from benchmarks.fleet.engine import Engine
from benchmarks.fleet.gauges import Bucket, Gauges
from benchmarks.fleet.settings import Parameters, Quota, Quotas

Answer = TypeVar("Answer")

_ASYNC_AGE = 3600.0
"""Seconds for which Lambda keeps an event that found no room: maximumEventAge in infra/functions.yml."""

_ASYNC_RETRIES = (60.0, 120.0)
"""Pauses before Lambda tries an event again whose function failed (Lambda guide, "Error handling")."""

_SDK_ATTEMPTS = 5
"""Attempts of a request by the SDK: total_max_attempts in sluice/aws/session.py."""


class Throttled(Exception):
    """Lambda did not take the call: no room, or no new environment."""


class Refused(Exception):
    """The SDK has given up on a request that was throttled each time."""


class Account:
    """Quotas as they bind; where they are not ``kept``, it is only counted what would be wanted."""

    def __init__(self, engine: Engine, quotas: Quotas, given: Parameters, seed: int, *, kept: bool) -> None:
        self.engine, self.quotas, self.gauges = engine, quotas, Gauges()
        self._given, self._kept = given, kept
        self._random = Random(f"{seed}/account")  # noqa: S311 - planted, not secret
        self.buckets = {
            name: _bucket(quota, kept) for name, quota in quotas.items() if quota.kind == "bucket"
        }
        self._scheduler = Bucket(1, quotas["scheduler_invocations"].size, kept=kept)
        self._scaling: dict[str, Bucket] = defaultdict(lambda: _bucket(quotas["lambda_scaling"], kept))
        self._idle: dict[str, list[float]] = defaultdict(list)
        self._chunk_ends: list[float] = []

    def rate(self, name: str, amount: float = 1.0) -> None:
        """Count something by the second."""
        self.gauges.rates[name].add(self.engine.time, amount)

    def level(self, name: str, by: int) -> None:
        """Count something that is there at once."""
        self.gauges.levels[name].change(by)

    def scheduled(self) -> None:
        """Wait until Scheduler comes to make its next invocation."""
        self.engine.sleep(self._scheduler.wait(self.engine.time))
        self.rate("scheduler_invocations")

    def transitions(self, count: int) -> None:
        """Enter so many states, one after the other."""
        delay = self.buckets["state_transition"].wait(self.engine.time, count)
        if delay:
            self.engine.sleep(delay)

    def call(self, bucket: str) -> None:
        """Make a request as our SDK does; raises Refused where it was throttled five times."""
        for attempt in range(_SDK_ATTEMPTS):
            if self.buckets[bucket].try_take(self.engine.time):
                return
            self.engine.sleep(self._random.uniform(0, min(2.0**attempt, 20.0)))
        raise Refused(bucket)

    def invoke(self, function: str, body: Callable[[], Answer]) -> Answer:
        """Run a function's body in an environment; raises Throttled, and what the body raises."""
        concurrency = self.gauges.levels["lambda_concurrency"]
        if self._kept and concurrency.now >= self.quotas["lambda_concurrency"].size:
            self.gauges.counts["lambda_refused"] += 1
            raise Throttled(function)
        cold = self._environment(function)
        concurrency.change(1)
        began = self.engine.time
        try:
            if cold:
                self.engine.sleep(self._given.cold_start_seconds)
            return body()
        finally:
            concurrency.change(-1)
            self._idle[function].append(self.engine.time)
            self.gauges.rates["lambda_seconds"].add(self.engine.time, self.engine.time - began)

    def invoke_later(self, function: str, body: Callable[[], None]) -> None:
        """Invoke as an event: again while there is no room, and twice where it fails; then it is lost."""
        began, failures, pause = self.engine.time, 0, 1.0
        while self.engine.time - began < _ASYNC_AGE:
            try:
                return self.invoke(function, body)
            except Throttled:
                self.engine.sleep(self._random.uniform(pause / 2, pause))
                pause = min(pause * 2, 300.0)
            except Refused:
                if failures == len(_ASYNC_RETRIES):
                    break
                self.engine.sleep(_ASYNC_RETRIES[failures])
                failures += 1
        self.gauges.counts[f"{function}_lost"] += 1
        return None

    def transform(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        """Call ``begin`` when the transformer takes up a chunk, ``end`` when it has answered.

        Chunks are taken up in their order, as many at once as transformConcurrency says.
        """
        now, given = self.engine.time, self._given
        self.level("chunks_waiting", 1)
        places, start = self.quotas["transform_concurrency"].size, now + given.queue_seconds
        if self._kept and len(self._chunk_ends) >= places:
            start = max(start, heapq.heappop(self._chunk_ends))
        over = start + given.transform_seconds
        if self._kept:
            heapq.heappush(self._chunk_ends, over)

        def taken() -> None:
            self.level("chunks_waiting", -1)
            for name in ("transform_concurrency", "lambda_concurrency", "sqs_in_flight"):
                self.level(name, 1)
            begin()

        def answered() -> None:
            for name in ("transform_concurrency", "lambda_concurrency", "sqs_in_flight"):
                self.level(name, -1)
            self.buckets["send_task_success"].wait(self.engine.time)
            end()

        self.engine.at(start, taken)
        self.engine.at(over, answered)

    def scaling_used(self) -> float:
        """Return the most that a function used of its rate of new environments; 1 is all."""
        return max((bucket.used for bucket in self._scaling.values()), default=0.0)

    def _environment(self, function: str) -> bool:
        """Take an idle environment, or a new one; return whether it is new. Raises Throttled."""
        idle, now = self._idle[function], self.engine.time
        if idle and now - idle[-1] <= self._given.environment_idle_seconds:
            idle.pop()
            return False
        idle.clear()
        if not self._scaling[function].try_take(now):
            self.gauges.counts["scaling_refused"] += 1
            raise Throttled(function)
        self.gauges.counts["cold_starts"] += 1
        return True


def _bucket(quota: Quota, kept: bool) -> Bucket:  # noqa: FBT001
    return Bucket(quota.size, quota.refill, kept=kept)
