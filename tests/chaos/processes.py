"""Real worker processes on an embedded AWS, killed at random: what arrives is what the ERP holds.

The embedded AWS itself is not killed: it writes its state when it is shut down, so that a kill of it forgets
what it had promised to keep, which AWS does not do.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local import deploy, embedded_aws
from sluice.model.erp_json import read
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from tests.chaos.ledger import Broken, chance
from tests.live.pipeline.conftest import HASTE, Customer, _close, _open
from tests.live.pipeline.inbox import Inbox

STREAMS = ("customer", "department")
RECORDS = {"customer": 1_500, "department": 60}
HIDDEN_SECONDS = "8"
KILLS_A_ROUND = 5
PATIENCE = 240
_TICKS = os.sysconf("SC_CLK_TCK")
_HANDLER = re.compile(rb"lambdas/([\w/]+)\.handler")
_NAMED_ENDS = frozenset({"succeeded", "failed", "held", "lost"})
Say = Callable[[str], None]


@dataclass
class Killed:
    """What was killed, by handler, and how the runs ended."""

    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    events: int = 0
    records: int = 0
    seconds: float = 0.0

    def in_words(self) -> str:
        """Return it as text."""
        kills = ", ".join(f"{name} {number}" for name, number in self.kills.most_common())
        ends = ", ".join(f"{end} {number}" for end, number in self.ends.most_common())
        return (
            f"real processes: {sum(self.kills.values())} killed ({kills}); runs: {ends}; "
            f"{self.events:,} events, {self.records:,} records as the ERP has them; {self.seconds:.0f} s\n"
        )


def rounds_of(runs: int) -> int:
    """Return how many rounds belong to so many executions of the soak."""
    return max(2, min(12, runs // 800))


class Killer(threading.Thread):
    """Kills workers at work at moments by lot; at most ``most`` of them, of each handler one."""

    def __init__(self, parent: int, random: Random, most: int) -> None:
        super().__init__(daemon=True)
        self._parent, self._random, self._left = parent, random, most
        self._known: dict[int, float] = {}
        self.kills: Counter[str] = Counter()
        self.done = threading.Event()

    def run(self) -> None:
        while self._left and not self.done.is_set():
            until = time.monotonic() + self._random.uniform(0, 1)
            while time.monotonic() < until:
                self._at_work()
                time.sleep(0.01)
            busy = [one for one in self._at_work() if one[1] not in self.kills]
            if busy:
                pid, name = self._random.choice(busy)
                os.kill(pid, signal.SIGKILL)
                self.kills[name] += 1
                self._left -= 1

    def _at_work(self) -> list[tuple[int, str]]:
        """Return the workers that have used a processor since they were last looked at."""
        found = []
        for pid, name, cpu in _workers(self._parent):
            if cpu > self._known.get(pid, cpu):
                found.append((pid, name))
            self._known[pid] = cpu
        return found


def _workers(parent: int) -> Iterator[tuple[int, str, float]]:
    """Yield (pid, handler, CPU seconds) of the workers that the process ``parent`` started."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        handler = _HANDLER.search(command)
        if handler and int(stat[1]) == parent:
            yield int(entry.name), handler[1].decode(), (int(stat[11]) + int(stat[12])) / _TICKS


class Arrived:
    """What arrived at the consumer: each event once, whatever SQS repeats."""

    def __init__(self) -> None:
        self._ids: dict[str, Any] = {}
        self._versions: dict[tuple[str, int], Any] = {}

    def take(self, events: list[dict[str, Any]]) -> None:
        """Note events; raises Broken for two contents under one id, or one version."""
        for event in events:
            content = (event["type"], event["data"])
            if self._ids.setdefault(event["id"], content) != content:
                raise Broken(f"I2: the event {event['id']} has two contents")
            key = (event["data"]["id"], event["entityversion"])
            if self._versions.setdefault(key, content) != content:
                raise Broken(f"I2: {key} has two contents")

    def __len__(self) -> int:
        return len(self._ids)

    def newest(self) -> dict[str, Any]:
        """Return each record's newest state; raises Broken where a version says nothing new."""
        found: dict[str, Any] = {}
        last: dict[str, int] = {}
        for (key, version), content in sorted(self._versions.items(), key=lambda one: one[0][1]):
            if found.get(key) == content and version == last[key] + 1:
                raise Broken(f"I2: {key} is published twice as new, version {version}")
            found[key], last[key] = content, version
        return {key: data for key, (kind, data) in found.items() if not kind.endswith(".deleted")}


