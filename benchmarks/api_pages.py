"""Pages of the HTTP API over much: python -m benchmarks.api_pages [--runs N] [--changes N] [--lake FOLDER].

It starts an embedded AWS of its own, deploys, writes connections, runs and API changes through the registry,
and asks for pages over HTTP with a token of the user pool, as a console does. With --lake it puts in the
invoices that `python -m benchmarks.lake_pages --keep FOLDER` has written, and asks for pages of them. It
never fails for being slow.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import urllib3

from benchmarks.machine import processor_seconds, told_of_the_machine
from sluice.aws.cognito_users import random_password
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.lake.folder import files_in, path_in
from sluice.local import deploy, embedded_aws
from sluice.model.change import Action, Change, Severity
from sluice.model.connection import Connection
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.fleet import Fleet
from sluice.registry.incidents import Incidents, Sighting
from sluice.registry.runs import KEEP_DAYS, Run
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from sluice.usecases.deciding.changes import complete_index
from sluice.usecases.world import World, iso

CONNECTORS = ("tripletex", "fiken", "poweroffice", "xledger", "fortnox")
STREAMS = ("customer", "invoice", "project")
ERRORS = (None, None, None, None, None, None, None, None, "ErpUnavailable", "ApiChanged")
"""How runs ended, by turns: None is well."""

TURNS, WARM = 20, 2


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are."""

    runs: int
    changes: int
    connections: int


def main() -> None:
    """Fill an embedded AWS and print what each page takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=2_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--lake", type=Path, metavar="FOLDER", help="What lake_pages --keep has written.")
    given = parser.parse_args()
    size = Size(given.runs, given.changes, given.connections)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        running = embedded_aws.start(home)
        try:
            deploy.deploy(ROOT, home, running)
            deployment = Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint)
            began = time.monotonic()
            fill(deployment.world, size)
            complete_index(deployment.world)  # as `sluice up` does
            if given.lake:
                copy_lake(deployment.world, given.lake.resolve())
            click.echo(f"{size} written in {time.monotonic() - began:.0f} s")
            measure(Client(deployment, running.pid), has_lake=given.lake is not None)
        finally:
            embedded_aws.stop(home)


def fill(world: World, size: Size) -> None:
    """Write connections with cursors, runs over the days that they are kept, and API changes."""
    names = [f"customer-{number:03d}" for number in range(size.connections)]
    connectors = {name: CONNECTORS[at % len(CONNECTORS)] for at, name in enumerate(names)}
    now = datetime.now(UTC)
    for at, (name, connector) in enumerate(connectors.items()):
        schedule = "rate(1 hour)" if at % 2 else "cron(0 5 * * ? *)"
        world.connections.add(Connection(name, connector, streams=STREAMS, schedule=schedule))
        for stream in STREAMS:
            Cursors(world.state, name).put(stream, Cursor(committed_at=iso(now)))
    apart = timedelta(days=KEEP_DAYS - 1) / size.runs
    with ThreadPoolExecutor(8) as pool:
        for number in range(size.runs):
            name = names[number % len(names)]
            run = run_of(number, name, connectors[name], now - apart * (size.runs - number))
            pool.submit(world.runs.put, run, int(now.timestamp()) + KEEP_DAYS * 86_400)
        for number in range(size.changes):
            name = names[number % len(names)]
            pool.submit(meet, world, number, name, connectors[name])


def copy_lake(world: World, folder: Path) -> None:
    """Put the files of a lake into the bucket."""
    for file in files_in(folder):
        world.objects.put_file(file.key, path_in(folder, file))


def run_of(number: int, name: str, connector: str, at: datetime) -> Run:
    """Return a run; the same numbers give the same one."""
    error = ERRORS[number * 7 % len(ERRORS)]
    return Run(
        id=f"{name}-{number:06d}",
        connection=name,
        connector=connector,
        trigger="manual" if number % 9 == 0 else "schedule",
        started_at=iso(at),
        status="failed" if error else "succeeded",
        ended_at=iso(at + timedelta(seconds=40)),
        error=error,
        cause=f"HTTP 503 from the ERP, request {number}" if error else None,
        counts={
            "fetched": number % 5000,
            "mapped": number % 5000,
            "unchanged": 0,
            "published": number % 5000,
        },
    )


def meet(world: World, number: int, name: str, connector: str) -> None:
    """Note an API change on a connection, as a run does; several connections of a vendor meet each."""
    stream = STREAMS[number % len(STREAMS)]
    path = f"field_{number // 50}"
    action = (Action.NOTIFY, Action.NOTIFY, Action.QUARANTINE, Action.HOLD)[number % 4]
    evidence = {"records": 200, "examples": [f"value {at}" for at in range(5)]}
    change = Change("D44", "field_renamed", path, "there", "absent", Severity.HIGH, action, evidence=evidence)
    at = iso(datetime.now(UTC) - timedelta(minutes=number))
    sighting = Sighting(f"{name}-{number:06d}", stream, "ApiChanged", change.in_words(), at, change)
    incident, _ = Incidents(world.state, name).report(sighting)
    Fleet(world.state, connector).sight(stream, change, name, at)
    if number % 20:
        Incidents(world.state, name).close(incident.id, at)


class Client:
    """A signed-in person's program; ``server`` is the process of the embedded AWS."""

    def __init__(self, deployment: Deployment, server: int) -> None:
        self.server = server
        self._http, self._url = urllib3.PoolManager(), deployment.api_url
        password = random_password()
        deployment.users.add("bench", "admin")
        deployment.users.set_password("bench", password, permanent=True)
        parameters = {"USERNAME": "bench", "PASSWORD": password.reveal()}
        answer = deployment.session.cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=deployment.outputs["UserPoolClientId"],
            AuthParameters=parameters,
        )
        self._token = answer["AuthenticationResult"]["AccessToken"]

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Return what the API answers; raises RuntimeError unless it is well."""
        url = f"{self._url}{path}?{urlencode(query)}"
        reply = self._http.request("GET", url, headers={"Authorization": f"Bearer {self._token}"})
        if reply.status != 200:
            raise RuntimeError(f"{url}: {reply.status} {reply.data[:300]!r}")
        found: dict[str, Any] = reply.json()
        return found

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield page after page, to the end."""
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, **query, **cursor)
            yield page
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def cursor_of_page(self, number: int, path: str, **query: Any) -> str:
        """Return the cursor of the page of this number, from 1, or of the last one."""
        found = ""
        for at, page in enumerate(self.pages(path, **query), 2):
            if at > number or page["next"] is None:
                break
            found = page["next"]
        return found


