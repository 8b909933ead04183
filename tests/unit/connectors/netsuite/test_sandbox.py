"""A sandbox of NetSuite: streams share one path, and what is asked for stands in the text of a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import orjson
import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.connector.outcomes import Page
from sluice.transport.erp_sender import ErpSender
from tests.unit.connectors.harness import harness

NETSUITE = harness("netsuite")
SIZES = {"activity": 5, "customer": 1_001, "department": 3}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    server = serve(NETSUITE.connector, 0, Options(scale=0.02, records=SIZES, today=date(2026, 11, 21)))
    yield server
    server.close()


def read(server: SandboxServer, stream: str, since: datetime | None = None) -> list[str]:
    """Return the ids of what a sandbox answers to a whole read, or to one of changes since a moment."""
    there = harness("netsuite", server.settings, server.sandbox.secrets, now=datetime.now(UTC))
    reader = there.reader(stream, since.isoformat() if since else None)
    found: list[str] = []
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            found += [one["id"] for one in outcome.records] if isinstance(outcome, Page) else []
    return found


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("stream", sorted(NETSUITE.streams))
def test_a_sandbox_tells_the_streams_apart_by_their_queries(sandbox: SandboxServer, stream: str) -> None:
    found = read(sandbox, stream)
    first = int(NETSUITE.streams[stream].schema["properties"]["id"]["sample"]["number_text"])
    assert found == [str(first + number) for number in range(len(found))]
    assert len(found) == SIZES.get(stream, round(NETSUITE.streams[stream].sandbox_records * 0.02))


@pytest.mark.thorough(most=3)
@pytest.mark.parametrize("stream", sorted(NETSUITE.streams.keys() - {"account", "department"}))
def test_only_what_has_changed_is_in_an_increment(sandbox: SandboxServer, stream: str) -> None:
    assert read(sandbox, stream, datetime.now(UTC) + timedelta(days=3)) == []
    changed = read(sandbox, stream)[1]
    order = orjson.dumps({"stream": stream, "id": changed})
    there = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    there.request("POST", "/_sandbox/change", order)
    assert there.getresponse().status == 200
    there.close()
    assert read(sandbox, stream, datetime.now(UTC)) == [changed]
