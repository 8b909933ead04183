"""What the Xero connector asks for: a first read, an increment, the second page, and with which rights.

That the vendor knows what is named there is tested in test_xero_description.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.connector.load import load_connector
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.values import Literal
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

DOCUMENTS = FolderDocuments(Path(__file__).parents[3])
XERO = load_connector(DOCUMENTS, "xero")
PAGED = ["credit_note", "customer", "invoice", "purchase_order", "supplier"]
PAGED += ["supplier_credit_note", "supplier_invoice"]
WHOLE = ["account", "product"]
TENANT = "0a1b2c3d-1111-4222-8333-444455556666"
SINCE = "2026-11-20T12:30:45.250000+00:00"
FILTERS = {
    "customer": "IsCustomer==true",
    "supplier": "IsSupplier==true",
    "invoice": 'Type=="ACCREC"',
    "supplier_invoice": 'Type=="ACCPAY"',
    "credit_note": 'Type=="ACCRECCREDIT"',
    "supplier_credit_note": 'Type=="ACCPAYCREDIT"',
}


def reader_of(stream: str, since: str | None = None) -> StreamReader:
    settings = complete_settings(XERO, {"tenant_id": TENANT})
    selection = Selection(load_mapping(DOCUMENTS, "xero", stream).used.paths())
    now = datetime(2026, 11, 21, tzinfo=UTC)
    secrets = {name: Secret(name) for name in ("client_id", "client_secret", "refresh_token")}
    session = Session({"access_token": Secret("canary")})
    return StreamReader(
        ReadPlan(XERO, XERO.streams[stream], settings, secrets, selection, since, now, session=session)
    )


def request_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> dict[str, str]:
    return {name: text for name, (text,) in parse_qs(urlsplit(request.url).query).items()}


def reply_of(stream: str, keys: list[str], *, total: int, pages: int) -> Reply:
    spec = XERO.streams[stream]
    records = [{spec.key[0][0]: key} for key in keys]
    body = {
        "Status": "OK",
        "pagination": {"page": 1, "pageSize": 500, "pageCount": pages, "itemCount": total},
    }
    return Reply(
        200, {"content-type": "application/json"}, json.dumps(body | {spec.records[0]: records}).encode()
    )


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(XERO.streams) == sorted(PAGED + WHOLE)


@pytest.mark.parametrize("name", PAGED)
def test_a_first_read_asks_for_the_first_page_in_a_stable_order(name: str) -> None:
    request = request_of(reader_of(name))
    key = XERO.streams[name].key[0][0]
    query = query_of(request)
    assert request.url.startswith(f"https://api.xero.com/api.xro/2.0{XERO.streams[name].path}?")
    assert (query["page"], query["pageSize"], query["order"]) == ("1", "500", f"{key} ASC")
    assert query.get("where") == FILTERS.get(name)
    assert "If-Modified-Since" not in request.headers
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["xero-tenant-id"] == TENANT
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_archived_contacts_are_asked_for_too(name: str) -> None:
    assert query_of(request_of(reader_of(name)))["includeArchived"] == "true"


@pytest.mark.parametrize("name", [name for name in PAGED + WHOLE if name != "account"])
def test_an_increment_asks_in_utc_by_header_and_by_the_same_query(name: str) -> None:
    request = request_of(reader_of(name, SINCE))
    assert request.headers["If-Modified-Since"] == "2026-11-20T12:20:45Z"
    assert request.url == request_of(reader_of(name)).url


def test_accounts_come_in_one_piece_each_time() -> None:
    request = request_of(reader_of("account", SINCE))
    assert request.url == "https://api.xero.com/api.xro/2.0/Accounts"
    assert "If-Modified-Since" not in request.headers


@pytest.mark.parametrize("name", PAGED)
def test_the_second_page_differs_by_its_number_and_the_last_is_told_by_the_count(name: str) -> None:
    reader = reader_of(name)
    first = query_of(request_of(reader))
    assert isinstance(reader.receive(reply_of(name, ["a", "b"], total=3, pages=2)), Page)
    assert query_of(request_of(reader)) == {**first, "page": "2"}
    assert isinstance(reader.receive(reply_of(name, ["c"], total=3, pages=2)), Page)
    assert reader.next_request() is None
    assert reader.records == 3


def test_unit_prices_are_asked_for_with_all_their_decimals_where_the_vendor_offers_it() -> None:
    asked = {name for name in PAGED + WHOLE if query_of(request_of(reader_of(name))).get("unitdp") == "4"}
    assert asked == {"product", "invoice", "supplier_invoice", "credit_note", "supplier_credit_note"}


def test_only_reading_is_asked_for() -> None:
    assert XERO.auth.authorization is not None
    scope = XERO.auth.authorization.scope
    assert isinstance(scope, Literal)
    assert scope.value.split()[0] == "offline_access"
    assert all(one.endswith(".read") for one in scope.value.split()[1:])


def test_limits_are_those_of_app_and_tenant_and_of_the_app() -> None:
    assert {(str(limit), len(limit.shared_by)) for limit in XERO.limits} == {
        ("5 requests at once", 2),
        ("60 requests in 60 s", 2),
        ("5000 requests in 86400 s", 2),
        ("10000 requests in 60 s", 1),
    }
