"""A sandbox of QuickBooks: streams share one path, and what is asked for stands in the text of a query."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.spec import Connector
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender
from tests.unit.sandbox.client import Client

STREAMS = sorted(catalog().connector("quickbooks").streams)

Record = dict[str, Any]


@pytest.fixture(scope="module")
def quickbooks() -> Connector:
    return catalog().connector("quickbooks")


@pytest.fixture
def client(start: Callable[..., Client], quickbooks: Connector) -> Client:
    return start(quickbooks, scale=0.1, records={"customer": 1_000, "department": 0})


def read(client: Client, stream: str, since: str | None = None) -> list[Record]:
    """Return the records of a whole read, or of changes since a moment."""
    connector, sandbox = client.server.sandbox.connector, client.server.sandbox
    secrets = {name: Secret(text) for name, text in sandbox.secrets.items()}
    began = datetime.now(UTC)
    plan = ReadPlan(
        connector, connector.streams[stream], client.server.settings, secrets, Selection(), since, began
    )
    reader = StreamReader(plan)
    records: list[Record] = []
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            records += outcome.records if isinstance(outcome, Page) and not outcome.tombstones else []
    return records


def queries(client: Client, stream: str) -> list[str]:
    seen = [one["query"] for one in client.look()["seen"] if one["stream"] == stream]
    return [query["query"] for query in seen if "query" in query]


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_is_read_whole(client: Client, stream: str) -> None:
    records = read(client, stream)
    assert records == client.truth(stream)
    assert bool(records) is (stream != "department")
    assert {one["stream"] for one in client.look()["seen"]} == {"login", stream}


def test_pages_overlap_by_a_record_and_end_with_one_that_goes_no_further(client: Client) -> None:
    assert len(read(client, "customer")) == 1_000
    places = [text.partition("startposition ")[2] for text in queries(client, "customer")]
    assert places == [f"{place} maxresults 500" for place in (1, 500, 999, 1000)]


@pytest.mark.parametrize("stream", [name for name in STREAMS if name != "department"])
def test_only_what_has_changed_is_in_an_increment(client: Client, stream: str) -> None:
    since = (datetime.now(UTC) + timedelta(minutes=9)).isoformat()
    assert read(client, stream, since) == []
    (key,) = client.server.sandbox.connector.streams[stream].key
    identity = client.truth(stream)[1][key[0]]
    client.admin("change", stream=stream, id=identity)
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert [one[key[0]] for one in read(client, stream, since)] == [identity]
    assert "MetaData.LastUpdatedTime >= '" in queries(client, stream)[-1]


def test_a_list_that_is_lost_on_the_way_is_read_again(client: Client) -> None:
    client.admin("faults", kind="drop_list_path", stream="customer", after_requests=1)
    records = read(client, "customer")
    assert len(records) == 500 + 1_000
    assert records[500:] == client.truth("customer")
