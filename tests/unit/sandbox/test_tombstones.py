"""Sandboxes of ERPs with tombstones, row versions, and two streams in one list."""

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

TOY = """
format: 1
name: toy
title: Toy
base_url: {setting: base_url}
settings:
  type: object
  properties: {base_url: {type: string, default: "https://toy.example/v1"}}
auth: {kind: none}
records: items
pagination: {kind: page, number: {query: page}, size_parameter: {query: size}, size: 10, total: {body: total}}
"""
CONTACTS = """
format: 1
stream: %s
title: Contacts
path: /contacts
key: id
order: id
only: {path: isSupplier, in: [%s]}
incremental: {query: {since: {since: datetime}}, watermark: request_time, lookback_minutes: 0}
deletions:
  path: /deleted
  request: {query: {since: {since: datetime}}}
  key: contact.id
  only: {path: supplier, in: [%s]}
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: %d}}
    name: {type: string, sample: company_name}
    isSupplier: {type: boolean, sample: {boolean: 50}}
"""
ITEMS = """
format: 1
stream: item
title: Items
path: /items
key: id
incremental:
  watermark: {highest: version}
  query: {above: {since: raw}}
deletions:
  path: /items/deleted
  request: {query: {above: {since: raw}}}
  key: id
  only: {path: kind, not_in: [document]}
schema:
  type: object
  required: [id]
  properties:
    id: {type: string, sample: {number_text: 101}}
    name: {type: string, sample: product_name}
    version: {type: integer, sample: {sequence: 1}}
"""


@pytest.fixture
def client(start: Callable[..., Client], connector_of: Callable[..., Connector]) -> Client:
    customer = CONTACTS % ("customer", "false", "false", 1)
    supplier = CONTACTS % ("supplier", "true", "true", 2001)
    return start(connector_of(TOY, customer=customer, supplier=supplier, item=ITEMS), scale=0.25)


def read(client: Client, stream: str, since: str | None = None) -> tuple[StreamReader, list[Any], list[Any]]:
    """Return the reader at its end, the records that came, and the keys of deleted ones."""
    sandbox = client.server.sandbox
    secrets = {name: Secret(text) for name, text in sandbox.secrets.items()}
    connector, now = sandbox.connector, datetime.now(UTC)
    given = (client.server.settings, secrets, Selection(), since, now)
    reader = StreamReader(ReadPlan(connector, connector.streams[stream], *given))
    found: tuple[list[Any], list[Any]] = ([], [])
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        while (request := reader.next_request()) is not None:
            outcome = reader.receive(sender.send(request))
            if isinstance(outcome, Page):
                found[outcome.tombstones].extend(outcome.records)
    return reader, *found


def just_now() -> str:
    return (datetime.now(UTC) - timedelta(seconds=1)).isoformat()


def test_two_streams_share_one_reply_and_each_gets_its_own(client: Client) -> None:
    status, body = client.get("/contacts", page=1, size=100)
    assert (status, body["total"]) == (200, 50)
    assert [record["isSupplier"] for record in body["items"]] == [False] * 10
    for stream in ("customer", "supplier"):
        assert read(client, stream)[1] == client.truth(stream)


def test_a_change_of_the_second_stream_is_served_in_the_first_one_s_list(client: Client) -> None:
    client.admin("mutate", mutation="D42:supplier.name")
    suppliers = read(client, "supplier")[1]
    assert suppliers
    assert not any("name" in record for record in suppliers)
    assert all("name" in record for record in read(client, "customer")[1])


def test_what_was_deleted_is_told_to_the_stream_that_it_is_of(client: Client) -> None:
    since = just_now()
    (gone,) = client.admin("delete", stream="supplier", id="2003")["deleted"]
    client.admin("change", stream="customer", id="5", set={"name": "Another AS"})
    assert read(client, "supplier", since)[1:] == ([], [{"id": int(gone)}])
    _, changed, deleted = read(client, "customer", since)
    assert ([record["id"] for record in changed], deleted) == ([5], [])


def test_what_was_deleted_before_is_not_told(client: Client) -> None:
    client.admin("delete", stream="supplier", id="2003")
    later = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    assert read(client, "supplier", later)[2] == []


def test_what_is_restored_counts_as_changed(client: Client) -> None:
    since = just_now()
    client.admin("delete", stream="supplier", id="2003")
    client.admin("restore", stream="supplier")
    _, changed, deleted = read(client, "supplier", since)
    assert ([record["id"] for record in changed], deleted) == ([2003], [])


def test_a_row_version_goes_up_with_every_change_and_every_delete(client: Client) -> None:
    reader, records, _ = read(client, "item")
    assert len(records) == 25
    highest = reader.position()["highest"]
    assert read(client, "item", highest)[1:] == ([], [])
    client.admin("change", stream="item", id="103", set={"name": "another"})
    client.admin("delete", stream="item", id="104")
    after, changed, deleted = read(client, "item", highest)
    assert ([record["id"] for record in changed], deleted) == (["103"], [{"id": "104"}])
    assert int(after.position()["highest"]) > int(highest)
    client.admin("restore", stream="item")
    restored = read(client, "item", after.position()["highest"])[1]
    assert {record["id"] for record in restored} == {"103", "104"}


def test_a_row_version_that_is_none_is_refused(client: Client) -> None:
    assert client.get("/items", page=1, size=10, above="yesterday")[0] == 422


def test_change_data_capture_of_quickbooks_lists_what_changed_and_what_is_gone(
    start: Callable[..., Client],
) -> None:
    client = start(catalog().connector("quickbooks"))
    since = just_now()
    gone, changed, *_ = (record["Id"] for record in client.truth("invoice"))
    client.admin("delete", stream="invoice", id=gone)
    client.admin("delete", stream="credit_note", count=1)
    client.admin("change", stream="invoice", id=changed, set={"PrivateNote": "paid twice"})
    _, records, deleted = read(client, "invoice", since)
    assert ([record["Id"] for record in records], deleted) == ([changed], [{"Id": gone}])
    assert read(client, "supplier_invoice", since)[1:] == ([], [])


def test_a_list_without_further_pages_is_cut(start: Callable[..., Client]) -> None:
    client = start(catalog().connector("quickbooks"), scale=0.1, records={"invoice": 1_001})
    since = just_now()
    client.admin("clear", stream="invoice")
    reader, _, deleted = read(client, "invoice", since)
    assert (len(deleted), reader.position()["cut"]) == (1_000, True)
