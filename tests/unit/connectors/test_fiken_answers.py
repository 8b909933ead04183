"""What the mappings of Fiken make of what it answers: statuses, amounts, rows and ids."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from tests.unit.connectors.harness import harness, received

FIKEN = harness("fiken", {"company_slug": "fjellheim-as"}, {"token": "canary"})

Record = dict[str, Any]


def test_a_credit_note_never_has_an_invoice_s_id() -> None:
    credit_note = FIKEN.mapper("credit_note").map({"creditNoteId": 7}, "acme")
    invoice = FIKEN.mapper("invoice").map({"invoiceId": 7}, "acme")
    assert (credit_note.source_id, invoice.source_id) == ("credit_note-7", "7")


@pytest.mark.parametrize(
    ("sale", "status"),
    [
        ({"settled": False}, "open"),
        ({"settled": True}, "paid"),
        ({"settled": True, "writeOff": True}, None),
        ({"settled": True, "deleted": True}, "cancelled"),
        (None, None),
    ],
)
def test_the_sale_of_an_invoice_tells_its_status(sale: Record | None, status: str | None) -> None:
    invoice = FIKEN.canonical("invoice", {"invoiceId": 7, "sale": sale})
    assert invoice["status"] == status


@pytest.mark.parametrize(("currency", "outstanding"), [(None, "1"), ("NOK", "1"), ("EUR", "0.09")])
def test_what_is_outstanding_is_in_the_invoice_s_currency(currency: str | None, outstanding: str) -> None:
    sale = {"outstandingBalance": 100, "outstandingBalanceInCurrency": 9}
    record = {"invoiceId": 7, "currency": currency, "sale": sale}
    invoice = FIKEN.canonical("invoice", record)
    assert Decimal(invoice["outstanding_amount"]) == Decimal(outstanding)


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({}, "open"),
        ({"createdInvoice": 8}, "closed"),
        ({"createdInvoice": 8, "archived": True}, "closed"),
        ({"archived": True}, None),
    ],
)
def test_an_order_is_closed_by_its_invoice_alone(record: Record, status: str | None) -> None:
    order = FIKEN.canonical("order", {"confirmationId": 7, **record})
    assert order["status"] == status


@pytest.mark.parametrize(("projects", "taken"), [([8], "acme/project/8"), ([8, 9], None), ([], None)])
def test_of_several_projects_none_is_the_line_s_own(projects: list[int], taken: str | None) -> None:
    entry = {"journalEntryId": 5, "transactionId": 6, "date": "2026-04-03"}
    record = {"journalEntry": entry, "row": 2, "account": "3000", "amount": -25001, "projectId": projects}
    posting = FIKEN.canonical("ledger_entry", record)
    assert (posting["source_id"], posting["amount"], posting["project_id"]) == ("5-2", "-250.01", taken)


def test_the_lines_of_a_journal_entry_are_records() -> None:
    lines = [{"account": "3000", "amount": -25001}, {"account": "1500:10001", "amount": 25001}]
    entry = {"journalEntryId": 5, "transactionId": 6, "date": "2026-04-03", "lines": lines}
    page = received(FIKEN.reader("ledger_entry"), [entry])
    assert isinstance(page, Page)
    assert [row["account"] for row in page.records] == ["3000", "1500:10001"]