@contextmanager
def deployed() -> Iterator[tuple[Deployment, int]]:
    """Give a deployment on an embedded AWS of its own, and the process whose children the workers are."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        running = embedded_aws.start(home, port=0, extra=HASTE)
        try:
            deploy.deploy(ROOT, home, running)
            deployment = Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint)
            sqs = deployment.session.sqs
            for name in ("ErpSystem", "Lake"):
                url = deployment.outputs[f"{name}QueueUrl"]
                sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": HIDDEN_SECONDS})
            yield deployment, running.pid
        finally:
            embedded_aws.stop(home)


def killed(seed: str, rounds: int, say: Say) -> str:
    """Do so many rounds; return what came of it in words. Raises Broken."""
    with deployed() as (deployment, parent):
        customer = _open(deployment, Inbox(deployment), "acme-chaos", records=RECORDS, streams=STREAMS)
        try:
            return rounds_with(customer, parent, chance(seed), rounds, say).in_words()
        finally:
            _close(customer)


def rounds_with(customer: Customer, parent: int, random: Random, rounds: int, say: Say) -> Killed:
    """Let runs go while their workers are killed, then one in peace; hold what arrived against the ERP."""
    found, arrived, started = Killed(), Arrived(), time.monotonic()
    for number in range(rounds):
        if number:
            name = {"name": f"Navn {number}"}
            customer.order("change", stream=random.choice(STREAMS), count=random.randrange(1, 40), set=name)
            customer.order("delete", stream="department", count=random.randrange(3))
        killer = Killer(parent, random, KILLS_A_ROUND)
        killer.start()
        view = customer.run(PATIENCE)
        killer.done.set()
        killer.join()
        found.kills += killer.kills
        if view.run is None or view.run.status not in _NAMED_ENDS:
            raise Broken(f"I3: a run ended as {view.run}")
        found.ends[view.run.status] += 1
        arrived.take(customer.events())
        say(f"rig: round {number + 1} of {rounds}, {dict(killer.kills)} killed: {view.run.status}")
    _in_peace(customer, arrived)
    found.events, found.records = len(arrived), _compared(customer, arrived)
    found.seconds = time.monotonic() - started
    return found


def _in_peace(customer: Customer, arrived: Arrived) -> None:
    for _ in range(4):
        view = customer.run(PATIENCE)
        before = len(arrived)
        arrived.take(customer.events())
        if view.run is not None and view.run.status == "succeeded" and len(arrived) == before:
            return
    raise Broken(f"I3: runs in peace do not come to rest: {view.run}")


def _compared(customer: Customer, arrived: Arrived) -> int:
    """Hold what arrived against the ERP's own records; return how many there are."""
    newest, expected = arrived.newest(), {}
    for stream in STREAMS:
        reply = customer.http.request("GET", f"{customer.sandbox.url}/_sandbox/records?stream={stream}")
        mapper = customer.deployment.world.catalog.mapper("tripletex", stream)
        for record in read(reply.data)["records"]:
            data = mapper.map(record, customer.name).data
            if data is not None:
                expected[data["id"]] = data
    if newest != expected:
        wrong = [key for key in {*newest, *expected} if newest.get(key) != expected.get(key)]
        raise Broken(f"I1: {len(wrong)} records are not as the ERP has them: {sorted(wrong)[:5]}")
    return len(expected)
