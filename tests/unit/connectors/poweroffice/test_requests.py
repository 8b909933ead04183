"""What the PowerOffice Go connector asks for and how its lists end; its auth and every request of a stream.

That each of its names exists in the vendor's description, test_description.py holds.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from sluice.connector.outcomes import LoggedIn, Page
from sluice.connector.values import Call
from sluice.errors import ApiChanged
from sluice.model.http import Reply
from tests.unit.connectors.harness import asked_by, form_of, harness, query_of, replied

KEYS = {"application_key": "app", "client_key": "client", "subscription_key": "subscription"}
POWEROFFICE = harness("poweroffice", {}, KEYS, session={"access_token": "token"})
STREAMS = sorted(POWEROFFICE.streams)
CHANGED = "lastChangedDateTimeOffsetGreaterThan"
BALANCE = "balanceLastChangedDateTimeOffsetGreaterThan"
SINCE = "2026-11-20T12:00:00+00:00"
EMPTY = Reply(204, {}, b"")


def page_of(*records: dict[str, Any]) -> Reply:
    return replied(records)


def test_the_connector_has_all_that_version_2_offers_of_the_model() -> None:
    assert STREAMS == [
        "account",
        "activity",
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
        "time_entry",
    ]


def test_a_token_is_asked_for_with_the_application_and_the_client_key() -> None:
    reader = POWEROFFICE.logged_out().reader("customer")
    login = asked_by(reader)
    assert (login.method, login.url) == ("POST", "https://goapi.poweroffice.net/OAuth/Token")
    assert login.headers["Authorization"] == "Basic " + b64encode(b"app:client").decode()
    assert login.headers["Ocp-Apim-Subscription-Key"] == "subscription"
    assert form_of(login) == {"grant_type": "client_credentials"}
    token = {"access_token": "fresh", "token_type": "bearer", "expires_in": 1200}
    outcome = reader.receive(replied(token))
    assert isinstance(outcome, LoggedIn)
    assert asked_by(reader).headers["Authorization"] == "Bearer fresh"


@pytest.mark.parametrize("stream", STREAMS)
def test_every_request_carries_token_and_subscription_key(stream: str) -> None:
    request = POWEROFFICE.request(stream)
    assert request.url.startswith("https://goapi.poweroffice.net/v2/")
    assert request.headers["Authorization"] == "Bearer token"
    assert request.headers["Ocp-Apim-Subscription-Key"] == "subscription"


@pytest.mark.parametrize("stream", STREAMS)
def test_a_first_read_asks_for_the_first_page_in_a_stable_order_and_for_no_increment(stream: str) -> None:
    sent = POWEROFFICE.query(stream)
    assert (sent["PageNumber"], sent["PageSize"]) == ("1", "5000")
    assert sent["OrderBy"] in {"Id", "VoucherNo"}
    assert not {CHANGED, BALANCE} & set(sent)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_declared_order_is_the_one_that_is_asked_for(stream: str) -> None:
    order = POWEROFFICE.streams[stream].order
    sent = POWEROFFICE.query(stream)["OrderBy"]
    assert order == (None if stream in {"order", "time_entry"} else (sent,))


@pytest.mark.parametrize("stream", STREAMS)
def test_increments_ask_from_ten_minutes_before_the_watermark(stream: str) -> None:
    sent = POWEROFFICE.query(stream, SINCE)
    filtered = BALANCE if stream in {"invoice", "supplier_invoice"} else CHANGED
    assert sent[filtered] == "2026-11-20T11:50:00Z"
    assert len({CHANGED, BALANCE} & set(sent)) == 1


def test_the_second_page_follows_a_short_one_too_and_a_204_ends_the_list() -> None:
    reader = POWEROFFICE.reader("customer")
    asked_by(reader)
    first = reader.receive(page_of({"Id": 1, "Name": "A"}, {"Id": 2, "Name": "B"}))
    assert isinstance(first, Page)
    assert [record["Id"] for record in first.records] == [1, 2]
    assert query_of(asked_by(reader))["PageNumber"] == "2"
    last = reader.receive(EMPTY)
    assert isinstance(last, Page)
    assert last.records == []
    assert reader.next_request() is None


@pytest.mark.parametrize("stream", STREAMS)
def test_an_empty_list_is_a_204_without_a_body(stream: str) -> None:
    reader = POWEROFFICE.reader(stream)
    asked_by(reader)
    outcome = reader.receive(EMPTY)
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


def test_the_ledger_is_asked_for_in_one_range_because_both_its_ends_are_inclusive() -> None:
    reader = POWEROFFICE.reader("ledger_entry", SINCE)
    sent = query_of(asked_by(reader))
    assert (sent["fromDate"], sent["toDate"]) == ("2024-01-01", "2027-11-23")
    reader.receive(EMPTY)
    assert reader.next_request() is None


def test_a_posting_outside_the_range_is_a_filter_that_is_ignored() -> None:
    reader = POWEROFFICE.reader("ledger_entry")
    asked_by(reader)
    with pytest.raises(ApiChanged, match="outside the filter"):
        reader.receive(page_of({"Id": 1, "PostingDate": "2019-03-01"}))


def test_a_record_that_did_not_change_is_a_filter_that_is_ignored() -> None:
    reader = POWEROFFICE.reader("project", SINCE)
    asked_by(reader)
    with pytest.raises(ApiChanged, match="outside the filter"):
        reader.receive(page_of({"Id": 1, "LastChangedDateTimeOffset": "2026-03-01T09:30:00.1234567Z"}))


def test_of_employees_only_the_fields_in_use_are_asked_for() -> None:
    sent = set(POWEROFFICE.query("employee")["Fields"].split(","))
    assert {"Id", "FirstName", "LastName", "EmailAddress"} <= sent
    assert sent <= set(POWEROFFICE.streams["employee"].schema["properties"])
    assert not sent & {"DateOfBirth", "Gender", "NationalIdNumber", "InternationalIdNumber", "MailAddress"}


def test_orders_are_asked_for_as_their_users_see_them() -> None:
    assert POWEROFFICE.query("order")["showInherited"] == "true"


def test_ten_requests_a_second_are_shared_by_all_customers_of_one_subscription_key() -> None:
    (limit,) = POWEROFFICE.connector.limits
    assert str(limit) == "10 requests in 1 s"
    (value,) = limit.shared_by
    assert isinstance(value, Call)
    assert (value.word, value.name) == ("secret", "subscription_key")
