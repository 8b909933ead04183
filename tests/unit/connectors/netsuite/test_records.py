"""Records of NetSuite as SuiteQL answers them, and what they come to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.connectors.harness import harness

NETSUITE = harness("netsuite")
CHANGED = {"lastmodifieddate": "2026-11-20T16:42:11"}


def with_fields(stream: str, **fields: Any) -> dict[str, Any]:
    """Return the first example of a stream with other fields; None leaves one out, as SuiteQL does."""
    both = {**NETSUITE.example(stream), **fields}
    return {name: value for name, value in both.items() if value is not None}


@pytest.mark.parametrize("stream", sorted(NETSUITE.streams))
def test_a_mapping_reads_declared_columns_only(stream: str) -> None:
    declared = {(name,) for name in NETSUITE.streams[stream].schema["properties"]}
    assert NETSUITE.used(stream) <= declared
    assert len(NETSUITE.used(stream)) >= 5


@pytest.mark.parametrize(
    ("stream", "status", "means"),
    [
        ("invoice", "A", "open"),
        ("invoice", "CustInvc:B", "paid"),
        ("invoice", "D", "draft"),
        ("invoice", "X", None),
        ("supplier_invoice", "B", "paid"),
        ("supplier_invoice", "VendBill:C", "cancelled"),
        ("supplier_invoice", "E", None),
        ("order", "SalesOrd:A", "draft"),
        ("order", "E", "open"),
        ("order", "G", "closed"),
        ("purchase_order", "C", "cancelled"),
        ("purchase_order", "PurchOrd:H", "closed"),
    ],
)
def test_a_status_is_a_letter_alone_or_behind_its_type(stream: str, status: str, means: str | None) -> None:
    assert NETSUITE.canonical(stream, with_fields(stream, status=status))["status"] == means


@pytest.mark.parametrize("stream", ["invoice", "supplier_invoice", "order", "purchase_order"])
def test_what_is_voided_is_cancelled_whatever_its_status(stream: str) -> None:
    assert NETSUITE.canonical(stream, with_fields(stream, voided="T", status="A"))["status"] == "cancelled"


@pytest.mark.parametrize("stream", ["invoice", "supplier_invoice", "order", "purchase_order"])
def test_without_a_tax_line_the_amount_before_tax_is_not_known(stream: str) -> None:
    found = NETSUITE.canonical(stream, with_fields(stream, total="125.5", tax=None))
    assert (found["total_including_tax"], found["tax_amount"], found["total_excluding_tax"]) == (
        *("125.5", None, None),
    )
    taxed = NETSUITE.canonical(stream, with_fields(stream, total="125.5", tax="25.1"))
    assert taxed["total_excluding_tax"] == "100.4"


def test_what_a_document_was_made_from_is_told_by_its_type() -> None:
    invoice, credit = (
        NETSUITE.canonical("invoice", with_fields("invoice", type=kind, createdfrom="9"))
        for kind in ("CustInvc", "CustCred")
    )
    assert (invoice["order_id"], invoice["credited_invoice_id"]) == ("acme/order/9", None)
    assert (credit["order_id"], credit["credited_invoice_id"]) == (None, "acme/invoice/9")


@pytest.mark.parametrize(
    ("kind", "whom"),
    [
        ("CustInvc", {"customer_id": "acme/customer/2104"}),
        ("VendBill", {"supplier_id": "acme/supplier/3301"}),
        ("ExpRept", {"employee_id": "acme/employee/3301"}),
        ("Journal", {}),
    ],
)
def test_whom_a_posting_concerns_is_told_by_the_transaction_s_type(kind: str, whom: dict[str, str]) -> None:
    record = with_fields("ledger_entry", type=kind, entity="3301", lineentity="2104")
    found = NETSUITE.canonical("ledger_entry", record)
    names = ("customer_id", "supplier_id", "employee_id")
    assert {name: found[name] for name in names if found[name]} == whom


def test_numbers_may_come_as_numbers_too() -> None:
    as_numbers = {"total": 125.5, "tax": 25.1, "unpaid": 0}
    as_text = {name: str(value) for name, value in as_numbers.items()}
    assert NETSUITE.canonical("invoice", with_fields("invoice", **as_numbers)) == NETSUITE.canonical(
        "invoice", with_fields("invoice", **as_text)
    )


def test_times_without_a_known_zone_are_not_passed_off_as_utc() -> None:
    found = NETSUITE.canonical("customer", with_fields("customer", **CHANGED))
    assert (found["created_at"], found["updated_at"]) == (None, None)
    assert found["extensions"]["last_modified_date"] == CHANGED["lastmodifieddate"]


@pytest.mark.parametrize(
    ("kind", "place"),
    [("Bank", "asset"), ("AcctPay", "liability"), ("Equity", "equity"), ("COGS", "expense"), ("Stat", None)],
)
def test_an_account_s_type_is_its_place_in_the_statements(kind: str, place: str | None) -> None:
    found = NETSUITE.canonical("account", with_fields("account", accttype=kind))
    assert (found["type"], found["bank_account"]) == (place, kind == "Bank")
