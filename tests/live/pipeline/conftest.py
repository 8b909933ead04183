"""One deployment on the embedded AWS for all tests here, from the same serverless.yml that goes to AWS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local import deploy, embedded_aws
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from sluice.usecases.operating.runs import RunView, show_run, start_run
from tests.live.pipeline.inbox import Inbox

CANARY = "canary-7f3a91"
"""Part of every secret used here: it must be found nowhere but in the secret store."""


HASTE = {"SFN_WAIT_SCALE": "0.25"}
"""State machines wait and retry four times as fast: how often they do is as it is deployed."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sluice-home")


@pytest.fixture(scope="session")
def deployment(home: Path) -> Iterator[Deployment]:
    running = embedded_aws.start(home, port=0, extra=HASTE)
    try:
        deploy.deploy(ROOT, home, running)
        yield Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint)
    finally:
        embedded_aws.stop(home)


@pytest.fixture(scope="session")
def inbox(deployment: Deployment) -> Inbox:
    return Inbox(deployment)


def run_to_end(deployment: Deployment, connection: str, patience: float = 180) -> RunView:
    """Start a run and return it once it has ended, however it ended."""
    return end_of(deployment, start_run(deployment.world, connection), patience)


def end_of(deployment: Deployment, run: str, patience: float = 180) -> RunView:
    """Return a run, or a replay, once it has ended, however it ended."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        view = show_run(deployment.world, run)
        if view.ended:
            return view
        time.sleep(0.2)
    raise AssertionError(f"run {run} did not end within {patience} s")


@dataclass
class Customer:
    """A connection to a sandbox ERP of its own."""

    name: str
    sandbox: SandboxServer
    deployment: Deployment
    inbox: Inbox
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def run(self, patience: float = 180) -> RunView:
        """Run to the end, however it ends."""
        return run_to_end(self.deployment, self.name, patience)

    def order(self, what: str, **body: Any) -> dict[str, Any]:
        """Order the sandbox: change, delete, clear, faults."""
        reply = self.http.request("POST", f"{self.sandbox.url}/_sandbox/{what}", json=body)
        assert reply.status == 200, reply.data
        found: dict[str, Any] = reply.json()
        return found

    def events(self) -> list[dict[str, Any]]:
        return self.inbox.events(self.name)

    def notices(self) -> list[dict[str, Any]]:
        return self.inbox.notices(self.name)


def _open(deployment: Deployment, inbox: Inbox, name: str, **more: Any) -> Customer:
    connector = more.pop("connector", "tripletex")
    spec = deployment.world.catalog.connector(connector)
    options = Options(
        scale=more.pop("scale", 1.0),
        records=more.pop("records", None) or {},
        secrets={secret: f"{CANARY}-{secret}" for secret in spec.secrets},
    )
    server = serve(spec, 0, options)
    secrets = more.pop("secrets", server.secrets)
    connection = Connection(name, connector, settings=dict(server.settings), **more)
    deployment.desk.add(connection, {key: Secret(text) for key, text in secrets.items()})
    return Customer(name, server, deployment, inbox)


def _close(customer: Customer) -> None:
    customer.deployment.desk.remove(customer.name)
    customer.sandbox.close()


@pytest.fixture
def customer_of(deployment: Deployment, inbox: Inbox) -> Iterator[Callable[..., Customer]]:
    """Make connections to sandbox ERPs: ``customer_of("acme", {"customer": 100})``."""
    opened: list[Customer] = []

    def make(name: str, records: dict[str, int] | None = None, **more: Any) -> Customer:
        opened.append(_open(deployment, inbox, name, records=records, **more))
        return opened[-1]

    yield make
    for customer in opened:
        _close(customer)


@pytest.fixture(scope="session", autouse=True)
def scheduled(deployment: Deployment, inbox: Inbox) -> Iterator[Customer]:
    """A connection that runs every minute from the start, while the other tests go on."""
    customer = _open(deployment, inbox, "acme-scheduled", scale=0.02, schedule="rate(1 minute)")
    yield customer
    _close(customer)
