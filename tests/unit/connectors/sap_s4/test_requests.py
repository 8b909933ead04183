"""What the SAP S/4HANA Cloud connector asks for: login, reads, increments, pages; what it makes of errors."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ConfigurationInvalid, CredentialsRejected
from sluice.model.http import Reply
from tests.unit.connectors.harness import asked_by, harness, query_of, received, replied

API = "https://my300000-api.s4hana.cloud.sap"
S4 = harness(
    "sap_s4", {"base_url": API, "history_from": "2025-01-01"}, {"user": "SLUICE", "password": "canary"}
)
SINCE = "2026-11-20T10:00:00+00:00"
STREAMS = sorted(S4.streams)
PAGED = sorted(set(S4.streams) - {"time_entry"})
WITH_INCREMENTS = ["invoice", "order", "product", "purchase_order"]
VALID_TODAY = (
    "ControllingArea eq 'A000' and ValidityStartDate le datetime'2026-11-21T00:00:00' "
    "and ValidityEndDate ge datetime'2026-11-21T00:00:00'"
)
FILTERS = {
    "account": "ChartOfAccounts eq 'YCOA'",
    "activity": VALID_TODAY,
    "customer": "Customer ne ''",
    "ledger_entry": "PostingDate ge datetime'2025-01-01T00:00:00' "
    "and PostingDate le datetime'2025-01-31T00:00:00'",
    "department": VALID_TODAY,
    "invoice": "BillingDocumentDate ge datetime'2025-01-01T00:00:00'",
    "order": "SalesOrderDate ge datetime'2025-01-01T00:00:00'",
    "purchase_order": "PurchaseOrderDate ge datetime'2025-01-01T00:00:00'",
    "supplier": "Supplier ne ''",
    "supplier_invoice": "PostingDate ge datetime'2025-01-01T00:00:00'",
}
PRIVATE = {"BirthDate", "IsFemale", "IsMale", "GenderCodeName", "BusPartNationality", "BusPartMaritalStatus"}


def answer(count: int, *numbers: int) -> Reply:
    records: list[dict[str, Any]] = [{"Product": f"P{number}"} for number in numbers]
    return replied({"d": {"__count": str(count), "results": records}})


@pytest.mark.parametrize("name", PAGED)
def test_a_first_read_asks_for_json_in_order_with_a_count(name: str) -> None:
    request = S4.request(name)
    query = query_of(request)
    assert request.method == "GET"
    assert request.url.startswith(f"{API}{S4.streams[name].path}?")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"SLUICE:canary").decode()
    assert (query["$format"], query["$inlinecount"], query["$skip"]) == ("json", "allpages", "0")
    assert set(query["$orderby"].split(",")) <= set(S4.streams[name].schema["properties"])
    assert query.get("$filter") == FILTERS.get(name)


@pytest.mark.parametrize("name", PAGED)
def test_what_is_expanded_comes_in_smaller_pages_where_it_is_much(name: str) -> None:
    many = {"customer", "supplier", "order", "invoice", "purchase_order"}
    size = "200" if name in many else "500"
    assert S4.query(name)["$top"] == size


@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_private_fields_of_partners_are_never_asked_for(name: str) -> None:
    assert set(S4.query(name)["$select"].split(",")) & PRIVATE == set()
    assert not S4.streams[name].all_fields


@pytest.mark.parametrize("name", STREAMS)
def test_an_address_stays_far_below_what_servers_take(name: str) -> None:
    assert len(S4.request(name, SINCE).url) < 4000


@pytest.mark.parametrize("name", WITH_INCREMENTS)
def test_an_increment_asks_from_an_hour_before(name: str) -> None:
    history = f"{FILTERS[name]} and " if name in FILTERS else ""
    asked = S4.query(name, SINCE)["$filter"]
    assert asked == f"{history}LastChangeDateTime ge datetimeoffset'2026-11-20T09:00:00Z'"


@pytest.mark.parametrize("name", sorted(set(STREAMS) - {*WITH_INCREMENTS, "ledger_entry"}))
def test_lists_that_tell_no_sure_moment_of_change_are_read_whole(name: str) -> None:
    assert S4.streams[name].incremental is None
    assert S4.query(name, SINCE) == S4.query(name)


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    request = S4.request(name, since)
    found, asked = S4.recognised(request)
    assert found.name == name
    expected = {**dict.fromkeys(WITH_INCREMENTS, "2026-11-20T09:00:00Z"), "ledger_entry": "2026-11-18"}
    assert asked.since == (expected.get(name) if since else None)


def test_pages_go_on_from_the_last_record_to_the_count_however_few_the_server_gives() -> None:
    reader = S4.reader("product")
    asked_by(reader)
    first = reader.receive(answer(4, 1, 2, 3))
    assert isinstance(first, Page)
    assert query_of(asked_by(reader))["$skip"] == "2"
    second = reader.receive(answer(4, 3, 4))
    assert isinstance(second, Page)
    assert [one["Product"] for page in (first, second) for one in page.records] == ["P1", "P2", "P3", "P4"]
    assert reader.next_request() is None


@pytest.mark.parametrize("status", [403, 404])
def test_an_api_without_an_arrangement_is_the_operators_to_mend(status: int) -> None:
    reader = S4.reader("product")
    message = {"lang": "en", "value": "No service found for namespace '', name 'API_PRODUCT_SRV'"}
    with pytest.raises(ConfigurationInvalid):
        received(reader, {"error": {"code": "/IWFND/MED/170", "message": message}}, status)


def test_a_wrong_password_is_told_as_that() -> None:
    reader = S4.reader("product")
    asked_by(reader)
    with pytest.raises(CredentialsRejected):
        reader.receive(Reply(401, {"Content-Type": "text/html"}, b"<html>Logon failed</html>"))
