"""Connections on the embedded AWS whose runs are metered: what each used, and what was done beside it."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import boto3

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.metered import KEY, Metered
from sluice.model.secret import Secret
from sluice.registry.usages import Usage, Usages
from sluice.usecases.operating.cost import units_of
from sluice.usecases.operating.runs import show_run, start_run

BESIDE = ("keep_usage", "write_lake", "deliver_notification")
"""Functions that work for runs without being a step of one: they log what they used."""

_EVERY = 0.1
_PATIENCE = 120.0
_VCPU_MB = 1769
"""Memory with which a function has one whole processor; with less it has that share of one."""


@dataclass(slots=True)
class MeteredRun:
    """What a run used, and what was done beside it; ``units`` are by their names in prices.yaml.

    ``lambda_gb_second`` is as metered here, where every function had a whole processor, if another one did
    not want it. ``times`` are by function: its GB-seconds, and the seconds for which a processor worked.
    """

    name: str
    streams: int
    changed: int
    read: int
    seconds: float
    usage: Usage
    units: dict[str, Decimal] = field(default_factory=dict)
    times: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    @property
    def stretched(self) -> Decimal:
        """GB-seconds, were every function given no more of a processor than AWS gives it."""
        each = (max(metered, worked * _VCPU_MB / 1024) for metered, worked in self.times.values())
        return sum(each, Decimal(0))


class Rig:
    """A deployment with connections of sandboxes."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self._logs = boto3.client(
            "logs",
            endpoint_url=deployment.endpoint,
            region_name=deployment.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the embedded AWS checks none
        )

    @contextmanager
    def connected(
        self, name: str, connector: str, streams: tuple[str, ...], each: int
    ) -> Iterator[SandboxServer]:
        """Give a sandbox with so many records in each of these streams, and a connection to it."""
        known = self.deployment.world.catalog.connector(connector)
        options = Options(scale=0, records=dict.fromkeys(streams, each))
        with serve(known, 0, options) as erp:
            secrets = {key: Secret(text) for key, text in erp.secrets.items()}
            self.deployment.desk.add(
                Connection(name, connector, dict(erp.settings), streams=streams), secrets
            )
            yield erp

    def run(self, connection: str, name: str, changed: int = 0) -> MeteredRun:
        """Run to the end, and until all that follows from it is done; raises RuntimeError where it fails."""
        world, began, started = self.deployment.world, time.time(), time.monotonic()
        run = start_run(world, connection)
        while not (view := show_run(world, run)).ended:
            time.sleep(_EVERY)
        seconds = time.monotonic() - started
        if view.execution is None or view.execution.status != "SUCCEEDED":
            raise RuntimeError(f"{name}: {view.to_json()}")
        usage = self._settled(run)
        streams = world.connections.get(connection).streams or ()
        found = MeteredRun(name, len(streams), changed, usage.records, seconds, usage)
        units: dict[str, Decimal] = {**units_of(usage.used)}
        for state, metered in usage.used.gb_seconds.items():
            found.times[state] = (Decimal(metered), Decimal(usage.used.cpu_seconds.get(state, "0")))
        for function, metered_beside in self._beside(began):
            _add(units, metered_beside)
            gb_seconds, worked = found.times.get(function, (Decimal(0), Decimal(0)))
            more = Decimal(metered_beside.cpu_ms) / 1000
            found.times[function] = (gb_seconds + metered_beside.gb_seconds, worked + more)
        found.units = {kind: amount for kind, amount in sorted(units.items()) if amount}
        self._forget_events()
        return found

    def _forget_events(self) -> None:
        """Empty the consumer's queue: the embedded AWS keeps it in memory, and nobody reads it here."""
        url = self.deployment.outputs["InformationQueueUrl"]
        self.deployment.session.sqs.purge_queue(QueueUrl=url)

    def _settled(self, run: str) -> Usage:
        """Return what is kept of the run, when the lake has taken all of its events."""
        lake, kept = self.deployment.world.queues["lake"], Usages(self.deployment.world.runs_table)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            usage = kept.get(run)
            if usage is not None and lake.depth() == 0:
                time.sleep(2)  # the last invocation's log comes after its answer
                return usage
            time.sleep(_EVERY)
        raise RuntimeError(f"{run}: nothing was kept of it, or the lake did not take its events")

    def _beside(self, began: float) -> Iterator[tuple[str, Metered]]:
        for function in BESIDE:
            group = f"/aws/lambda/sluice-{self.deployment.stage}-{function}"
            try:
                pages = list(
                    self._logs.get_paginator("filter_log_events").paginate(
                        logGroupName=group, startTime=int(began * 1000)
                    )
                )
            except self._logs.exceptions.ResourceNotFoundException:
                continue
            for event in (event for page in pages for event in page["events"]):
                yield from ((function, metered) for metered in _logged(event["message"]))


def change(erp: SandboxServer, stream: str, count: int, text: str) -> None:
    """Change so many records of a stream of the sandbox, as somebody in the ERP would."""
    body = json.dumps({"stream": stream, "count": count, "set": {"description": text}}).encode()
    request = urllib.request.Request(f"{erp.url}/_sandbox/change", body)  # noqa: S310 - on this machine
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        answer.read()


def _logged(line: str) -> Iterator[Metered]:
    try:
        found = json.loads(line)
    except ValueError:
        return
    if isinstance(found, dict) and isinstance(found.get(KEY), dict):
        yield Metered.from_json(found[KEY])


def _add(units: dict[str, Decimal], metered: Metered) -> None:
    more = {kind: Decimal(found) for kind, found in metered.requests.items()}
    more |= {"lambda_request": Decimal(1), "lambda_gb_second": metered.gb_seconds}
    for kind, amount in more.items():
        units[kind] = units.get(kind, Decimal(0)) + amount