def measure(client: Client, *, has_lake: bool) -> None:
    """Print what pages take: the first of all, which starts the function, then the middle, p95, the worst."""
    began = time.monotonic()
    client.get("/me")
    click.echo(f"cold start: {(time.monotonic() - began) * 1000:.0f} ms")
    click.echo(
        f"{told_of_the_machine()}; load {os.getloadavg()[0]:.0f}; ms, {TURNS} turns; CPU of all processes"
    )
    click.echo(f"{'':44}{'first':>8}{'middle':>8}{'p95':>8}{'worst':>8}{'CPU':>8}")
    pages = [*wanted(client), *(records() if has_lake else ())]
    for name, path, query in pages:
        _print(client, name, partial(client.get, path, **query))
    began = time.monotonic()
    seen = [run["id"] for page in client.pages("/runs", limit=200) for run in page["items"]]
    spent = time.monotonic() - began
    click.echo(f"leafed through all: {len(seen):,} runs, {len(set(seen)):,} different, in {spent:.1f} s")


def records() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield pages of the lake's invoices with the number of all, as the console asks for them."""
    path = "/data/entities/invoice/records"
    fields = "number,connection,status,issue_date,due_date,customer_id,currency,total_including_tax"
    shown = {"fields": fields, "total": "true"}
    is_open = json.dumps({"status": "open", "issue_date": {">=": "2024-01-01"}})
    yield "records: newest change first", path, shown
    yield "records: by date", path, {**shown, "sort": "issue_date"}
    yield "records: by number, a text", path, {**shown, "sort": "number", "order": "asc"}
    yield "records: filtered, by amount", path, {**shown, "filter": is_open, "sort": "total_including_tax"}
    yield "records: searched for digits", path, {**shown, "q": "77777"}
    yield "records: searched for a digit", path, {**shown, "q": "7"}
    yield "records: searched for a text", path, {**shown, "q": "none has this"}
    yield "entities", "/data/entities", {}


def wanted(client: Client) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what is measured: what it is, path, query."""
    recent = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%d")
    older = (datetime.now(UTC) - timedelta(days=60)).strftime("%Y-%m-%d")
    yield "who asks", "/me", {}
    yield "runs: first page", "/runs", {}
    yield "runs: first page of 200", "/runs", {"limit": 200}
    yield "runs: of one connection", "/runs", {"connection": "customer-007"}
    yield "runs: failed", "/runs", {"status": "failed"}
    yield "runs: manual, a month", "/runs", {"trigger": "manual", "since": recent}
    yield "runs: two months ago", "/runs", {"until": older}
    yield "runs: a text that few have", "/runs", {"text": "request 9"}
    yield "runs: a text that none has", "/runs", {"text": "no run says so"}
    yield "runs: failed, of one connection", "/runs", {"status": "failed", "connection": "customer-003"}
    for number in (10, 100, 199):
        cursor = client.cursor_of_page(number, "/runs")
        yield f"runs: page {number}", "/runs", {"cursor": cursor}
    yield "changes: first page", "/changes", {}
    yield "changes: open, of one connection", "/changes", {"state": "open", "connection": "customer-007"}
    cursor = client.cursor_of_page(30, "/changes")
    yield "changes: page 30", "/changes", {"cursor": cursor}
    one = client.get("/changes", limit=1)["items"][0]["id"]
    yield "changes: one", f"/changes/{one}", {}
    yield "connections", "/connections", {}
    yield "overview", "/overview", {}


def _print(client: Client, name: str, ask: Callable[[], object]) -> None:
    spent, processor = [], 0.0
    for turn in range(TURNS + WARM):
        if turn == WARM:
            processor = processor_seconds(client.server)
        began = time.monotonic()
        ask()
        spent.append((time.monotonic() - began) * 1000)
    cpu = (processor_seconds(client.server) - processor) / TURNS * 1000
    warm = sorted(spent[WARM:])
    p95 = warm[math.ceil(len(warm) * 0.95) - 1]
    click.echo(f"{name:44}{spent[0]:8.0f}{statistics.median(warm):8.0f}{p95:8.0f}{warm[-1]:8.0f}{cpu:8.0f}")


if __name__ == "__main__":
    main()
