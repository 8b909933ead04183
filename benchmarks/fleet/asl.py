"""What state_machines/sync.asl.json says of waiting: its retries and how many go side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from sluice.bootstrap.documents import ROOT

THROTTLED = "Lambda.TooManyRequestsException"
UNAVAILABLE = "ErpUnavailable"


@dataclass(frozen=True, slots=True)
class Retry:
    """A retrier with full jitter: seconds of the first pause, the factor, how many, the longest pause."""

    interval: float
    rate: float
    attempts: int
    longest: float

    def pauses(self, random: Random) -> Iterator[float]:
        """Yield each pause before a further attempt."""
        for attempt in range(self.attempts):
            yield random.uniform(0, min(self.interval * self.rate**attempt, self.longest))


@dataclass(frozen=True, slots=True)
class Machine:
    """``retries`` by state and error name; ``side_by_side`` are the streams and the chunks at once."""

    retries: dict[tuple[str, str], Retry]
    side_by_side: int
    chunks_at_once: int


def machine() -> Machine:
    """Return what `sync` says."""
    states = json.loads((ROOT / "state_machines/sync.asl.json").read_text())["States"]
    streams = states["SyncStreams"]
    inner = streams["ItemProcessor"]["States"]
    retries = {
        (name, error): Retry(
            entry["IntervalSeconds"], entry["BackoffRate"], entry["MaxAttempts"], entry["MaxDelaySeconds"]
        )
        for name, state in (states | inner).items()
        for entry in _retriers(state)
        for error in entry["ErrorEquals"]
    }
    return Machine(retries, streams["MaxConcurrency"], inner["HandOver"]["MaxConcurrency"])


def _retriers(state: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = state.get("Retry", [])
    return found
