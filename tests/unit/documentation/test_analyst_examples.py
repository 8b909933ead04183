"""The questions of docs/analysts.md, asked of a small lake, give the answers that they should."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sluice.lake.asking import ask
from sluice.lake.database import Limits, open_lake
from sluice.lake.presence import Database
from sluice.lake.values import json_value
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

PAGE = (Path(__file__).parents[3] / "docs/analysts.md").read_text("utf-8")
QUESTIONS = dict(re.findall(r"^(\w[^\n]*):\n\n```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
NORD, SOUTH = "acme/customer/1", "acme/customer/2"


def invoice(number: str, customer: str, day: str, total: str, **fields: Any) -> dict[str, Any]:
    version, kind = fields.pop("version", 1), fields.pop("type", "invoice")
    given = {"number": number, "type": kind, "customer_id": customer, "issue_date": day, "currency": "NOK"}
    return event_of("invoice", "acme", number, version, **given, total_excluding_tax=total, **fields)


def hours(number: int, day: str, many: str, **fields: Any) -> dict[str, Any]:
    given = {"employee_id": "acme/employee/1", "project_id": "acme/project/1", "date": day, "hours": many}
    return event_of("time_entry", "acme", str(number), **{**given, **fields})


def posting(number: int, voucher: str, account: str, amount: str, day: str = "2026-03-01") -> dict[str, Any]:
    given = {"voucher_id": voucher, "account_id": f"acme/account/{account}", "amount": amount, "date": day}
    return event_of("ledger_entry", "acme", str(number), **given)


def bought(number: str, name: str, **fields: Any) -> dict[str, Any]:
    given = {"type": "invoice", "status": "open", "supplier_id": "acme/supplier/1", "currency": "NOK"}
    return event_of(
        "supplier_invoice", "acme", name, **{**given, "number": number, "total_including_tax": "99", **fields}
    )


EVENTS = {
    "customer": [
        event_of("customer", "acme", "1", name="Nord"),
        event_of("customer", "acme", "2", name="South"),
        event_of("customer", "acme", "3", 1, name="Gone AS", time="2026-10-01T08:00:00Z"),
        event_of("customer", "acme", "3", 2, gone=True, time="2026-11-03T08:00:00Z"),
        event_of("customer", "acme", "4", 1, name="Long gone", time="2026-09-01T08:00:00Z"),
        event_of("customer", "acme", "4", 2, gone=True, time="2026-10-03T08:00:00Z"),
    ],
    "invoice": [
        invoice("1", NORD, "2026-10-01", "100", due_date="2026-11-30", outstanding_amount="125"),
        invoice("2", NORD, "2026-09-01", "40", due_date="2026-10-30", outstanding_amount="50"),
        invoice("3", NORD, "2026-02-01", "8", due_date="2026-03-01", outstanding_amount="10.5"),
        invoice("4", NORD, "2025-02-01", "20", due_date="2025-03-01", outstanding_amount="25",
                time="2025-02-01T08:00:00Z"),
        invoice("4", NORD, "2025-02-01", "20", due_date="2025-03-01", outstanding_amount="0", version=2,
                time="2025-03-05T08:00:00Z"),
        invoice("4", NORD, "2025-02-01", "20", due_date="2025-03-01", outstanding_amount="0", version=3,
                note="thanks", time="2025-04-05T08:00:00Z"),
        invoice("5", SOUTH, "2026-01-01", "30", due_date="2026-02-01", outstanding_amount="0",
                time="2026-01-31T08:00:00Z"),
        invoice("6", NORD, "2026-04-01", "12", type="credit_note", outstanding_amount="12"),
        invoice("7", SOUTH, "2026-04-01", "-5", type="credit_note", outstanding_amount="0"),
    ],
    "employee": [event_of("employee", "acme", "1", name="Kari")],
    "project": [
        event_of("project", "acme", "1", name="Bridge", planned_hours="20"),
        event_of("project", "acme", "2", name="Tunnel", planned_hours="3"),
    ],
    "time_entry": [
        hours(1, "2026-11-02", "7.5", billable=True),
        hours(2, "2026-11-03", "2.5", billable=False),
        hours(3, "2026-10-05", "8", billable=True, invoice_id="acme/invoice/1"),
        hours(4, "2026-10-06", "4", billable=True, project_id="acme/project/2"),
    ],
    "account": [
        event_of("account", "acme", number, number=number, name=name, type=kind)
        for number, name, kind in (
            ("3000", "Sales", "income"), ("6000", "Rent", "expense"), ("1920", "Bank", "asset")
        )
    ],
    "ledger_entry": [
        posting(1, "a", "3000", "-100"), posting(2, "a", "1920", "100"),
        posting(3, "b", "6000", "30.25"), posting(4, "b", "1920", "-30"),
        posting(5, "c", "3000", "-7", "2025-12-31"), posting(6, "c", "1920", "7", "2025-12-31"),
    ],
    "supplier": [event_of("supplier", "acme", "1", name="Paper AS")],
    "supplier_invoice": [
        bought("A1", "1"), bought("A1", "2"), bought("A2", "3"), bought("A2", "4", status="cancelled"),
        bought("A3", "5"), bought("A3", "6", total_including_tax="98"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("lake")
    for entity, events in EVENTS.items():
        write(folder, keys_of(entity, "acme", "fresh"), events)
    with closing(open_lake(folder, SCHEMAS, limits=Limits("500MB", 1))) as database:
        yield database


ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "Who owes what, by how late it is": [("Nord", "NOK", "125", "50", "10.5")],
    "What each customer was invoiced this year and last, credit notes taken off": [
        ("Nord", "NOK", "20", "136"), ("South", "NOK", None, "25"),
    ],
    "How fast customers pay, by when an invoice was first seen paid": [("Nord", 1, 4.0), ("South", 1, -1.0)],
    "Hours that are worked, billable and on no invoice yet": [
        ("acme", "Tunnel", "4", "2026-10-06"), ("acme", "Bridge", "7.5", "2026-11-02"),
    ],
    "How much of each person's time is billable, by month": [
        ("Kari", "2026-10-01", "12", 100.0), ("Kari", "2026-11-01", "10", 75.0),
    ],
    "Projects that have used more hours than were planned": [("Tunnel", "3", "4")],
    "Income and expense of a year, by account": [
        ("acme", "expense", "6000", "Rent", "-30.25"), ("acme", "income", "3000", "Sales", "100"),
    ],
    "Vouchers that do not add up to zero, which something is wrong with": [("acme", "b", 2, "0.25")],
    "Supplier invoices that look booked twice": [("Paper AS", "A1", "99", "NOK", ["1", "2"])],
    "What was deleted since a day, and what it was called last": [
        ("2026-11-03T08:00:00Z", "acme/customer/3", "Gone AS"),
    ],
}  # fmt: skip


def test_there_are_ten_questions_and_each_has_its_answer_here() -> None:
    assert len(QUESTIONS) == 10
    assert QUESTIONS.keys() == ANSWERS.keys()


@pytest.mark.parametrize("title", ANSWERS)
def test_a_question_is_answered(lake: Database, title: str) -> None:
    answer = ask(lake, QUESTIONS[title])
    kinds = list(answer.columns.values())
    assert [tuple(map(json_value, row, kinds)) for row in answer.rows] == ANSWERS[title]
