"""What the PowerOffice Go connector asks for and how its lists end; its auth and every request of a stream.

That each of its names exists in the vendor's description, test_poweroffice_description.py holds.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.connector.load import load_connector
from sluice.connector.outcomes import LoggedIn, Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.values import Call
from sluice.errors import ApiChanged
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

DOCUMENTS = FolderDocuments(Path(__file__).parents[3])
POWEROFFICE = load_connector(DOCUMENTS, "poweroffice")
STREAMS = sorted(POWEROFFICE.streams)
CHANGED = "lastChangedDateTimeOffsetGreaterThan"
BALANCE = "balanceLastChangedDateTimeOffsetGreaterThan"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SINCE = "2026-11-20T12:00:00+00:00"
KEYS = {"application_key": "app", "client_key": "client", "subscription_key": "subscription"}
EMPTY = Reply(204, {}, b"")


def reader_of(stream: str, since: str | None = None, *, logged_in: bool = True) -> StreamReader:
    session = Session({"access_token": Secret("token")}, NOW + timedelta(minutes=20)) if logged_in else None
    selection = Selection(load_mapping(DOCUMENTS, "poweroffice", stream).used.paths())
    secrets = {name: Secret(text) for name, text in KEYS.items()}
    settings = complete_settings(POWEROFFICE, {})
    of = POWEROFFICE.streams[stream]
    return StreamReader(
        ReadPlan(POWEROFFICE, of, settings, secrets, selection, since, NOW, session=session, now=lambda: NOW)
    )


def next_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query(request: Request) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(request.url).query).items()}


def page_of(*records: dict[str, Any]) -> Reply:
    return Reply(200, {"content-type": "application/json"}, json.dumps(records).encode())


def test_the_connector_has_all_that_version_2_offers_of_the_model() -> None:
    assert STREAMS == [
        "account",
        "customer",
        "department",
        "employee",
        "invoice",
        "ledger_entry",
        "order",
        "product",
        "project",
        "supplier",
        "supplier_invoice",
    ]


def test_a_token_is_asked_for_with_the_application_and_the_client_key() -> None:
    reader = reader_of("customer", logged_in=False)
    login = next_of(reader)
    assert (login.method, login.url) == ("POST", "https://goapi.poweroffice.net/OAuth/Token")
    assert login.headers["Authorization"] == "Basic " + b64encode(b"app:client").decode()
    assert login.headers["Ocp-Apim-Subscription-Key"] == "subscription"
    assert parse_qs((login.body or b"").decode()) == {"grant_type": ["client_credentials"]}
    token = {"access_token": "fresh", "token_type": "bearer", "expires_in": 1200}
    outcome = reader.receive(Reply(200, {"content-type": "application/json"}, json.dumps(token).encode()))
    assert isinstance(outcome, LoggedIn)
    assert next_of(reader).headers["Authorization"] == "Bearer fresh"


@pytest.mark.parametrize("stream", STREAMS)
def test_every_request_carries_token_and_subscription_key(stream: str) -> None:
    request = next_of(reader_of(stream))
    assert request.url.startswith("https://goapi.poweroffice.net/v2/")
    assert request.headers["Authorization"] == "Bearer token"
    assert request.headers["Ocp-Apim-Subscription-Key"] == "subscription"


@pytest.mark.parametrize("stream", STREAMS)
def test_a_first_read_asks_for_the_first_page_in_a_stable_order_and_for_no_increment(stream: str) -> None:
    sent = query(next_of(reader_of(stream)))
    assert (sent["PageNumber"], sent["PageSize"]) == ("1", "5000")
    assert sent["OrderBy"] in {"Id", "VoucherNo"}
    assert not {CHANGED, BALANCE} & set(sent)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_declared_order_is_the_one_that_is_asked_for(stream: str) -> None:
    order = POWEROFFICE.streams[stream].order
    sent = query(next_of(reader_of(stream)))["OrderBy"]
    assert order == ((sent,) if stream != "order" else None)


@pytest.mark.parametrize("stream", STREAMS)
def test_increments_ask_from_ten_minutes_before_the_watermark(stream: str) -> None:
    sent = query(next_of(reader_of(stream, SINCE)))
    filtered = BALANCE if stream in {"invoice", "supplier_invoice"} else CHANGED
    assert sent[filtered] == "2026-11-20T11:50:00Z"
    assert len({CHANGED, BALANCE} & set(sent)) == 1


def test_the_second_page_follows_a_short_one_too_and_a_204_ends_the_list() -> None:
    reader = reader_of("customer")
    next_of(reader)
    first = reader.receive(page_of({"Id": 1, "Name": "A"}, {"Id": 2, "Name": "B"}))
    assert isinstance(first, Page)
    assert [record["Id"] for record in first.records] == [1, 2]
    assert query(next_of(reader))["PageNumber"] == "2"
    last = reader.receive(EMPTY)
    assert isinstance(last, Page)
    assert last.records == []
    assert reader.next_request() is None


@pytest.mark.parametrize("stream", STREAMS)
def test_an_empty_list_is_a_204_without_a_body(stream: str) -> None:
    reader = reader_of(stream)
    next_of(reader)
    outcome = reader.receive(EMPTY)
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


def test_the_ledger_is_asked_for_in_one_range_because_both_its_ends_are_inclusive() -> None:
    reader = reader_of("ledger_entry", SINCE)
    sent = query(next_of(reader))
    assert (sent["fromDate"], sent["toDate"]) == ("2024-01-01", "2027-11-23")
    reader.receive(EMPTY)
    assert reader.next_request() is None


def test_a_posting_outside_the_range_is_a_filter_that_is_ignored() -> None:
    reader = reader_of("ledger_entry")
    next_of(reader)
    with pytest.raises(ApiChanged, match="outside the filter"):
        reader.receive(page_of({"Id": 1, "PostingDate": "2019-03-01"}))


def test_a_record_that_did_not_change_is_a_filter_that_is_ignored() -> None:
    reader = reader_of("project", SINCE)
    next_of(reader)
    with pytest.raises(ApiChanged, match="outside the filter"):
        reader.receive(page_of({"Id": 1, "LastChangedDateTimeOffset": "2026-03-01T09:30:00.1234567Z"}))


def test_of_employees_only_the_fields_in_use_are_asked_for() -> None:
    sent = set(query(next_of(reader_of("employee")))["Fields"].split(","))
    assert {"Id", "FirstName", "LastName", "EmailAddress"} <= sent
    assert sent <= set(POWEROFFICE.streams["employee"].schema["properties"])
    assert not sent & {"DateOfBirth", "Gender", "NationalIdNumber", "InternationalIdNumber", "MailAddress"}


def test_orders_are_asked_for_as_their_users_see_them() -> None:
    assert query(next_of(reader_of("order")))["showInherited"] == "true"


def test_ten_requests_a_second_are_shared_by_all_customers_of_one_subscription_key() -> None:
    (limit,) = POWEROFFICE.limits
    assert str(limit) == "10 requests in 1 s"
    (value,) = limit.shared_by
    assert isinstance(value, Call)
    assert (value.word, value.name) == ("secret", "subscription_key")
