"""So many customers through the whole pipeline on the embedded AWS: from HTTP to received from SQS.

usage: python -m benchmarks.pipeline [RECORDS]
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.embedded import embedded
from benchmarks.peers.serving import Served, serving
from benchmarks.peers.usage import Broken, Usage
from benchmarks.report import Section
from benchmarks.workers import EMBEDDED, Workers
from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.usecases.operating.runs import show_run, start_run

NAME = "bench"
_EVERY = 0.1
_PATIENCE = 120.0
"""Seconds without a new event after which no more are waited for."""


@dataclass(frozen=True, slots=True)
class Piped:
    """What a run of so many records took, in seconds of wall time; ``workers`` has memory and CPU.

    ``run`` is to the end of the execution, ``received`` to the last event that came out of SQS, both from the
    start; ``again`` is a run that finds nothing new.
    """

    records: int
    run: float
    received: float
    again: float
    seconds: dict[str, float]
    peaks: dict[str, float]

    @property
    def own(self) -> float:
        """The CPU of Sluice's own functions, seconds."""
        return sum(seconds for name, seconds in self.seconds.items() if name != EMBEDDED)

    @property
    def share(self) -> float:
        """The share of all CPU that is Sluice's own, 0 to 1."""
        return self.own / sum(self.seconds.values())


class Receiver(threading.Thread):
    """Takes events off the information queue as they come; ``last`` is when the last new one came."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(daemon=True)
        self._queue = deployment.queue("information")
        self._ids: set[str] = set()
        self._done = threading.Event()
        self.last = time.monotonic()

    def run(self) -> None:
        """Receive until it is stopped."""
        while not self._done.is_set():
            for message in self._queue.receive(10, 1):
                self._ids.update(event["id"] for event in json.loads(message.body))
                self._queue.delete(message)
                self.last = time.monotonic()

    def wait_for(self, events: int) -> None:
        """Wait for so many different events; raises Broken where they do not come."""
        while len(self._ids) < events:
            if time.monotonic() - self.last > _PATIENCE:
                raise Broken(f"{len(self._ids)} of {events} events were received")
            time.sleep(_EVERY)
        self._done.set()
        self.join()


def run_once(deployment: Deployment) -> float:
    """Run the connection to its end; return after how many seconds; raises Broken where it fails."""
    started = time.monotonic()
    run = start_run(deployment.world, NAME)
    while not (view := show_run(deployment.world, run)).ended:
        time.sleep(_EVERY)
    if view.execution is None or view.execution.status != "SUCCEEDED":
        raise Broken(f"the run ended as {view.to_json()}")
    return time.monotonic() - started


def piped(served: Served, records: int) -> Piped:
    """Start an embedded AWS, deploy to it, and read so many customers through it."""
    with embedded() as (_, running, deployment):
        secrets = {name: Secret("benchmark") for name in ("consumer_token", "employee_token")}
        settings = {"base_url": served.address(records)}
        deployment.desk.add(Connection(NAME, "tripletex", settings, streams=("customer",)), secrets)
        return _measured(deployment, running.pid, records)


def _measured(deployment: Deployment, embedded: int, records: int) -> Piped:
    workers, receiver = Workers(embedded), Receiver(deployment)
    workers.look()
    before = workers.seconds()
    workers.start()
    receiver.start()
    started = time.monotonic()
    run = run_once(deployment)
    receiver.wait_for(records)
    workers.stop()
    seconds = {name: taken - before.get(name, 0.0) for name, taken in workers.seconds().items()}
    again = run_once(deployment)
    return Piped(records, run, receiver.last - started, again, seconds, dict(workers.peaks))


def table(found: Piped) -> str:
    """Return the result as Markdown."""
    rows = [
        f"| {name} | {found.seconds[name]:.1f} | {found.peaks[name]:.0f} |" for name in sorted(found.seconds)
    ]
    told = (
        f"{found.records:,} customers, everything new: the run ended after {found.run:.1f} s, and the last "
        f"event was received from SQS {found.received:.1f} s after the start. A run that finds nothing new: "
        f"{found.again:.1f} s. Of {sum(found.seconds.values()):.1f} s of CPU, {found.own:.1f} s "
        f"({found.share:.0%}) are Sluice's own functions, starting them included."
    )
    return "\n".join([told, "", "| process | CPU, s | peak, MB |", "|---|---|---|", *rows])


def piped_section(found: Piped, dlt: Sequence[Usage]) -> Section:
    """Return it as a part of the report; ``dlt`` is what loading them into files took, by runs."""
    lines = [table(found)]
    if dlt:
        cpu, wall = fmean(one.cpu for one in dlt), fmean(one.wall for one in dlt)
        taken = ", ".join(f"{one.cpu:.1f} s" for one in dlt)
        lines.append(
            f"\ndlt loaded the same records into files right before and right after it, in {taken} of CPU. "
            f"Of their mean, Sluice's functions took {found.own / cpu:.2f} times, with the embedded AWS "
            f"{sum(found.seconds.values()) / cpu:.2f} times; of its wall time ({wall:.1f} s) it was "
            f"{found.received / wall:.2f} times to received from SQS."
        )
    command = f"make bench PARTS=pipeline RECORDS={found.records}"
    return Section("The whole pipeline on the embedded AWS", command, "\n".join(lines))


def main(records: int) -> int:
    """Measure and print; 1 if it does not work."""
    try:
        with serving() as served:
            sys.stdout.write(f"{table(piped(served, records))}\n")
    except Broken as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
