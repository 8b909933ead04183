"""The examples of docs/data.md, asked of a small lake, give what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sluice.lake.asking import ask
from sluice.lake.database import Limits, open_lake
from sluice.lake.presence import Database
from sluice.lake.values import json_value
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

PAGE = (Path(__file__).parents[3] / "docs/data.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^(\w[^\n]*):[^\n]*\n\n```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
LINE = {"description": "Work", "quantity": "7.5"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("lake")
    customers = [
        event_of("customer", "acme", "1", name="Nord", email="old@nord.example", time="2026-11-01T08:00:00Z",
                 organisation_number="974760673", postal_address={"city": "Oslo"}),
        event_of("customer", "acme", "1", 2, name="Nord AS", email="new@nord.example",
                 time="2026-11-03T08:00:00Z",
                 organisation_number="974760673", postal_address={"city": "Bergen"},
                 extensions={"customer_group": "A"}),
    ]  # fmt: skip
    write(folder, keys_of("customer", "acme", "fresh"), customers)
    other = event_of(
        "customer", "globex", "7", name="NORD", organisation_number="974760673", time="2026-11-02T00:00:00Z"
    )
    write(folder, keys_of("customer", "globex", "fresh"), [other])
    invoices = [
        event_of("invoice", "acme", number, number=number, type="invoice", customer_id="acme/customer/1",
                 issue_date="2026-10-05", due_date=due, currency="NOK", total_excluding_tax="100.10",
                 outstanding_amount=left, lines=lines)
        for number, due, left, lines in (
            ("10", "2026-11-20", "50.25", [LINE]), ("11", "2026-11-05", "125.13", None),
            ("12", None, "0", []),
        )
    ]  # fmt: skip
    write(folder, keys_of("invoice", "acme", "fresh"), invoices)
    write(folder, keys_of("project", "acme", "fresh"), [event_of("project", "acme", "1", name="Bridge")])
    hours = [
        event_of(
            "time_entry", "acme", number, project_id="acme/project/1", date=f"2026-11-{number}", hours="7.5"
        )
        for number in ("10", "11")
    ]
    write(folder, keys_of("time_entry", "acme", "fresh"), hours)
    with closing(open_lake(folder, SCHEMAS, limits=Limits("500MB", 1))) as database:
        yield database


ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "What each customer owes, oldest first": [
        ("Nord AS", "11", "2026-11-05", "125.13", "NOK"), ("Nord AS", "10", "2026-11-20", "50.25", "NOK"),
    ],
    "Invoiced by month, connection and currency": [("2026-10-01", "acme", "NOK", 3, "300.3")],
    "The lines of invoices, which are JSON": [("10", "Work", "7.5")],
    "A field of an address, and a field that only one ERP has": [
        ("NORD", None, None), ("Nord AS", "Bergen", "A"),
    ],
    "What changed in a customer, version by version": [
        (1, "2026-11-01T08:00:00Z", False, "Nord", "old@nord.example"),
        (2, "2026-11-03T08:00:00Z", False, "Nord AS", "new@nord.example"),
    ],
    "What the customers were on a day in the past": [("1", "Nord")],
    "Organisation numbers that more than one connection has": [("974760673", ["acme", "globex"])],
    "Hours by project and month": [("Bridge", "2026-11-01", "15")],
}  # fmt: skip


def test_every_example_has_its_answer_here() -> None:
    assert EXAMPLES.keys() == ANSWERS.keys()


@pytest.mark.parametrize("title", ANSWERS)
def test_an_example_answers_what_it_says(lake: Database, title: str) -> None:
    answer = ask(lake, EXAMPLES[title])
    kinds = list(answer.columns.values())
    rows = [tuple(map(json_value, row, kinds)) for row in answer.rows]
    assert rows == ANSWERS[title]


def test_arithmetic_is_as_exact_as_the_page_says(lake: Database) -> None:
    what = (
        "sum(outstanding_amount * total_excluding_tax), avg(outstanding_amount), sum(outstanding_amount) / 3"
    )
    answer = ask(lake, f"SELECT {what} FROM invoice WHERE event_time < now()::TIMESTAMP")  # noqa: S608 - our own
    assert [kind[:7] for kind in answer.columns.values()] == ["DECIMAL", "DOUBLE", "DOUBLE"]
    [(products, *_)] = answer.rows
    assert products == Decimal("17555.538")
