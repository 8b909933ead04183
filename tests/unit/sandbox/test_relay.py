"""A sandbox of Xledger: GraphQL in one address, cursors of records, times of Oslo; read by the engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.shelves import moment_of
from sluice.bootstrap.documents import catalog
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged, CredentialsRejected
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender
from tests.unit.sandbox.client import Client

STREAMS = sorted(catalog().connector("xledger").streams)

Record = dict[str, Any]


@pytest.fixture(scope="module")
def xledger() -> Connector:
    return catalog().connector("xledger")


def served(start: Callable[..., Client], xledger: Connector, customers: int = 20) -> Client:
    found = start(xledger, scale=0.01, records={"customer": customers})
    found.headers = {"Authorization": "token sandbox-token"}
    return found


@pytest.fixture
def client(start: Callable[..., Client], xledger: Connector) -> Client:
    return served(start, xledger)


def read(client: Client, stream: str, **given: Any) -> tuple[list[Record], int]:
    """Return the records of a whole read, or of changes since a moment, and how many pages they came on."""
    connector = client.server.sandbox.connector
    secrets = {"token": Secret("sandbox-token")}
    plan: dict[str, Any] = {"selection": Selection(), "since": None, "secrets": secrets, **given}
    settings, began = client.server.settings, datetime.now(UTC)
    reader = StreamReader(ReadPlan(connector, connector.streams[stream], settings, started_at=began, **plan))
    records: list[Record] = []
    pages = 0
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            if isinstance(outcome, Page):
                records += outcome.records
                pages += 1
    return records, pages


@pytest.mark.thorough(most=3)
@pytest.mark.parametrize("stream", STREAMS)
def test_every_stream_is_read_whole(client: Client, stream: str) -> None:
    records, pages = read(client, stream)
    assert records == client.truth(stream)
    assert pages == 1


def test_a_long_stream_is_read_whole(start: Callable[..., Client], xledger: Connector) -> None:
    client = served(start, xledger, 10_001)
    records, pages = read(client, "customer")
    assert records == client.truth("customer")
    assert pages == 3


def test_only_the_fields_that_are_asked_for_come_and_the_cursor(client: Client) -> None:
    records, _ = read(client, "customer", selection=Selection(frozenset({("node", "code")})))
    assert [set(record) for record in records[:2]] == [{"cursor", "node"}] * 2
    assert records[0]["node"] == {"dbId": 11_000_001, "code": "10001"}


def test_an_increment_gives_what_changed_by_the_clock_of_oslo(client: Client) -> None:
    since = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert read(client, "customer", since=since) == ([], 1)
    order = {"stream": "customer", "count": 3, "set": {"node.description": "Ny AS"}}
    changed = client.admin("change", **order)["changed"]
    records, _ = read(client, "customer", since=since)
    assert sorted(str(record["node"]["dbId"]) for record in records) == sorted(changed)
    assert {record["node"]["description"] for record in records} == {"Ny AS"}
    clock = datetime.now(ZoneInfo("Europe/Oslo")).replace(tzinfo=None)
    at = datetime.fromisoformat(records[0]["node"]["modifiedAt"])
    assert abs(clock - at) < timedelta(minutes=1)


def test_amounts_that_are_text_add_up(client: Client) -> None:
    for record in client.truth("invoice"):
        node = record["node"]
        assert node["amount"] == node["invoiceAmount"]
        assert abs(float(node["taxAmount"]) - 0.2 * float(node["invoiceAmount"])) < 0.01


def post(client: Client, query: str, **variables: Any) -> tuple[int, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    status, _, answer = client.send("POST", "/graphql", body)
    return status, json.loads(answer)


def test_what_is_no_query_of_ours_and_no_cursor_of_the_list_is_refused(client: Client) -> None:
    query = (
        "query project($first: Int, $after: String) { projects(first: $first, after: $after) "
        "{ pageInfo { hasNextPage } edges { cursor node { dbId } } } }"
    )
    assert post(client, query, first=2, after=None)[1] == {
        "data": {"projects": {
            "pageInfo": {"hasNextPage": False},
            "edges": [{"cursor": str(one["node"]["dbId"]), "node": {"dbId": one["node"]["dbId"]}}
                      for one in client.truth("project")],
        }}
    }  # fmt: skip
    assert (
        post(client, query, first=2, after="13000001")[1]["data"]["projects"]["edges"][0]["cursor"]
        == "13000002"
    )
    for asked, after in ((query, "nonsense"), (query.replace("projects", "shoes"), None)):
        assert post(client, asked, first=2, after=after)[0] == 400


@pytest.mark.parametrize("code", ["D31", "D32"])
def test_paging_that_breaks_is_noticed(start: Callable[..., Client], xledger: Connector, code: str) -> None:
    client = served(start, xledger, 5_001)
    client.admin("mutate", mutation=f"{code}:customer")
    with pytest.raises(ApiChanged) as caught:
        read(client, "customer")
    assert caught.value.changes[0].code == code


def test_a_field_that_is_gone_and_a_token_that_is_wrong(client: Client) -> None:
    client.admin("mutate", mutation="D42:customer.node.email")
    with pytest.raises(ApiChanged) as caught:
        read(client, "customer")
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == ("D42", "node.email")
    with pytest.raises(CredentialsRejected):
        read(client, "project", secrets={"token": Secret("wrong")})


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2026-07-01T12:00:00", "cet_datetime"),
        ("2026-07-01T10:00:00", "local_datetime"),
        ("2026-07-01T10:00:00Z", "datetime"),
        ("Wed, 01 Jul 2026 10:00:00 GMT", "http_date"),
        (1_782_900_000_000, "epoch_ms"),
        (1_782_900_000, "epoch"),
    ],
)
def test_a_moment_is_read_in_the_form_in_which_it_is_asked_for(value: Any, form: str) -> None:
    assert moment_of(value, form) == datetime(2026, 7, 1, 10, tzinfo=UTC).timestamp()
