"""Workers killed with SIGKILL in the middle of their work: the run completes, its events the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.local import embedded_aws
from sluice.model.secret import Secret
from tests.live.pipeline.conftest import Customer

pytestmark = pytest.mark.timeout(600)

MakeCustomer = Callable[..., Customer]
_TICKS = os.sysconf("SC_CLK_TCK")


def _workers(handler: str, parent: int) -> Iterator[tuple[int, float]]:
    """Yield (pid, CPU seconds) of the workers of a handler that the process ``parent`` started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == parent and f"lambdas/{handler}.handler".encode() in command:
            yield int(entry.name), (int(stat[11]) + int(stat[12])) / _TICKS


class Killer(threading.Thread):
    """Kills ``times`` workers of ``handler``, each after ``cpu`` seconds of work since first seen."""

    def __init__(self, handler: str, parent: int, times: int, cpu: float) -> None:
        super().__init__(daemon=True)
        self._handler, self._parent, self._cpu = handler, parent, cpu
        self.left = times
        self.killed: list[int] = []
        self._known = dict(_workers(handler, parent))
        self.done = threading.Event()

    def run(self) -> None:
        while self.left and not self.done.is_set():
            for pid, cpu in _workers(self._handler, self._parent):
                started = self._known.setdefault(pid, cpu)
                if self.left and pid not in self.killed and cpu - started >= self._cpu:
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)
                    self.left -= 1
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("handler", "cpu"), [("transform", 0.4), ("fetch_pages", 0.3)], ids=["transform", "fetch_pages"]
)
def test_a_killed_worker_costs_nothing_but_time(
    customer_of: MakeCustomer, home: Path, handler: str, cpu: float
) -> None:
    acme = customer_of(f"acme-kill-{handler}".replace("_", "-"), {"customer": 20_000}, streams=("customer",))
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    undisturbed = {event["id"] for event in acme.events()}
    assert len(undisturbed) == 20_000

    desk, connection = acme.deployment.desk, acme.deployment.world.connections.get(acme.name)
    desk.remove(acme.name)
    desk.add(connection, {key: Secret(text) for key, text in acme.sandbox.secrets.items()})
    running = embedded_aws.status(home)
    assert running is not None
    killer = Killer(handler, running.pid, times=2, cpu=cpu)
    killer.start()
    view = acme.run(patience=400)
    killer.done.set()
    assert killer.killed, "no worker was caught at work"
    assert view.run is not None
    assert view.run.status == "succeeded", view
    assert {event["id"] for event in acme.events()} == undisturbed
