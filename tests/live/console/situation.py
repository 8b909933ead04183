"""What the pages have to show: two ERPs, runs that ended well and badly, an API change, records set aside."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import urllib3

from sandbox.server import SandboxServer
from sluice.bootstrap.deployment import Deployment
from sluice.cli.operating.topics import events_of, messages
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.quarantine import Quarantined, list_quarantined
from sluice.usecases.operating.runs import RunView, show_run, start_run

Start = Callable[..., SandboxServer]
SECONDS = len("2026-01-31T23:59:59")

PATIENCE_SECONDS = 3.0
"""A queue on which nothing more came for so long has been read to its end."""

PAGES = {
    "overview": "/overview",
    "runs": "/runs",
    "run": "/runs/{held}",
    "changes": "/changes",
    "change": "/changes/{change}",
    "quarantine": "/quarantine?connection={connection}",
    "quarantined": "/quarantine/{connection}/{aside}",
    "topics": "/topics",
    "topic": "/topics/information",
    "connections": "/connections",
    "connection": "/connections/{connection}",
    "connection-new": "/connections/New?connector=tripletex",
    "connectors": "/connectors",
    "register": "/connectors/Register",
    "connector": "/connectors/tripletex",
    "notifications": "/notifications",
    "data": "/data",
    "table": "/data/tables/customer",
    "compare": "/data/compare?here={connection}&there={other}",
    "match": "/data/match",
    "charts": "/data/charts",
    "freshness": "/data/freshness",
    "audit": "/audit",
}
"""Every page by the name of its picture."""


@dataclass
class Customer:
    """A connection to a sandbox ERP of its own."""

    name: str
    erp: SandboxServer
    deployment: Deployment
    http: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def order(self, what: str, **body: Any) -> dict[str, Any]:
        """Order the sandbox: change, mutate, delete."""
        reply = self.http.request("POST", f"{self.erp.url}/_sandbox/{what}", json=body)
        assert reply.status == 200, reply.data
        found: dict[str, Any] = reply.json()
        return found

    def records(self, stream: str) -> list[dict[str, Any]]:
        """Return what the sandbox has of a stream."""
        reply = self.http.request("GET", f"{self.erp.url}/_sandbox/records?stream={stream}")
        found: list[dict[str, Any]] = reply.json()["records"]
        return found

    def arrived(self, stream: str) -> list[dict[str, Any]]:
        """Return the records on the information queue that are this connection's; they stay on it."""
        since = self.deployment.world.connections.get(self.name).created_at[:SECONDS]
        waiting = messages(self.deployment.queue("information"), PATIENCE_SECONDS)
        found = [
            event for message in waiting for event in events_of(message) if event["time"][:SECONDS] >= since
        ]
        return [event["data"] for event in found if event["data"]["id"].startswith(f"{self.name}/{stream}/")]

    def run(self) -> RunView:
        """Run to the end, however it ends."""
        return self.ended(self.start())

    def start(self) -> str:
        """Start a run; return its name."""
        return start_run(self.deployment.world, self.name)

    def ended(self, run: str, patience: float = 120) -> RunView:
        """Return a run once it has ended."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            view = show_run(self.deployment.world, run)
            if view.ended:
                return view
            time.sleep(0.2)
        raise AssertionError(f"run {run} did not end within {patience} s")


def connect(deployment: Deployment, erp: SandboxServer, name: str, **more: Any) -> Customer:
    """Make a connection to a running sandbox."""
    connection = Connection(name, erp.sandbox.connector.name, settings=dict(erp.settings), **more)
    deployment.desk.add(connection, {key: Secret(text) for key, text in erp.secrets.items()})
    return Customer(name, erp, deployment)


def run_side_by_side(*customers: Customer) -> list[RunView]:
    """Run them at once, each to its end."""
    started = [(customer, customer.start()) for customer in customers]
    return [customer.ended(run) for customer, run in started]


@dataclass(frozen=True)
class Situation:
    """``held`` is the run that an API change failed, ``change`` its incident's id, ``aside`` a record."""

    customer: Customer
    other: Customer
    held: str
    change: str
    aside: Quarantined

    def address(self, page: str) -> str:
        """Return the address of a page of PAGES."""
        given = {
            "connection": self.customer.name,
            "held": self.held,
            "change": self.change,
            "other": self.other.name,
            "aside": f"{self.aside.stream}/{self.aside.id}",
        }
        return PAGES[page].format(**given)


def arrange(deployment: Deployment, start: Start) -> Situation:
    """Bring the situation about."""
    streams = ("customer", "department", "product", "project")
    sizes = {"customer": 60, "department": 8, "product": 220, "project": 40}
    north = connect(
        deployment, start("tripletex", records=sizes), "nordlys", streams=streams,
        schedule="cron(0 5 * * ? *)",
    )  # fmt: skip
    fjord = connect(
        deployment, start("poweroffice", records={"customer": 60}), "fjordbygg",
        streams=("customer",), schedule="rate(6 hours)",
    )  # fmt: skip
    run_side_by_side(north, fjord)
    north.order("change", stream="product", count=8, set={"description": "Ny beskrivelse"})
    north.order("change", stream="project", count=3, set={"description": "Ny beskrivelse"})
    north.order("change", stream="customer", count=3, set={"phoneNumber": "99887766"})
    north.order("mutate", mutation="D44:project.name=projectName")
    north.order("mutate", mutation="D52/null:product.name@0.01")
    held = north.run().execution
    assert held is not None
    (change,) = [one for one in list_changes(deployment.world, north.name) if one.stream == "project"]
    aside = next(list_quarantined(deployment.world, north.name))
    return Situation(north, fjord, held.name, change.id, aside)
