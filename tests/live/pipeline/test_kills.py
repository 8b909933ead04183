"""Workers killed with SIGKILL in the middle of their work: the run completes, its events the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.local import embedded_aws
from sluice.model.secret import Secret
from tests.chaos.ledger import chance
from tests.chaos.processes import RECORDS, STREAMS, rounds_with
from tests.live.pipeline.conftest import Customer
from tests.live.pipeline.witness import Operator

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
        self.handler, self._parent, self._cpu = handler, parent, cpu
        self.left = times
        self.killed: list[int] = []
        self._known = dict(_workers(handler, parent))
        self.done = threading.Event()

    def run(self) -> None:
        while self.left and not self.done.is_set():
            for pid, cpu in _workers(self.handler, self._parent):
                started = self._known.setdefault(pid, cpu)
                if self.left and pid not in self.killed and cpu - started >= self._cpu:
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)
                    self.left -= 1
            time.sleep(0.01)


def test_a_killed_worker_costs_nothing_but_time(
    customer_of: MakeCustomer, home: Path, impatient: None
) -> None:
    acme = customer_of("acme-kill-fetch-pages", {"customer": 10_000}, streams=("customer",))
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    undisturbed = {event["subject"]: event["data"] for event in acme.events()}
    assert len(undisturbed) == 10_000

    desk, connection = acme.deployment.desk, acme.deployment.world.connections.get(acme.name)
    desk.remove(acme.name)
    desk.add(connection, {key: Secret(text) for key, text in acme.sandbox.secrets.items()})
    running = embedded_aws.status(home)
    assert running is not None
    killer = Killer("fetch_pages", running.pid, times=2, cpu=0.03)
    killer.start()
    view = acme.run(patience=400)
    killer.done.set()
    assert killer.killed, "no worker was caught at work"
    assert view.run is not None
    assert view.run.status == "succeeded", view
    # Its second life counts versions anew, so the ids are others; what comes twice has the same one.
    found = {event["id"]: event for event in acme.events()}
    assert len(found) == 10_000
    assert {event["subject"]: event["data"] for event in found.values()} == undisturbed


HANDLERS = {"transform": 0.3, "commit_cursor": 0.15, "write_lake": 0.15}
"""Who is killed, and after how many seconds of work at most."""


def _asked(home: Path, table: str) -> list[dict[str, Any]]:
    columns = "event_id, source_id, event_version"
    sql = f"SELECT {columns} FROM {table} WHERE connection = 'acme-kill-lake'"  # noqa: S608 - our own words
    found: list[dict[str, Any]] = Operator(home).reads("data", "query", sql)
    return found


def _in_the_lake(home: Path, count: int, patience: float = 240) -> list[dict[str, Any]]:
    """Return the history once that many events are in it, and no more have come for a while."""
    until = time.monotonic() + patience
    while len(rows := _asked(home, "customer_history")) < count:
        assert time.monotonic() < until, f"{len(rows)} events of {count}"
        time.sleep(1)
    time.sleep(3)
    return _asked(home, "customer_history")


@pytest.fixture
def impatient(deployment: Deployment) -> Iterator[None]:
    """What a dead worker had is given to the next after seconds, not minutes."""
    sqs, urls = (
        deployment.session.sqs,
        [deployment.outputs[f"{name}QueueUrl"] for name in ("ErpSystem", "Lake")],
    )
    usual = [
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        for url in urls
    ]
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "15"})
    yield
    for url, attributes in zip(urls, usual, strict=True):
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def test_whoever_is_killed_the_lake_has_every_event_once(
    customer_of: MakeCustomer, home: Path, impatient: None
) -> None:
    random = Random(7)  # noqa: S311 - when to kill is no secret
    acme = customer_of("acme-kill-lake", {"customer": 3_000}, streams=("customer",))
    running = embedded_aws.status(home)
    assert running is not None
    killed: Counter[str] = Counter()
    published: dict[str, tuple[str, int]] = {}
    for number in range(3):
        if number:
            acme.order("change", stream="customer", count=400, set={"description": f"Runde {number}"})
        killers = [
            Killer(name, running.pid, 1, random.uniform(0.02, most)) for name, most in HANDLERS.items()
        ]
        for killer in killers:
            killer.start()
        view = acme.run(patience=300)
        assert view.run is not None
        assert view.run.status == "succeeded", view
        published |= {event["id"]: (event["subject"], event["entityversion"]) for event in acme.events()}
        assert len(published) == 3_000 + 400 * number
        rows = _in_the_lake(home, len(published))
        for killer in killers:
            killer.done.set()
            killed[killer.handler] += len(killer.killed)
        assert {row["event_id"]: (row["source_id"], row["event_version"]) for row in rows} == published
        assert len(rows) == len(published), "an event is in the lake twice"
    assert set(killed) == set(HANDLERS), killed
    newest: dict[str, int] = {}
    for source_id, version in published.values():
        newest[source_id] = max(version, newest.get(source_id, 0))
    assert {row["source_id"]: row["event_version"] for row in _asked(home, "customer")} == newest
    assert max(newest.values()) == 3


def test_whatever_worker_dies_whenever_the_consumer_has_what_the_erp_holds(
    customer_of: MakeCustomer, home: Path, impatient: None
) -> None:
    acme = customer_of("acme-kill-any", RECORDS, streams=STREAMS)
    running = embedded_aws.status(home)
    assert running is not None
    found = rounds_with(acme, running.pid, chance("live"), 1, print)
    assert found.kills, "no worker was caught at work"
    assert found.records >= sum(RECORDS.values()) - 10
