"""A sandbox of Odoo: lists that go on from the last id, nested specifications, false for what is empty."""

from __future__ import annotations

import json
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

Body = dict[str, Any]
STREAMS = sorted(catalog().connector("odoo").streams)


@pytest.fixture(scope="module")
def odoo() -> Connector:
    return catalog().connector("odoo")


@pytest.fixture
def client(start: Callable[..., Client], odoo: Connector) -> Client:
    found = start(odoo, scale=0.05)
    found.headers = {"Authorization": "Bearer sandbox-api_key", "X-Odoo-Database": "sandbox"}
    return found


def asked(client: Client, after: Any = 0, specification: Any = None, since: str = "") -> tuple[int, Body]:
    changed = ["write_date", ">=", since] if since else ["id", ">", 0]
    body = {
        "domain": [["id", ">", after], changed],
        "specification": {"id": {}} if specification is None else specification,
        "limit": 5,
        "order": "id",
        "count_limit": 1,
        "context": {"lang": "en_US", "active_test": False, "allowed_company_ids": []},
    }
    status, _, reply = client.send("POST", "/json/2/project.task/web_search_read", json.dumps(body).encode())
    return status, json.loads(reply)


def read(client: Client, stream: str, since: datetime | None = None) -> list[Body]:
    """Return the records of a whole read, or of what changed since a moment."""
    connector, settings = client.server.sandbox.connector, client.server.settings
    secrets = {"api_key": Secret("sandbox-api_key")}
    moment = since.isoformat() if since else None
    now = datetime.now(UTC)
    plan = ReadPlan(connector, connector.streams[stream], settings, secrets, Selection(), moment, now)
    reader = StreamReader(plan)
    records: list[Body] = []
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            assert isinstance(outcome, Page)
            records += outcome.records
    return records


@pytest.mark.parametrize("stream", STREAMS)
def test_the_engine_reads_every_record_and_then_only_the_changed_ones(client: Client, stream: str) -> None:
    truth = client.truth(stream)
    assert read(client, stream) == truth
    changed = client.admin("change", stream=stream, count=2, set={"create_date": None})["changed"]
    found = read(client, stream, datetime.now(UTC) - timedelta(hours=1))
    assert sorted(str(record["id"]) for record in found) == sorted(changed)
    assert {record["create_date"] for record in found} == {None}


def test_a_page_begins_after_the_id_that_is_named(client: Client) -> None:
    seen, after = [], 0
    while True:
        status, body = asked(client, after)
        assert (status, body["length"]) == (200, len(body["records"]))
        if not body["records"]:
            break
        seen += [record["id"] for record in body["records"]]
        after = seen[-1]
    assert seen == list(range(1, 16))


def test_only_what_is_specified_comes_and_what_is_empty_is_false(client: Client) -> None:
    wanted = {"id": {}, "parent_id": {}, "company_id": {"fields": {"display_name": {}}}}
    _, body = asked(client, 0, wanted)
    assert body["records"][0] == {"id": 1, "parent_id": False, "company_id": {"display_name": "Fjellheim AS"}}


def test_changes_are_compared_in_odoo_s_form_of_a_time(client: Client) -> None:
    assert asked(client, 0, since="2999-01-01 00:00:00")[1]["records"] == []
    assert len(asked(client, 0, since="2000-01-01 00:00:00")[1]["records"]) == 5


def test_a_deleted_record_moves_nothing(client: Client) -> None:
    assert client.admin("delete", stream="activity", id=5) == {"deleted": ["5"]}
    assert [record["id"] for record in asked(client, 5)[1]["records"]] == [6, 7, 8, 9, 10]
    assert asked(client, 999)[1]["records"] == []
    status, body = asked(client, "five")
    assert (status, body["message"]) == (422, "five is not a number")


def test_a_field_that_there_is_not(client: Client) -> None:
    status, body = asked(client, 0, {"shoe": {}})
    assert (status, body["name"]) == (500, "builtins.ValueError")
    assert "shoe" in body["arguments"][0]
