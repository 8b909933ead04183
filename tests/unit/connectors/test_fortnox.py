"""What the Fortnox connector asks for: the login, lists and their records, increments, weeks, next pages."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.connector.authorization import authorization_url
from sluice.connector.outcomes import Listed, LoggedIn, Page
from sluice.connector.reader import StreamReader
from sluice.connector.values import Scope
from sluice.model.secret import Secret
from tests.unit.connectors.harness import NOW, asked_by, form_of, harness, query_of, received, replied

API = "https://api.fortnox.se"
SINCE = "2026-11-20T12:30:45.250000+00:00"
FORTNOX = harness("fortnox", session={"access_token": "canary-token"})
# Stream: the list's path below /3, its name in a reply, and what it can be sorted by.
LISTS = {
    "account": ("accounts", "Accounts", "number"),
    "customer": ("customers", "Customers", "customernumber"),
    "department": ("costcenters", "CostCenters", None),
    "employee": ("employees", "Employees", None),
    "invoice": ("invoices", "Invoices", "documentnumber"),
    "order": ("orders", "Orders", "documentnumber"),
    "product": ("articles", "Articles", "articlenumber"),
    "project": ("projects", "Projects", None),
    "supplier": ("suppliers", "Suppliers", None),
    "supplier_invoice": ("supplierinvoices", "SupplierInvoices", None),
}
OTHERS = ["purchase_order", "time_entry"]
# Stream: what the record is called in its own reply, and the number that names it.
RECORDS = {
    "customer": ("Customer", "CustomerNumber"),
    "invoice": ("Invoice", "DocumentNumber"),
    "order": ("Order", "DocumentNumber"),
    "product": ("Article", "ArticleNumber"),
    "supplier_invoice": ("SupplierInvoice", "GivenNumber"),
}


def listed(stream: str, records: list[dict[str, Any]], total: int | None = None, page: int = 1) -> Any:
    """Return a page of a list as Fortnox writes it."""
    count = len(records) if total is None else total
    about = {"@TotalResources": count, "@TotalPages": -(-count // 500), "@CurrentPage": page}
    return {"MetaInformation": about, LISTS[stream][1]: records}


def numbers(reader: StreamReader) -> list[str]:
    """Return the last part of each address that may be asked for next, as it is sent."""
    return [urlsplit(request.url).path.rpartition("/")[2] for request in reader.next_requests()]


def test_every_stream_is_tested_here() -> None:
    assert sorted(FORTNOX.streams) == sorted([*LISTS, *OTHERS, "ledger_entry"])
    assert {name for name, stream in FORTNOX.streams.items() if stream.details} == {*RECORDS, "ledger_entry"}


def test_the_login_spends_the_refresh_token_and_keeps_its_successor() -> None:
    reader = FORTNOX.logged_out().reader("customer")
    request = asked_by(reader)
    assert (request.method, request.url) == ("POST", "https://apps.fortnox.se/oauth-v1/token")
    pair = base64.b64encode(b"canary-client_id:canary-client_secret").decode()
    assert request.headers["Authorization"] == f"Basic {pair}"
    assert form_of(request) == {"grant_type": "refresh_token", "refresh_token": "canary-refresh_token"}
    token = {"access_token": "new", "refresh_token": "next", "expires_in": 3600, "token_type": "bearer"}
    assert isinstance(reader.receive(replied({**token, "scope": "customer"})), LoggedIn)
    assert asked_by(reader).headers["Authorization"] == "Bearer new"
    assert reader.session is not None
    assert reader.session.values["refresh_token"].reveal() == "next"


def test_a_person_agrees_to_the_scopes_of_the_connection_for_when_nobody_is_there() -> None:
    held = FORTNOX.with_settings(scope="customer salary")
    scope = Scope(held.settings, {"client_id": Secret("client")}, NOW)
    url = authorization_url(held.connector, scope, "https://sluice.example/cb", "state", "challenge")
    asked = parse_qs(urlsplit(url).query)
    assert url.startswith("https://apps.fortnox.se/oauth-v1/auth?")
    assert (asked["scope"], asked["access_type"]) == (["customer salary"], ["offline"])
    assert (asked["client_id"], asked["response_type"]) == (["client"], ["code"])


def test_wages_are_not_asked_for_unless_the_operator_says_so() -> None:
    assert "salary" not in str(FORTNOX.settings["scope"]).split()


@pytest.mark.parametrize("name", LISTS)
def test_a_whole_read_asks_for_the_first_page_of_the_largest_size(name: str) -> None:
    path, _, sortby = LISTS[name]
    request = FORTNOX.request(name)
    assert request.url.startswith(f"{API}/3/{path}?")
    sorting = {"sortby": sortby} if sortby else {}
    assert query_of(request) == {"page": "1", "limit": "500", **sorting}
    assert request.headers["Authorization"] == "Bearer canary-token"
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize("name", LISTS)
def test_an_increment_asks_from_ten_minutes_before_where_a_whole_read_is_dear(name: str) -> None:
    changed = {"lastmodified": "2026-11-20 12:20:45"} if name in RECORDS else {}
    assert FORTNOX.query(name, SINCE) == {**FORTNOX.query(name), **changed}


@pytest.mark.parametrize("name", [*LISTS, *OTHERS])
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    found, asked = FORTNOX.recognised(FORTNOX.request(name, since))
    assert found.name == name
    assert (asked.since == "2026-11-20 12:20:45") == (since is not None and name in RECORDS)


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_of_a_list_is_fetched_by_its_number(name: str) -> None:
    record, key = RECORDS[name]
    reader = FORTNOX.reader(name)
    assert isinstance(received(reader, listed(name, [{key: "7"}, {key: "A/1 b"}])), Listed)
    requests = reader.next_requests()
    base = f"{API}/3/{LISTS[name][0]}"
    assert [request.url for request in requests] == [f"{base}/7", f"{base}/A%2F1%20b"]
    assert {request.headers["Authorization"] for request in requests} == {"Bearer canary-token"}
    assert reader.at_once == 4
    whole = [{key: number, "OnlyInTheRecord": number} for number in ("7", "A/1 b")]
    (page,) = reader.receive_all([replied({record: one}) for one in whole])
    assert isinstance(page, Page)
    assert page.records == whole
    assert reader.next_request() is None


def test_after_the_records_of_a_page_comes_the_next_page() -> None:
    reader = FORTNOX.reader("order", SINCE)
    received(reader, listed("order", [{"DocumentNumber": str(one)} for one in range(1, 501)], 501))
    asked: list[str] = []
    while len(asked) < 500:
        found = numbers(reader)
        asked += found
        reader.receive_all([replied({"Order": {"DocumentNumber": one}}) for one in found])
    assert asked == [str(one) for one in range(1, 501)]
    following = query_of(asked_by(reader))
    assert following == {**FORTNOX.query("order", SINCE), "page": "2"}
    reader.receive(replied(listed("order", [{"DocumentNumber": "501"}], 501, page=2)))
    assert numbers(reader) == ["501"]


def test_a_list_without_details_ends_at_its_last_page() -> None:
    reader = FORTNOX.reader("project")
    page = received(reader, listed("project", [{"ProjectNumber": str(one)} for one in range(500)], 501))
    assert isinstance(page, Page)
    assert query_of(asked_by(reader)) == {"page": "2", "limit": "500"}
    reader.receive(replied(listed("project", [{"ProjectNumber": "P7"}], 501, page=2)))
    assert reader.next_request() is None
    assert reader.records == 501


def test_hours_are_read_week_by_week_from_the_first_day_of_the_setting() -> None:
    reader = FORTNOX.with_settings(history_from="2026-11-02").reader("time_entry", SINCE)
    asked = []
    while request := reader.next_request():
        assert request.url.startswith(f"{API}/api/time/registrations-v2?")
        asked.append(query_of(request))
        reader.receive(replied([]))
    assert asked[:2] == [
        {"fromDate": "2026-11-02", "toDate": "2026-11-09"},
        {"fromDate": "2026-11-09", "toDate": "2026-11-16"},
    ]
    assert asked[-1]["toDate"] == "2026-12-23"


def test_purchase_orders_go_on_from_the_last_one_in_the_order_of_their_ids() -> None:
    reader = FORTNOX.reader("purchase_order")
    request = asked_by(reader)
    assert request.url.startswith(f"{API}/api/warehouse/purchaseorders-v1?")
    first = {"sortby": "id", "order": "ASC", "offset": "0", "limit": "100"}
    assert query_of(request) == first
    reader.receive(replied([{"id": 1}, {"id": 2}, {"id": 3}]))
    assert query_of(asked_by(reader)) == {**first, "offset": "2"}
    page = reader.receive(replied([{"id": 3}, {"id": 4}]))
    assert isinstance(page, Page)
    assert [one["id"] for one in page.records] == [4]


def page_of(name: str, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the only page of a list that is in no stream by itself."""
    about = {"@TotalResources": len(records), "@TotalPages": min(1, len(records)), "@CurrentPage": 1}
    return {"MetaInformation": about, name: records}


