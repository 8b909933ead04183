"""What is asked of e-conomic, page by page and increment by increment, and what its answers come to."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Page, Throttled, TryAgain
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import asked_by, harness, query_of, received, replied

E_CONOMIC = harness("e_conomic", {}, {"app_secret_token": "app-7", "agreement_grant_token": "canary"})
ADDRESS = "https://restapi.e-conomic.com"
SORTED_BY = {
    "account": "accountNumber",
    "customer": "customerNumber",
    "department": "departmentNumber",
    "draft_order": "orderNumber",
    "employee": "employeeNumber",
    "invoice": "bookedInvoiceNumber",
    "order": "orderNumber",
    "product": "productNumber",
}
PATHS = {
    "account": "/accounts",
    "customer": "/customers",
    "department": "/departments",
    "draft_order": "/orders/drafts",
    "employee": "/employees",
    "invoice": "/invoices/booked",
    "order": "/orders/sent",
    "product": "/products",
    "supplier": "/suppliers",
}
OF_PROJECTS = ("activity", "project", "time_entry")  # tests/unit/hosts has these
SINCE = "2026-11-20T12:30:00+00:00"


def collection(first: int, after: int, following: str | None = None) -> dict[str, Any]:
    paging = {"results": 1500, **({"nextPage": following} if following else {})}
    return {
        "collection": [{"customerNumber": number} for number in range(first, after)],
        "pagination": paging,
    }


@pytest.mark.parametrize("stream", sorted(PATHS))
def test_a_first_read_asks_for_everything_in_a_stable_order_where_there_is_one(stream: str) -> None:
    assert sorted([*PATHS, *OF_PROJECTS, "ledger_entry"]) == sorted(E_CONOMIC.streams)
    request = E_CONOMIC.request(stream)
    assert request.method == "GET"
    assert request.url.startswith(f"{ADDRESS}{PATHS[stream]}?")
    assert request.headers["X-AppSecretToken"] == "app-7"
    assert request.headers["X-AgreementGrantToken"] == "canary"
    order = {"sort": SORTED_BY[stream]} if stream in SORTED_BY else {}
    assert E_CONOMIC.query(stream) == {"pagesize": "1000", **order}


@pytest.mark.parametrize("stream", ["customer", "product"])
def test_an_increment_asks_from_a_day_before(stream: str) -> None:
    assert E_CONOMIC.query(stream, SINCE)["filter"] == "lastUpdated$gte:2026-11-19T12:30:00Z"


def test_lists_that_know_no_change_are_always_read_whole() -> None:
    changes = {name for name, stream in E_CONOMIC.streams.items() if stream.incremental}
    assert changes == {"customer", "product", "project", "time_entry"}


@pytest.mark.parametrize(("stream", "kind"), [("order", "sent"), ("draft_order", "drafts")])
def test_an_order_is_fetched_by_its_number_two_at_once(stream: str, kind: str) -> None:
    reader = E_CONOMIC.reader(stream)
    listed = {"collection": [{"orderNumber": 7}, {"orderNumber": 8}], "pagination": {"results": 2}}
    received(reader, listed)
    requests = reader.next_requests()
    assert [one.url for one in requests] == [f"{ADDRESS}/orders/{kind}/{number}" for number in (7, 8)]
    assert {one.headers["X-AgreementGrantToken"] for one in requests} == {"canary"}
    whole = [{"orderNumber": 7, "lines": [{"lineNumber": 1}]}, {"orderNumber": 8, "lines": []}]
    (page,) = reader.receive_all([replied(one) for one in whole])
    assert isinstance(page, Page)
    assert page.records == whole
    assert reader.next_request() is None


def test_an_order_that_left_its_list_meanwhile_is_left_out() -> None:
    reader = E_CONOMIC.reader("order")
    received(reader, {"collection": [{"orderNumber": 7}, {"orderNumber": 8}], "pagination": {"results": 2}})
    reader.next_requests()
    gone = replied({"httpStatusCode": 404}, 404)
    (page,) = reader.receive_all([gone, replied({"orderNumber": 8})])
    assert isinstance(page, Page)
    assert page.records == [{"orderNumber": 8}]


def test_a_draft_and_an_order_of_one_number_are_two_orders() -> None:
    record = {"orderNumber": 7, "currency": "DKK"}
    sent, draft = (E_CONOMIC.canonical(stream, record) for stream in ("order", "draft_order"))
    assert (sent["id"], sent["status"]) == ("acme/order/7", "open")
    assert (draft["id"], draft["status"]) == ("acme/order/draft-7", "draft")
    assert sent["number"] == draft["number"] == "7"


@pytest.mark.parametrize(("kind", "days"), [("net", 14), ("invoiceMonth", None), (None, None)])
def test_only_net_terms_are_days(kind: str | None, days: int | None) -> None:
    terms = {"paymentTermsNumber": 1, "paymentTermsType": kind, "daysOfCredit": 14}
    record = {"orderNumber": 7, "currency": "DKK", "paymentTerms": terms}
    assert E_CONOMIC.canonical("order", record)["payment_terms_days"] == days


def years(*names: str) -> dict[str, Any]:
    return {"collection": [{"year": name} for name in names], "pagination": {"results": len(names)}}


def entries(first: int, after: int) -> dict[str, Any]:
    found = [{"entryNumber": number} for number in range(first, after)]
    return {"collection": found, "pagination": {"results": len(found)}}


def test_the_ledger_is_read_year_after_year_in_the_order_of_its_numbers() -> None:
    reader = E_CONOMIC.reader("ledger_entry")
    first = asked_by(reader)
    assert first.url.startswith(f"{ADDRESS}/accounting-years?")
    asked = {"pagesize": "1000", "sort": "fromDate", "filter": "fromDate$gte:2024-01-01"}
    assert query_of(first) == asked
    received(reader, years("2025", "2026"))
    found = []
    for year, numbers in (("2025", (1, 3)), ("2026", (2, 9))):
        request = asked_by(reader)
        assert request.url.startswith(f"{ADDRESS}/accounting-years/{year}/entries?")
        assert query_of(request) == {"pagesize": "1000", "sort": "entryNumber"}
        page = received(reader, entries(*numbers))
        assert isinstance(page, Page)
        found += [(one["parent"]["year"], one["entryNumber"]) for one in page.records]
    assert reader.next_request() is None
    assert found == [("2025", 1), ("2025", 2), *(("2026", number) for number in range(2, 9))]


def test_the_ledger_begins_with_the_year_that_the_setting_names() -> None:
    since = E_CONOMIC.with_settings(history_from="2019-07-01")
    assert since.query("ledger_entry")["filter"] == "fromDate$gte:2019-07-01"


def test_a_year_over_two_calendar_years_is_written_otherwise_in_its_address() -> None:
    reader = E_CONOMIC.reader("ledger_entry")
    received(reader, years("2024", "2025/2026"))
    received(reader, entries(1, 2))
    assert asked_by(reader).url.startswith(f"{ADDRESS}/accounting-years/2025_6_2026/entries?")
    page = received(reader, entries(2, 3))
    assert isinstance(page, Page)
    assert page.records == [{"entryNumber": 2, "parent": {"year": "2025/2026"}}]
    assert reader.next_request() is None


def test_a_year_that_is_not_found_is_no_year_without_entries() -> None:
    reader = E_CONOMIC.reader("ledger_entry")
    received(reader, years("2025"))
    with pytest.raises(ApiChanged) as caught:
        received(reader, {"httpStatusCode": 404}, 404)
    assert [found.code for found in caught.value.changes] == ["D01"]


def test_entries_in_another_order_than_asked_for_are_not_believed() -> None:
    reader = E_CONOMIC.reader("ledger_entry")
    received(reader, years("2026"))
    turned = {"collection": [{"entryNumber": 2}, {"entryNumber": 1}], "pagination": {"results": 2}}
    assert isinstance(received(reader, turned), TryAgain)
    with pytest.raises(ApiChanged) as caught:
        received(reader, turned)
    assert [found.code for found in caught.value.changes] == ["D34"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"invoiceNumber": 20001}, "20001"),
        ({"supplierInvoiceNumber": "A-77"}, "A-77"),
        ({}, None),
    ],
)
def test_an_entry_has_the_number_of_our_invoice_or_of_the_suppliers(
    numbers: dict[str, Any], expected: str | None
) -> None:
    entry = {
        "entryNumber": 1,
        "date": "2026-06-01",
        "amountInBaseCurrency": -746.05,
        "account": {"accountNumber": 6800},
        "vatAccount": {"vatCode": "I25  "},
        **numbers,
    }
    data = E_CONOMIC.canonical("ledger_entry", entry)
    assert data["invoice_number"] == expected
    assert data["amount"] == "-746.05"
    assert data["tax_code"] == "I25"


def test_the_next_page_is_where_e_conomic_says() -> None:
    reader = E_CONOMIC.reader("customer")
    following = f"{ADDRESS}/customers?skippages=1&pagesize=1000&sort=customerNumber"
    first = received(reader, collection(0, 1000, following))
    assert isinstance(first, Page)
    request = asked_by(reader)
    assert request.url == following
    assert request.headers["X-AgreementGrantToken"] == "canary"
    assert isinstance(received(reader, collection(1000, 1500)), Page)
    assert reader.next_request() is None


def test_no_token_goes_to_another_host() -> None:
    reader = E_CONOMIC.reader("customer")
    with pytest.raises(SluiceError) as caught:
        received(
            reader, collection(0, 1000, "https://restapi.e-conomic.com.example.net/customers?skippages=1")
        )
    assert "credentials go nowhere else" in str(caught.value)


def test_a_list_that_ends_too_early_is_read_again() -> None:
    outcome = received(E_CONOMIC.reader("customer"), collection(0, 1000))
    assert outcome == TryAgain("the list ended after 1000 of 1500 records")


@pytest.mark.parametrize(
    ("status", "kind", "change"),
    [
        (400, ApiChanged, "D36"),
        (401, CredentialsRejected, ""),
        (403, CredentialsRejected, ""),
        (500, ErpUnavailable, ""),
    ],
)
def test_what_a_status_means(status: int, kind: type[SluiceError], change: str) -> None:
    body = {"httpStatusCode": status, "message": "No.", "developerHint": "None."}
    with pytest.raises(kind) as caught:
        received(E_CONOMIC.reader("customer"), body, status)
    if isinstance(caught.value, ApiChanged):
        assert [found.code for found in caught.value.changes] == [change]


def test_a_list_that_is_gone_is_asked_for_twice() -> None:
    reader = E_CONOMIC.reader("customer")
    assert isinstance(received(reader, {"httpStatusCode": 404}, 404), TryAgain)
    with pytest.raises(ApiChanged) as caught:
        received(reader, {"httpStatusCode": 404}, 404)
    assert [found.code for found in caught.value.changes] == ["D01"]


def test_too_many_requests_are_waited_for() -> None:
    assert isinstance(received(E_CONOMIC.reader("customer"), {"httpStatusCode": 429}, 429), Throttled)


@pytest.mark.parametrize(
    ("kind", "skipped"), [("profitAndLoss", False), ("status", False), ("heading", True), ("totalFrom", True)]
)
def test_headings_and_sums_are_no_accounts(kind: str, skipped: bool) -> None:
    mapper = E_CONOMIC.mapper("account")
    mapped = mapper.map({"accountNumber": 1000, "name": "Salg", "accountType": kind}, "acme")
    assert mapped.faults == ()
    assert (mapped.data is None) is skipped


def test_a_boolean_that_is_left_out_is_false() -> None:
    mapper = E_CONOMIC.mapper("employee")
    active = [
        data["active"]
        for record in ({"barred": True}, {})
        if (data := mapper.map({"employeeNumber": 1, "name": "Åse", **record}, "acme").data)
    ]
    assert active == [False, True]


@pytest.mark.parametrize("name", sorted(E_CONOMIC.streams))
def test_a_mapping_reads_declared_fields(name: str) -> None:
    for path in E_CONOMIC.used(name):
        schema = E_CONOMIC.streams[name].schema
        for segment in path:
            schema = schema.get("items", schema)
            assert segment in schema["properties"], path
            schema = schema["properties"][segment]
