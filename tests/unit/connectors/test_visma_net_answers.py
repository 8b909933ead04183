"""What Visma.net's batches, project transactions and orders are asked with, and what becomes of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged, ConfigurationInvalid
from tests.unit.connectors.harness import asked_by, form_of, harness, query_of, received, replied

VISMA = harness("visma_net", {"tenant": "af1140c1"})
SINCE = "2026-11-20T10:00:00.123456+00:00"
BOTH_RIGHTS = "vismanet_erp_service_api:read visma.net.erp.salesorder:read"

Record = dict[str, Any]


def batch(*lines: int, total: int = 3) -> Record:
    """Return a batch with the lines of these numbers; its total counts lines, as the vendor's does."""
    told = {"metadata": {"totalCount": total, "maxPageSize": 1000}, "status": "Posted"}
    dated = {"transactionDate": "2026-11-02T00:00:00", "lastModifiedDateTime": "2026-11-20T09:30:00"}
    listed = [{"lineNumber": line, "accountNumber": "1920"} for line in lines]
    return {"batchNumber": "4711", "module": "ModuleGL", **told, **dated, "journalTransactionLines": listed}


def line_of(**batch_or_line: Any) -> Record:
    """Return the canonical ledger entry of the example's first line with these changes in its batch."""
    example = VISMA.example("ledger_entry")
    return VISMA.canonical("ledger_entry", {**example, "batch": {**example["batch"], **batch_or_line}})


def orders(*numbers: int, total: int) -> Record:
    """Return a page of sales orders."""
    told = {"type": "SO", "lastModified": "2026-11-20T09:59:00"}
    return {"value": [{**told, "orderId": f"{number:06}"} for number in numbers], "totalCount": total}


def test_a_whole_read_of_the_ledger_asks_for_posted_batches_of_all_times() -> None:
    request = asked_by(VISMA.logged_in("ledger_entry"))
    assert request.url.startswith("https://api.finance.visma.net/v2/journaltransaction?")
    asked = {"lastModifiedDateTime": "2000-01-01", "status": "Posted"}
    assert query_of(request) == {**asked, "pageNumber": "1", "pageSize": "1000"}


def test_an_increment_of_the_ledger_has_no_condition_beside_the_moment() -> None:
    query = query_of(asked_by(VISMA.logged_in("ledger_entry", SINCE)))
    assert query["lastModifiedDateTime"] == "2026-11-20T09:00:00"
    assert query.keys() == {"lastModifiedDateTime", "status", "pageNumber", "pageSize"}


def test_a_batch_that_goes_on_in_the_next_page_is_read_to_the_empty_page() -> None:
    reader = VISMA.logged_in("ledger_entry")
    keys = []
    for page in ([batch(1, 2)], [batch(3)], []):
        outcome = received(reader, page)
        assert isinstance(outcome, Page)
        keys += [
            (one["batch"]["module"], one["batch"]["batchNumber"], one["lineNumber"])
            for one in outcome.records
        ]
    assert keys == [("ModuleGL", "4711", 1), ("ModuleGL", "4711", 2), ("ModuleGL", "4711", 3)]
    assert reader.next_request() is None


def test_a_batch_from_before_what_was_asked_for_shows_that_the_filter_is_ignored() -> None:
    old = {**batch(1), "lastModifiedDateTime": "2024-01-01T00:00:00"}
    with pytest.raises(ApiChanged) as caught:
        received(VISMA.logged_in("ledger_entry", SINCE), [old])
    assert [change.code for change in caught.value.changes] == ["D35"]


@pytest.mark.parametrize("status", ["Hold", "Balanced", "Unposted", "Voided", "Scheduled", None])
def test_what_is_not_posted_is_no_ledger_entry(status: str | None) -> None:
    example = VISMA.example("ledger_entry")
    record = {**example, "batch": {**example["batch"], "status": status}}
    assert VISMA.mapper("ledger_entry").map(record, "acme").skipped


