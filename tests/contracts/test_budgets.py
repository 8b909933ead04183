"""Ten connections share one key: a vendor that bans never sees one request too many. Real HTTP, real time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.aws.dynamo_table import DynamoTable
from sluice.aws.session import AwsSession
from sluice.connector.outcomes import Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.local.memory_table import MemoryTable
from sluice.local.system_clock import SystemClock
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.ports.sender import Sender
from sluice.ports.table import Item, Table
from sluice.registry.budgets.sending import Caller, budgeted
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.fetching.reading import read_pages
from tests.unit.connector.scripted import CONNECTOR, toy

CONNECTIONS = 10
RECORDS = 6
PAGES = RECORDS - 1
"""Of two records, each beginning at the last record of the one before."""

LIMIT = "limits: [{requests: 10, seconds: 1, shared_by: [{secret: api_key}]}]\n"
AT_ONCE = "limits: [{concurrent: 2, shared_by: [{secret: api_key}]}]\n"


class Jittery:
    """A way to the vendor on which requests take unequally long, so that they bunch up."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, request: Request) -> Reply:
        time.sleep(random.choice([0, 0, 0.05, 0.4]))  # noqa: S311  (jitter)
        return self._sender.send(request)


class OneAtATime:
    """moto checks and writes in two steps, and shows a reader what is half written; DynamoDB does neither."""

    def __init__(self, table: DynamoTable) -> None:
        self._table, self._lock = table, Lock()

    def get(self, partition: str, sort: str) -> Item | None:
        with self._lock:
            return self._table.get(partition, sort)

    def put(self, *keys: Any, **conditions: Any) -> int:
        with self._lock:
            return self._table.put(*keys, **conditions)

    def delete(self, partition: str, sort: str, *, expected: int | None = None) -> None:
        with self._lock:
            self._table.delete(partition, sort, expected=expected)

    def query(self, partition: str, prefix: str = "", **how: Any) -> Iterator[Item]:
        with self._lock:
            found = list(self._table.query(partition, prefix, **how))
        yield from found


@pytest.fixture(params=["memory", "dynamodb"])
def table(request: pytest.FixtureRequest) -> Table:
    if request.param == "memory":
        return MemoryTable()
    aws: AwsSession = request.getfixturevalue("aws")
    keys = {"pk": "HASH", "sk": "RANGE"}
    aws.dynamodb.create_table(
        TableName="state",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],  # type: ignore[typeddict-item]
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    return OneAtATime(DynamoTable(aws.dynamodb, "state"))


@pytest.fixture
def vendor() -> Iterator[Callable[[str], SandboxServer]]:
    """Start a vendor that bans whoever breaks its limits."""
    running: list[SandboxServer] = []

    def start(limits: str) -> SandboxServer:
        options = Options(records={"thing": RECORDS}, bans=True)
        running.append(serve(toy(CONNECTOR + limits), 0, options))
        return running[-1]

    yield start
    for server in running:
        server.close()


def read(server: SandboxServer, connection: str, table: Table | None) -> int:
    """Read one connection's stream to its end, waiting as told; return how many pages came."""
    connector = server.sandbox.connector
    plan, clock = _plan(connector, server), SystemClock()
    caller = Caller(connection, connector, Scope(plan.settings, plan.secrets, clock.now()))
    with closing(ErpSender(allow_loopback_http=True)) as http:
        if table is None:
            return _pages(StreamReader(plan), Jittery(http))
        with closing(budgeted(Jittery(http), clock, table, caller)) as sender:
            return _pages(StreamReader(plan), sender)


def _pages(reader: StreamReader, sender: Sender) -> int:
    clock, pages, throttled = SystemClock(), 0, True
    while throttled:
        throttled = False
        for event in read_pages(reader, sender, clock):
            pages += isinstance(event, Page)
            if isinstance(event, Throttled):
                throttled = True
                clock.sleep((event.resume_at - clock.now()).total_seconds())
    return pages


def _plan(connector: Connector, server: SandboxServer) -> ReadPlan:
    return ReadPlan(
        connector=connector,
        stream=connector.streams["thing"],
        settings=complete_settings(connector, server.settings),
        secrets={name: Secret(text) for name, text in server.secrets.items()},
        selection=Selection(),
        since=None,
        started_at=datetime.now(UTC),
    )


def all_at_once(server: SandboxServer, table: Table | None, connections: int = CONNECTIONS) -> list[int]:
    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(lambda n: read(server, f"connection{n}", table), range(connections)))


def seen(server: SandboxServer, limit: str) -> int:
    """Return the most that the vendor saw; it has banned nobody."""
    found = server.sandbox.warden.look()
    assert found["banned"] == 0, found
    most: dict[str, int] = found["most"]
    return most[limit]


@pytest.mark.thorough(most=1)
def test_ten_connections_with_ten_requests_a_second_never_make_it_eleven(
    vendor: Callable[[str], SandboxServer], table: Table
) -> None:
    server = vendor(LIMIT)
    assert all_at_once(server, table) == [PAGES] * CONNECTIONS
    assert 2 <= seen(server, "10 requests in 1 s") <= 10  # the budget is there to be used


def test_two_at_once_are_never_three(vendor: Callable[[str], SandboxServer]) -> None:
    server = vendor(AT_ONCE)
    assert all_at_once(server, MemoryTable(), 3) == [PAGES] * 3
    assert seen(server, "2 requests at once") <= 2


def test_without_a_budget_the_vendor_bans_the_key(vendor: Callable[[str], SandboxServer]) -> None:
    server = vendor(LIMIT)
    with pytest.raises(Exception, match="403"):
        all_at_once(server, None)
    assert server.sandbox.warden.look()["banned"] == 1
