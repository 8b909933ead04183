"""What the QuickBooks connector asks for: a first read, an increment, the second page; and what ends a list.

That the vendor knows what is named there is tested in test_description.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sluice.connector.outcomes import Page, Throttled, TryAgain
from sluice.connector.values import Literal
from sluice.errors import ApiChanged, CredentialsRejected
from sluice.model.http import Reply, Request
from tests.unit.connectors.harness import NOW, asked_by, harness, query_of, replied

QUICKBOOKS = harness("quickbooks", {"realm_id": "9130350000001"}, session={"access_token": "canary"})
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
DELETABLE = ("credit_note", "invoice", "purchase_order", "supplier_credit_note", "supplier_invoice")
each_stream = pytest.mark.parametrize("name", sorted(ASKED))


def asked_of(request: Request) -> str:
    """Return the query in the vendor's language."""
    return query_of(request)["query"]


def statement(entity: str, *conditions: str) -> str:
    """Return the query of the first page, with those of the conditions that say something."""
    where = " and ".join(filter(None, conditions))
    parts = ["select * from", entity, where and f"where {where}", "orderby Id startposition 1 maxresults 500"]
    return " ".join(filter(None, parts))


def reply_of(response: dict[str, Any], status: int = 200, **beside: Any) -> Reply:
    body = {"QueryResponse": response, "time": "2026-11-20T23:00:00.000-08:00", **beside}
    return replied(body, status, **{"Content-Type": "application/json;charset=UTF-8"})


def page_of(stream: str, ids: list[str], updated: str = "2026-11-20T15:00:00-08:00") -> Reply:
    records = [{"Id": one, "MetaData": {"LastUpdatedTime": updated}} for one in ids]
    return reply_of({ASKED[stream][0]: records, "startPosition": 1, "maxResults": len(ids)})


def fault(code: str, status: int) -> Reply:
    body = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": code}], "type": "ValidationFault"}}
    return replied(body, status)


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(QUICKBOOKS.streams) == sorted(ASKED)


@each_stream
def test_a_first_read_asks_from_the_first_record_in_a_stable_order(name: str) -> None:
    request = QUICKBOOKS.request(name)
    assert request.url.startswith("https://quickbooks.api.intuit.com/v3/company/9130350000001/query?")
    assert query_of(request) == {"query": statement(*ASKED[name]), "minorversion": "75"}
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["Accept"] == "application/json"


@each_stream
def test_an_increment_adds_the_moment_of_the_last_change(name: str) -> None:
    changed = "MetaData.LastUpdatedTime >= '2026-11-20T12:20:45Z'"
    assert asked_of(QUICKBOOKS.request(name, SINCE)) == statement(*ASKED[name], changed)


@pytest.mark.parametrize("since", [None, SINCE])
@each_stream
def test_the_second_page_goes_on_from_the_last_record_and_the_last_page_has_no_other(
    name: str, since: str | None
) -> None:
    reader = QUICKBOOKS.reader(name, since)
    first = asked_of(asked_by(reader))
    assert isinstance(reader.receive(page_of(name, ["11", "12", "13"])), Page)
    assert asked_of(asked_by(reader)) == first.replace("startposition 1 ", "startposition 3 ")
    assert isinstance(reader.receive(page_of(name, ["13", "14"])), Page)
    assert asked_of(asked_by(reader)) == first.replace("startposition 1 ", "startposition 4 ")
    assert isinstance(reader.receive(page_of(name, ["14"])), Page)
    assert (reader.next_request() is not None) is (since is not None and name in DELETABLE)
    assert reader.records == 4


def of_changes(stream: str, *listed: dict[str, Any]) -> Reply:
    """Return a reply of change data capture, in which a list without a record is no list at all."""
    found = {ASKED[stream][0]: list(listed), "startPosition": 1, "maxResults": len(listed)} if listed else {}
    return replied({"CDCResponse": [{"QueryResponse": [found]}], "time": "2026-11-20T23:00:00.000-08:00"})


def deleted(key: str) -> dict[str, Any]:
    updated = {"LastUpdatedTime": "2026-11-20T15:00:00-08:00"}
    return {"domain": "QBO", "status": "Deleted", "Id": key, "MetaData": updated}


