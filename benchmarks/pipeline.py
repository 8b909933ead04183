"""So many customers through the whole pipeline on the embedded AWS: wall time and peak memory per process.

usage: python -m benchmarks.pipeline RECORDS
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from sandbox.options import Options
from sandbox.server import serve
from sluice.bootstrap import ROOT, Deployment
from sluice.local import deploy, embedded_aws
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from sluice.usecases.operating.runs import RunView, show_run, start_run

NAME = "bench"
_EVERY = 0.1


class PeakMemory(threading.Thread):
    """Watches the embedded AWS and its workers; ``peaks`` is in MB by what each process does."""

    def __init__(self, embedded: int) -> None:
        super().__init__(daemon=True)
        self._embedded = embedded
        self.peaks: dict[str, float] = defaultdict(float)
        self.done = threading.Event()

    def run(self) -> None:
        """Look every tenth of a second until ``done`` is set."""
        while not self.done.wait(_EVERY):
            for entry in Path("/proc").glob("[0-9]*"):
                try:
                    self._look(entry)
                except (OSError, IndexError):
                    continue  # it ended while we looked

    def _look(self, entry: Path) -> None:
        parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        command = (entry / "cmdline").read_bytes().decode(errors="replace")
        if int(entry.name) == self._embedded:
            name = "embedded AWS"
        elif parent == self._embedded and "lambdas/" in command:
            name = command.partition("lambdas/")[2].partition(".")[0]
        else:
            return
        peak = next(line for line in (entry / "status").read_text().splitlines() if line.startswith("VmHWM"))
        self.peaks[name] = max(self.peaks[name], int(peak.split()[1]) / 1024)


def run_once(deployment: Deployment) -> tuple[RunView, float]:
    """Run the connection to its end; return how it ended and after how many seconds."""
    started = time.monotonic()
    run = start_run(deployment.world, NAME)
    while not (view := show_run(deployment.world, run)).ended:
        time.sleep(_EVERY)
    return view, time.monotonic() - started


def receive_all(deployment: Deployment) -> int:
    """Take everything off the information queue; return how many different events there were."""
    queue = deployment.queue("information")
    ids: set[str] = set()
    while messages := queue.receive(10, 1):
        for message in messages:
            ids.update(event["id"] for event in json.loads(message.body))
            queue.delete(message)
    return len(ids)


def main(records: int) -> int:
    """Measure and print; 1 if a run did not succeed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        running = embedded_aws.start(home)
        try:
            deploy.deploy(ROOT, home, running)
            return _measure(Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint), running.pid, records)
        finally:
            embedded_aws.stop(home)


def _measure(deployment: Deployment, embedded: int, records: int) -> int:
    connector = deployment.world.catalog.connector("tripletex")
    with serve(connector, 0, Options(scale=0, records={"customer": records})) as erp:
        secrets = {name: Secret(text) for name, text in erp.secrets.items()}
        connection = Connection(NAME, "tripletex", dict(erp.settings), streams=("customer",))
        deployment.desk.add(connection, secrets)
        watcher = PeakMemory(embedded)
        watcher.start()
        for what in ("everything new", "nothing new"):
            view, seconds = run_once(deployment)
            status = view.execution.status if view.execution else "?"
            sys.stdout.write(f"{records:,} customers, {what}: {status} after {seconds:.1f} s\n")
            if status != "SUCCEEDED":
                return 1
        watcher.done.set()
    started = time.monotonic()
    sys.stdout.write(
        f"received {receive_all(deployment):,} events after {time.monotonic() - started:.1f} s\n"
    )
    for name, peak in sorted(watcher.peaks.items()):
        sys.stdout.write(f"peak memory {name:>16}: {peak:6.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
