"""A sandbox of ERPNext: fields and filters are JSON texts in the query; read by the engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Connector
from sluice.model.secret import Secret
from tests.unit.sandbox.client import Client
from tests.unit.sandbox.test_relay import read

STREAMS = sorted(catalog().connector("erpnext").streams)
SECRETS = {"api_key": Secret("sandbox-api_key"), "api_secret": Secret("sandbox-api_secret")}


@pytest.fixture(scope="module")
def erpnext() -> Connector:
    return catalog().connector("erpnext")


@pytest.fixture
def client(start: Callable[..., Client], erpnext: Connector) -> Client:
    found = start(erpnext, scale=0.1, records={"customer": 1000})
    found.headers = {"Authorization": "token sandbox-api_key:sandbox-api_secret"}
    return found


@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_is_read_whole(client: Client, stream: str) -> None:
    records, pages = read(client, stream, secrets=SECRETS)
    assert records == client.truth(stream)
    # Of hours, the list and then one page for each timesheet that is asked for; see below.
    assert pages == {"customer": 4, "time_entry": 31}.get(stream, 2)


def test_an_increment_gives_what_changed(client: Client) -> None:
    # The look-back of 13 hours reaches behind it, and the sandbox's records are older than a day.
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert read(client, "customer", secrets=SECRETS, since=since)[0] == []
    changed = client.admin("change", stream="customer", count=3, set={"customer_name": "Ny AS"})["changed"]
    records, _ = read(client, "customer", secrets=SECRETS, since=since)
    assert sorted(record["name"] for record in records) == sorted(changed)
    assert {record["customer_name"] for record in records} == {"Ny AS"}


def test_fields_and_filters_that_are_no_json_are_refused(client: Client) -> None:
    status, body = client.get("/api/resource/Customer", fields="name", limit_page_length=5)
    assert (status, body["exc_type"]) == (417, "ValidationError")
    status, body = client.get("/api/resource/Customer", fields='["shoe"]', limit_page_length=5)
    assert (status, body["exc_type"]) == (417, "DataError")
    assert "shoe" in body["_server_messages"]