def voucher(series: str, number: int, year: int) -> dict[str, Any]:
    """Return a voucher as the list has it."""
    return {"VoucherSeries": series, "VoucherNumber": number, "Year": year}


def test_vouchers_are_listed_by_year_and_fetched_by_series_number_and_year() -> None:
    reader = FORTNOX.with_settings(history_from="2025-07-01").reader("ledger_entry", SINCE)
    first = asked_by(reader)
    assert (first.url.partition("?")[0], query_of(first)) == (
        f"{API}/3/financialyears",
        {"page": "1", "limit": "500"},
    )
    received(reader, page_of("FinancialYears", [{"Id": 6}, {"Id": 5}]))
    asked = {"fromdate": "2025-07-01", "page": "1", "limit": "500", "lastmodified": "2026-11-20 12:20:45"}
    found = []
    for year, listed_here in ((6, [("A", 1), ("Ö/1", 2)]), (5, [("A", 1)])):
        request = asked_by(reader)
        assert request.url.startswith(f"{API}/3/vouchers?")
        assert query_of(request) == {**asked, "financialyear": str(year)}
        received(reader, page_of("Vouchers", [voucher(*one, year) for one in listed_here]))
        requests = reader.next_requests()
        assert {tuple(query_of(one).items()) for one in requests} == {(("financialyear", str(year)),)}
        found += [urlsplit(one.url).path for one in requests]
        rows = [{"Account": 1930, "Debit": 8, "Credit": 0}, {"Account": 3001, "Debit": 0, "Credit": 8}]
        whole = [{**voucher(*one, year), "VoucherRows": rows} for one in listed_here]
        (page,) = reader.receive_all([replied({"Voucher": one}) for one in whole])
        assert isinstance(page, Page)
        assert {one["financialYear"]["Id"] for one in page.records} == {year}
        assert [one["row"] for one in page.records] == [1, 2] * len(listed_here)
    assert found == ["/3/vouchers/A/1", "/3/vouchers/%C3%96%2F1/2", "/3/vouchers/A/1"]
    assert reader.next_request() is None


def test_a_whole_read_of_vouchers_names_no_change() -> None:
    reader = FORTNOX.reader("ledger_entry")
    received(reader, page_of("FinancialYears", [{"Id": 6}]))
    request = asked_by(reader)
    assert query_of(request) == {"financialyear": "6", "fromdate": "2024-01-01", "page": "1", "limit": "500"}
    stream, asked = FORTNOX.recognised(request)
    assert (stream.name, dict(asked.parent)) == ("ledger_entry", {("Id",): "6"})


def test_a_connection_keeps_to_25_requests_in_5_seconds() -> None:
    (limit,) = FORTNOX.connector.limits
    assert str(limit) == "25 requests in 5 s"
    scope = Scope(FORTNOX.settings, FORTNOX.secrets, NOW)
    assert limit.key("fortnox", "one", scope) != limit.key("fortnox", "other", scope)
