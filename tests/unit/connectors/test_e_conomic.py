"""What is asked of e-conomic, page by page and increment by increment, and what its answers come to."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Page, Throttled, TryAgain
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import asked_by, harness, received

E_CONOMIC = harness("e_conomic", {}, {"app_secret_token": "app-7", "agreement_grant_token": "canary"})
ADDRESS = "https://restapi.e-conomic.com"
SORTED_BY = {
    "account": "accountNumber",
    "customer": "customerNumber",
    "employee": "employeeNumber",
    "invoice": "bookedInvoiceNumber",
    "product": "productNumber",
}
PATHS = {
    "account": "/accounts",
    "customer": "/customers",
    "employee": "/employees",
    "invoice": "/invoices/booked",
    "product": "/products",
    "supplier": "/suppliers",
}
SINCE = "2026-11-20T12:30:00+00:00"


def collection(first: int, after: int, following: str | None = None) -> dict[str, Any]:
    paging = {"results": 1500, **({"nextPage": following} if following else {})}
    return {
        "collection": [{"customerNumber": number} for number in range(first, after)],
        "pagination": paging,
    }


@pytest.mark.parametrize("stream", sorted(PATHS))
def test_a_first_read_asks_for_everything_in_a_stable_order_where_there_is_one(stream: str) -> None:
    assert sorted(PATHS) == sorted(E_CONOMIC.streams)
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


@pytest.mark.parametrize("stream", ["account", "employee", "invoice", "supplier"])
def test_lists_that_know_no_change_are_always_read_whole(stream: str) -> None:
    assert E_CONOMIC.streams[stream].incremental is None


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


@pytest.mark.parametrize("name", sorted(PATHS))
def test_a_mapping_reads_declared_fields(name: str) -> None:
    for path in E_CONOMIC.used(name):
        schema = E_CONOMIC.streams[name].schema
        for segment in path:
            assert segment in schema["properties"], path
            schema = schema["properties"][segment]
