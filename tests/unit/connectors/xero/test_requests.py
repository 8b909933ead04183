"""What Xero's Accounting API is asked for: a first read, an increment, the second page, with which rights.

That the vendor knows what is named there is tested in test_description.py. The Projects API is in
test_projects.py.
"""

from __future__ import annotations

import pytest

from sluice.connector.outcomes import Page
from sluice.model.http import Reply
from tests.unit.connectors.harness import asked_by, harness, query_of, replied
from tests.unit.connectors.xero.apis import ACCOUNTING, HOST, OF_PROJECTS, rights_of

TENANT = "0a1b2c3d-1111-4222-8333-444455556666"
XERO = harness("xero", {"tenant_id": TENANT}, session={"access_token": "canary"})
PAGED = ["credit_note", "customer", "invoice", "purchase_order", "supplier"]
PAGED += ["supplier_credit_note", "supplier_invoice"]
WHOLE = ["account", "product"]
JOURNALS = "ledger_entry"
SINCE = "2026-11-20T12:30:45.250000+00:00"
FILTERS = {
    "customer": "IsCustomer==true",
    "supplier": "IsSupplier==true",
    "invoice": 'Type=="ACCREC"',
    "supplier_invoice": 'Type=="ACCPAY"',
    "credit_note": 'Type=="ACCRECCREDIT"',
    "supplier_credit_note": 'Type=="ACCPAYCREDIT"',
}


def reply_of(stream: str, keys: list[str], *, total: int, pages: int) -> Reply:
    spec = XERO.streams[stream]
    records = [{spec.key[0][0]: key} for key in keys]
    body = {
        "Status": "OK",
        "pagination": {"page": 1, "pageSize": 500, "pageCount": pages, "itemCount": total},
    }
    return replied(body | {spec.records[0]: records})


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(XERO.streams) == sorted([*PAGED, *WHOLE, JOURNALS, *OF_PROJECTS])


@pytest.mark.parametrize("name", PAGED)
def test_a_first_read_asks_for_the_first_page_in_a_stable_order(name: str) -> None:
    request = XERO.request(name)
    key = XERO.streams[name].key[0][0]
    query = query_of(request)
    assert XERO.streams[name].path.startswith(f"{ACCOUNTING}/")
    assert request.url.startswith(f"{HOST}{XERO.streams[name].path}?")
    assert (query["page"], query["pageSize"], query["order"]) == ("1", "500", f"{key} ASC")
    assert query.get("where") == FILTERS.get(name)
    assert "If-Modified-Since" not in request.headers
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["xero-tenant-id"] == TENANT
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_archived_contacts_are_asked_for_too(name: str) -> None:
    assert XERO.query(name)["includeArchived"] == "true"


@pytest.mark.parametrize("name", [name for name in PAGED + WHOLE if name != "account"])
def test_an_increment_asks_in_utc_by_header_and_by_the_same_query(name: str) -> None:
    request = XERO.request(name, SINCE)
    assert request.headers["If-Modified-Since"] == "2026-11-20T12:20:45Z"
    assert request.url == XERO.request(name).url


def test_accounts_come_in_one_piece_each_time() -> None:
    request = XERO.request("account", SINCE)
    assert request.url == "https://api.xero.com/api.xro/2.0/Accounts"
    assert "If-Modified-Since" not in request.headers


@pytest.mark.parametrize("name", PAGED)
def test_the_second_page_differs_by_its_number_and_the_last_is_told_by_the_count(name: str) -> None:
    reader = XERO.reader(name)
    first = query_of(asked_by(reader))
    assert isinstance(reader.receive(reply_of(name, ["a", "b"], total=3, pages=2)), Page)
    assert query_of(asked_by(reader)) == {**first, "page": "2"}
    assert isinstance(reader.receive(reply_of(name, ["c"], total=3, pages=2)), Page)
    assert reader.next_request() is None
    assert reader.records == 3


def test_unit_prices_are_asked_for_with_all_their_decimals_where_the_vendor_offers_it() -> None:
    asked = {name for name in PAGED + WHOLE if XERO.query(name).get("unitdp") == "4"}
    assert asked == {"product", "invoice", "supplier_invoice", "credit_note", "supplier_credit_note"}


def test_only_reading_is_asked_for() -> None:
    first, *rights = rights_of(XERO)
    assert first == "offline_access"
    assert all(one.endswith(".read") for one in rights)


def test_the_right_to_read_journals_is_asked_for_by_those_who_have_it() -> None:
    journals = "accounting.journals.read"
    assert journals not in rights_of(XERO)
    chosen = rights_of(XERO.with_settings(journals_scope=f"offline_access {journals}"))
    assert set(chosen) - set(rights_of(XERO)) == {journals}


def test_journals_are_gone_through_by_their_numbers() -> None:
    reader = XERO.reader(JOURNALS, SINCE)
    request = asked_by(reader)
    assert query_of(request) == {"offset": "0"}
    assert request.headers["If-Modified-Since"] == "2026-11-20T12:20:45Z"
    page = reader.receive(replied({"Journals": [journal(1, "a", "b"), journal(9, "c")]}))
    assert isinstance(page, Page)
    assert [one["JournalLineID"] for one in page.records] == ["a", "b", "c"]
    assert [one["journal"]["JournalNumber"] for one in page.records] == [1, 1, 9]
    assert query_of(asked_by(reader)) == {"offset": "9"}
    assert isinstance(reader.receive(replied({"Journals": []})), Page)
    assert reader.next_request() is None


def journal(number: int, *lines: str) -> dict[str, object]:
    return {"JournalNumber": number, "JournalLines": [{"JournalLineID": line} for line in lines]}


def test_limits_are_those_of_app_and_tenant_and_of_the_app() -> None:
    assert {(str(limit), len(limit.shared_by)) for limit in XERO.connector.limits} == {
        ("5 requests at once", 2),
        ("60 requests in 60 s", 2),
        ("5000 requests in 86400 s", 2),
        ("10000 requests in 60 s", 1),
    }