@pytest.mark.parametrize("name", DELETABLE)
def test_after_an_increment_change_data_capture_tells_what_was_deleted(name: str) -> None:
    reader = QUICKBOOKS.reader(name, SINCE)
    asked_by(reader)
    reader.receive(reply_of({}))
    request = asked_by(reader)
    assert request.url.partition("?")[0].endswith("/v3/company/9130350000001/cdc")
    asked = {"entities": ASKED[name][0], "changedSince": "2026-11-20T12:20:45Z", "minorversion": "75"}
    assert query_of(request) == asked
    outcome = reader.receive(of_changes(name, {"Id": "11", "SyncToken": "1"}, deleted("12")))
    assert isinstance(outcome, Page)
    assert (outcome.tombstones, outcome.records) == (True, [{"Id": "12"}])
    assert reader.next_request() is None


@pytest.mark.parametrize("name", DELETABLE)
def test_no_change_at_all_is_no_list(name: str) -> None:
    reader = QUICKBOOKS.reader(name, SINCE)
    asked_by(reader)
    reader.receive(reply_of({}))
    asked_by(reader)
    outcome = reader.receive(of_changes(name))
    assert isinstance(outcome, Page)
    assert outcome.records == []


def test_a_status_that_is_not_known_is_told() -> None:
    reader = QUICKBOOKS.reader("invoice", SINCE)
    asked_by(reader)
    reader.receive(reply_of({}))
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(of_changes("invoice", {**deleted("12"), "status": "Voided"}))
    assert caught.value.changes[0].code == "D55"


@each_stream
def test_a_list_without_any_record_has_no_list_at_all(name: str) -> None:
    reader = QUICKBOOKS.reader(name)
    asked_by(reader)
    outcome = reader.receive(reply_of({}))
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


def test_no_list_after_a_page_is_not_believed_because_its_last_record_has_to_come_again() -> None:
    reader = QUICKBOOKS.reader("customer")
    asked_by(reader)
    reader.receive(page_of("customer", ["11", "12"]))
    asked_by(reader)
    assert isinstance(reader.receive(reply_of({})), TryAgain)
    assert "startposition 1 " in asked_of(asked_by(reader))
    reader.receive(page_of("customer", ["11", "12"]))
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of({}))
    assert caught.value.changes[0].code == "D30"


@pytest.mark.parametrize(
    "body", [{"Customers": [{"Id": "11"}]}, {"Customer": None}, {"Customer": {}}], ids=str
)
def test_another_list_or_value_in_its_place_is_a_change(body: dict[str, Any]) -> None:
    reader = QUICKBOOKS.reader("customer")
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of(body))
    assert caught.value.changes[0].code == "D11"


def test_an_ignored_filter_is_noticed() -> None:
    reader = QUICKBOOKS.reader("invoice", SINCE)
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(page_of("invoice", ["1"], "2026-03-01T10:00:00-08:00"))
    assert caught.value.changes[0].code == "D35"


def test_a_throttled_request_waits_for_a_minute() -> None:
    reader = QUICKBOOKS.reader("invoice")
    asked_by(reader)
    outcome = reader.receive(fault("3001", 429))
    assert isinstance(outcome, Throttled)
    assert outcome.resume_at - NOW >= timedelta(seconds=60)


def test_an_ended_subscription_needs_a_person_and_a_refused_query_is_a_change() -> None:
    reader = QUICKBOOKS.reader("invoice")
    asked_by(reader)
    with pytest.raises(CredentialsRejected):
        reader.receive(fault("6190", 403))
    reader = QUICKBOOKS.reader("invoice")
    asked_by(reader)
    with pytest.raises(ApiChanged):
        reader.receive(fault("4000", 400))


def test_a_fault_with_a_good_status_is_a_change() -> None:
    reader = QUICKBOOKS.reader("invoice")
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        reader.receive(reply_of({}, Fault={"Error": [{"Message": "m", "code": "1"}]}))
    assert caught.value.changes[0].code == "D13"


def test_the_scope_and_the_limits_are_those_of_the_vendor() -> None:
    assert QUICKBOOKS.connector.auth.authorization is not None
    assert QUICKBOOKS.connector.auth.authorization.scope == Literal("com.intuit.quickbooks.accounting")
    assert QUICKBOOKS.connector.auth.rotating
    assert {(str(limit), len(limit.shared_by)) for limit in QUICKBOOKS.connector.limits} == {
        ("500 requests in 60 s", 1),
        ("10 requests in 1 s", 2),
    }