@pytest.mark.parametrize(
    ("module", "customer", "supplier"),
    [
        ("ModuleAR", "acme/customer/10010", None),
        ("ModuleAP", None, "acme/supplier/10010"),
        ("ModuleGL", None, None),
    ],
)
def test_the_module_tells_whether_it_is_a_customer_or_a_supplier(
    module: str, customer: str | None, supplier: str | None
) -> None:
    entry = line_of(module=module)
    assert (entry["customer_id"], entry["supplier_id"]) == (customer, supplier)


def test_batches_of_two_modules_with_one_number_are_two_vouchers() -> None:
    ids = {line_of(module=module)["voucher_id"] for module in ("ModuleAR", "ModuleAP")}
    assert ids == {"ModuleAR-004711", "ModuleAP-004711"}


@pytest.mark.parametrize("of", ["Allocation", "AllocationReversal", "ExpenseClaim", "Reversal", None])
def test_only_time_cards_give_hours(of: str | None) -> None:
    example = VISMA.example("time_entry")
    record = {**example, "document": {**example["document"], "origDocType": of}}
    assert VISMA.mapper("time_entry").map(record, "acme").skipped


def test_periods_of_hours_are_asked_for_where_the_connection_says_them() -> None:
    plain = query_of(asked_by(VISMA.logged_in("time_entry")))
    given = VISMA.with_settings(project_period_from="202001", project_period_to="202912")
    both = {"fromPeriod": "202001", "toPeriod": "202912"}
    assert query_of(asked_by(given.logged_in("time_entry"))) == {**plain, **both}
    assert not plain.keys() & both.keys()


@pytest.mark.parametrize("of", ["Blanket", "StandardBlanket"])
def test_frames_are_no_purchase_orders(of: str) -> None:
    record = {**VISMA.example("purchase_order"), "orderType": of}
    assert VISMA.mapper("purchase_order").map(record, "acme").skipped


def test_sales_orders_are_asked_for_at_their_own_host_with_the_same_token() -> None:
    request = asked_by(VISMA.logged_in("order"))
    assert request.url.startswith("https://salesorder.visma.net/api/v3/SalesOrders?")
    assert request.headers["Authorization"] == "Bearer canary-token"
    asked = {"expand": "Lines", "orderBy": "created", "pageIndex": "0", "pageSize": "100"}
    assert query_of(request) == asked


def test_an_increment_of_orders_asks_in_utc() -> None:
    query = query_of(asked_by(VISMA.logged_in("order", SINCE)))
    assert query["modifiedSince"] == "2026-11-20T09:50:00Z"


def test_the_list_of_orders_ends_at_its_total_and_no_page_beyond_is_asked_for() -> None:
    reader = VISMA.logged_in("order")
    received(reader, orders(*range(100), total=101))
    request = asked_by(reader)
    assert query_of(request)["pageIndex"] == "1"
    assert isinstance(reader.receive(replied(orders(100, total=101))), Page)
    assert reader.next_request() is None


def test_the_right_to_orders_is_asked_for_only_where_the_connection_says_so() -> None:
    assert form_of(VISMA.request("order"))["scope"] == "vismanet_erp_service_api:read"
    login = VISMA.with_settings(scope=BOTH_RIGHTS).request("order")
    assert urlsplit(login.url).hostname == "connect.visma.com"
    assert form_of(login)["scope"] == BOTH_RIGHTS


def test_no_right_to_orders_is_no_fault_of_the_credentials() -> None:
    with pytest.raises(ConfigurationInvalid):
        received(VISMA.logged_in("order"), {"title": "Forbidden", "status": 403}, 403)


def test_a_line_s_discount_is_taken_off_once_and_may_be_missing() -> None:
    lines = [{"lineId": 1, "lineTotalBeforeDiscount": 200, "discountAmount": 50}]
    lines.append({"lineId": 2, "lineTotalBeforeDiscount": 80})
    order = VISMA.canonical("order", {**VISMA.example("order"), "orderLines": lines})
    assert [line["total_excluding_tax"] for line in order["lines"]] == ["150", "80"]
