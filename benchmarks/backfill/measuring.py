"""One backfill of so many records, from its start to the last event, and what each process took for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.backfill.arrivals import Arrivals, Receiver, Tally
from benchmarks.backfill.given_back import given_back
from benchmarks.backfill.history import History
from benchmarks.backfill.stage import STREAM, Stage
from benchmarks.machine import processor_seconds
from benchmarks.peers.usage import Broken
from benchmarks.workers import EMBEDDED, Workers
from sluice.usecases.backfill.progress import progress_of
from sluice.usecases.backfill.start import start_backfill
from sluice.usecases.operating.topics import DEAD_LETTERS
from sluice.usecases.world import World

Say = Callable[[str], None]

PER_WINDOW = 25_000
"""Records of a window, where it is not longer than the stream allows: five chunks."""
_LONGEST = 365
_EVERY = 0.5
_SAY_EVERY = 15.0
_PATIENCE = 600.0
"""Seconds without anything new after which nothing more is waited for."""
_LEAST_MB = 700
"""Memory that has to be left on the machine: with less the run is given up, before something is killed."""

_WORKED = ("erp_system", "information", "lake")
"""Queues that a record goes through."""


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What a backfill of ``tally.records`` records took, in seconds of wall time from its start.

    ``run`` is to the end of the execution, ``received`` to the last event that came out of SQS, ``lake`` to
    when the lake had written all of them. ``seconds`` of the processor and ``peaks`` in MB are by what each
    process does; ``beside`` has the processor time of the ERP and of the benchmark itself, which receives.
    ``given_back`` counts the invocations after which a chunk was handed out again.
    """

    tally: Tally
    windows: int
    run: float
    received: float
    lake: float
    seconds: dict[str, float]
    peaks: dict[str, float]
    beside: dict[str, float] = field(default_factory=dict)
    given_back: int = 0

    @property
    def records(self) -> int:
        """How many records the history has."""
        return self.tally.records

    @property
    def own(self) -> float:
        """The CPU of Sluice's own functions, seconds."""
        return sum(seconds for name, seconds in self.seconds.items() if name != EMBEDDED)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object."""
        return {**asdict(self), "records": self.records, "own": self.own}

    def in_words(self) -> str:
        """Return what came, and how often a chunk was handed out again: of those some events come twice."""
        return f"{self.tally.in_words()}; {self.given_back} times a chunk was handed out again"


class Watch:
    """Looks at a backfill under way: how far it is, what memory is left; says so from time to time."""

    def __init__(self, stage: Stage, workers: Workers, arrivals: Arrivals, say: Say) -> None:
        self._world, self._workers = stage.deployment.world, workers
        self._arrivals, self._say = arrivals, say
        self._said = 0.0

    def until_ended(self, run: str) -> None:
        """Wait for the end of the run; raises Broken where it does not succeed."""
        while (execution := self._world.backfills.describe(run)).status == "RUNNING":
            self.look(run)
            time.sleep(_EVERY)
        if execution.status != "SUCCEEDED":
            record = self._world.runs.get(run)
            why = f"{record.error}: {record.cause}" if record else f"{execution.error}: {execution.cause}"
            raise Broken(f"the backfill {run} ended {execution.status}: {why}")

    def look(self, run: str, doing: str = "") -> None:
        """Note what processes took; say how far it is, if that was not said of late."""
        self._workers.look()
        left = available_mb()
        if left is not None and left < _LEAST_MB:
            raise Broken(f"{left:.0f} MB of memory are left on this machine: given up")
        if time.monotonic() - self._said < _SAY_EVERY:
            return
        self._said = time.monotonic()
        told = doing or progress_in_words(self._world, run)
        memory = f"embedded AWS {self._workers.peaks.get(EMBEDDED, 0):.0f} MB, {left or 0:.0f} MB left"
        self._say(f"  {told}; {self._arrivals.came:,} received; {memory}")


def progress_in_words(world: World, run: str) -> str:
    """Return how far a backfill is, as `sluice runs show` says it."""
    record = world.runs.get(run)
    sweep = next((result.sweep for result in world.runs.streams(run).values() if result.sweep), None)
    found = progress_of(world, record, sweep) if record is not None and sweep is not None else None
    return found.in_words() if found else "planning"


def days_of_a_window(history: History, per_window: int) -> int:
    """Return how long windows are that hold about so many records; as long as the stream allows, at most."""
    return max(1, min(_LONGEST, history.days * per_window // history.records))


def backfilled(stage: Stage, records: int, per_window: int, say: Say) -> Backfilled:
    """Read a history of so many records through a backfill, to its last event and into the lake.

    Raises Broken where it fails, where nothing new comes any more, or where messages could not be worked.
    """
    world, name = stage.deployment.world, f"bench-{records}"
    history = stage.connect(name, records)
    days = days_of_a_window(history, per_window)
    arrivals, workers = Arrivals(records), Workers(stage.embedded)
    receiver, watch = stage.receiver(arrivals), Watch(stage, workers, arrivals, say)
    workers.look()
    before, beside, given = workers.seconds(), _beside(stage), given_back(stage.log)
    receiver.start()
    started = time.monotonic()
    run = start_backfill(world, {"connection": name, "stream": STREAM, "days": days})
    watch.until_ended(run)
    ended = time.monotonic() - started
    lake = _followed(world, receiver, (watch, run), records) - started
    workers.look()
    seconds = {who: taken - before.get(who, 0.0) for who, taken in workers.seconds().items()}
    later = _beside(stage)
    return Backfilled(
        tally=arrivals.tally(),
        windows=-(-history.days // days),
        run=ended,
        received=receiver.last - started,
        lake=lake,
        seconds={who: round(taken, 2) for who, taken in seconds.items()},
        peaks={who: round(peak, 1) for who, peak in workers.peaks.items()},
        beside={who: round(later[who] - beside[who], 2) for who in later},
        given_back=given_back(stage.log) - given,
    )


def _followed(world: World, receiver: Receiver, watched: tuple[Watch, str], records: int) -> float:
    """Wait for the last event, and for the lake; return when it had written all."""
    watch, run = watched
    receiver.wait_for(records, _PATIENCE)
    lake, least, since = world.queues["lake"], None, time.monotonic()
    while depth := lake.depth():
        if least is None or depth < least:
            least, since = depth, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            raise Broken(f"the lake does not take its {depth} messages")
        watch.look(run, f"the lake has {depth:,} messages to write")
        time.sleep(_EVERY)
    written = time.monotonic()
    receiver.stop()
    for name in _WORKED:
        if dead := world.queues[f"{name}{DEAD_LETTERS}"].depth():
            raise Broken(f"{dead} messages lie in the dead letters of {name}")
    return written


def _beside(stage: Stage) -> dict[str, float]:
    return {"ERP": processor_seconds(stage.served.pid), "receiving and watching": time.process_time()}


def available_mb() -> float | None:
    """Return the memory that the machine has left, MB; None where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(found.split()[1]) / 1024 if found else None
