"""What the QuickBooks connector asks for: a first read, an increment, the second page; and what ends a list.

That the vendor knows what is named there is tested in test_quickbooks_description.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.connector.load import load_connector
from sluice.connector.outcomes import Page, ReadPlan, Throttled, TryAgain
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.values import Literal
from sluice.errors import ApiChanged, CredentialsRejected
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

DOCUMENTS = FolderDocuments(Path(__file__).parents[3])
QUICKBOOKS = load_connector(DOCUMENTS, "quickbooks")
SINCE = "2026-11-20T12:30:45.250000+00:00"
BOTH = "Active in (true, false)"
# Stream: what it is called in the query language, and what is always asked of it.
ASKED = {
    "account": ("Account", BOTH),
    "credit_note": ("CreditMemo", ""),
    "customer": ("Customer", BOTH),
    "department": ("Department", BOTH),
    "employee": ("Employee", BOTH),
    "invoice": ("Invoice", ""),
    "product": ("Item", BOTH),
    "project": ("Customer", f"Job = true and {BOTH}"),
    "purchase_order": ("PurchaseOrder", ""),
    "supplier": ("Vendor", BOTH),
    "supplier_credit_note": ("VendorCredit", ""),
    "supplier_invoice": ("Bill", ""),
    "time_entry": ("TimeActivity", ""),
}
each_stream = pytest.mark.parametrize("name", sorted(ASKED))


def reader_of(stream: str, since: str | None = None) -> StreamReader:
    settings = complete_settings(QUICKBOOKS, {"realm_id": "9130350000001"})
    selection = Selection(load_mapping(DOCUMENTS, "quickbooks", stream).used.paths())
    now = datetime(2026, 11, 21, tzinfo=UTC)
    secrets = {name: Secret(name) for name in ("client_id", "client_secret", "refresh_token")}
    session = Session({"access_token": Secret("canary")})
    return StreamReader(
        ReadPlan(
            QUICKBOOKS, QUICKBOOKS.streams[stream], settings, secrets, selection, since, now, session=session
        )
    )


def request_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> str:
    (text,) = parse_qs(urlsplit(request.url).query)["query"]
    return text


def statement(entity: str, *conditions: str) -> str:
    """Return the query of the first page, with those of the conditions that say something."""
    where = " and ".join(filter(None, conditions))
    parts = ["select * from", entity, where and f"where {where}", "orderby Id startposition 1 maxresults 500"]
    return " ".join(filter(None, parts))


def reply_of(response: dict[str, Any], status: int = 200, **beside: Any) -> Reply:
    body = {"QueryResponse": response, "time": "2026-11-20T23:00:00.000-08:00", **beside}
    return Reply(status, {"content-type": "application/json;charset=UTF-8"}, json.dumps(body).encode())


def page_of(stream: str, ids: list[str], updated: str = "2026-11-20T15:00:00-08:00") -> Reply:
    records = [{"Id": one, "MetaData": {"LastUpdatedTime": updated}} for one in ids]
    return reply_of({ASKED[stream][0]: records, "startPosition": 1, "maxResults": len(ids)})


def fault(code: str, status: int) -> Reply:
    body = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": code}], "type": "ValidationFault"}}
    return Reply(status, {"content-type": "application/json"}, json.dumps(body).encode())


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(QUICKBOOKS.streams) == sorted(ASKED)


@each_stream
def test_a_first_read_asks_from_the_first_record_in_a_stable_order(name: str) -> None:
    request = request_of(reader_of(name))
    assert request.url.startswith("https://quickbooks.api.intuit.com/v3/company/9130350000001/query?")
    assert query_of(request) == statement(*ASKED[name])
    assert parse_qs(urlsplit(request.url).query)["minorversion"] == ["75"]
    assert set(parse_qs(urlsplit(request.url).query)) == {"query", "minorversion"}
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["Accept"] == "application/json"


@each_stream
def test_an_increment_adds_the_moment_of_the_last_change(name: str) -> None:
    changed = "MetaData.LastUpdatedTime >= '2026-11-20T12:20:45Z'"
    assert query_of(request_of(reader_of(name, SINCE))) == statement(*ASKED[name], changed)


@pytest.mark.parametrize("since", [None, SINCE])
@each_stream
def test_the_second_page_goes_on_from_the_last_record_and_the_last_page_has_no_other(
    name: str, since: str | None
) -> None:
    reader = reader_of(name, since)
    first = query_of(request_of(reader))
    assert isinstance(reader.receive(page_of(name, ["11", "12", "13"])), Page)
    assert query_of(request_of(reader)) == first.replace("startposition 1 ", "startposition 3 ")
    assert isinstance(reader.receive(page_of(name, ["13", "14"])), Page)
    assert query_of(request_of(reader)) == first.replace("startposition 1 ", "startposition 4 ")
    assert isinstance(reader.receive(page_of(name, ["14"])), Page)
    assert reader.next_request() is None
    assert reader.records == 4


@each_stream
def test_a_list_without_any_record_has_no_list_at_all(name: str) -> None:
    reader = reader_of(name)
    request_of(reader)
    outcome = reader.receive(reply_of({}))
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


def test_no_list_after_a_page_is_not_believed_because_its_last_record_has_to_come_again() -> None:
    reader = reader_of("customer")
    request_of(reader)
    reader.receive(page_of("customer", ["11", "12"]))
    request_of(reader)
    assert isinstance(reader.receive(reply_of({})), TryAgain)
    assert "startposition 1 " in query_of(request_of(reader))
    reader.receive(page_of("customer", ["11", "12"]))
    request_of(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of({}))
    assert caught.value.changes[0].code == "D30"


@pytest.mark.parametrize(
    "body", [{"Customers": [{"Id": "11"}]}, {"Customer": None}, {"Customer": {}}], ids=str
)
def test_another_list_or_value_in_its_place_is_a_change(body: dict[str, Any]) -> None:
    reader = reader_of("customer")
    request_of(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of(body))
    assert caught.value.changes[0].code == "D11"


def test_an_ignored_filter_is_noticed() -> None:
    reader = reader_of("invoice", SINCE)
    request_of(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(page_of("invoice", ["1"], "2026-03-01T10:00:00-08:00"))
    assert caught.value.changes[0].code == "D35"


def test_a_throttled_request_waits_for_a_minute() -> None:
    reader = reader_of("invoice")
    request_of(reader)
    began = datetime.now(UTC)
    outcome = reader.receive(fault("3001", 429))
    assert isinstance(outcome, Throttled)
    assert outcome.resume_at - began >= timedelta(seconds=60)


def test_an_ended_subscription_needs_a_person_and_a_refused_query_is_a_change() -> None:
    reader = reader_of("invoice")
    request_of(reader)
    with pytest.raises(CredentialsRejected):
        reader.receive(fault("6190", 403))
    reader = reader_of("invoice")
    request_of(reader)
    with pytest.raises(ApiChanged):
        reader.receive(fault("4000", 400))


def test_a_fault_with_a_good_status_is_a_change() -> None:
    reader = reader_of("invoice")
    request_of(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of({}, Fault={"Error": [{"Message": "m", "code": "1"}]}))
    assert caught.value.changes[0].code == "D13"


def test_the_scope_and_the_limits_are_those_of_the_vendor() -> None:
    assert QUICKBOOKS.auth.authorization is not None
    assert QUICKBOOKS.auth.authorization.scope == Literal("com.intuit.quickbooks.accounting")
    assert QUICKBOOKS.auth.rotating
    assert {(str(limit), len(limit.shared_by)) for limit in QUICKBOOKS.limits} == {
        ("500 requests in 60 s", 1),
        ("10 requests in 1 s", 2),
    }
