"""Answers that Xero publishes: each record fits what the connector declares, and maps to a valid one.

The answers are not part of this repository; where ../shared is absent these tests skip. Among them is no bill
(an invoice of the type ACCPAY), as NOTES.md says.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sluice.connector.expanding.rows import rows_of
from sluice.model import erp_json
from tests.unit.connectors.harness import SHARED, harness, needs
from tests.unit.connectors.xero.apis import OF_PROJECTS

ANSWERS = "samples/xero"
XERO = harness("xero")
WITHOUT_ANSWERS = {"supplier_invoice"}
# Stream: how its answers' files begin, what its filter lets pass, how many records of that are known.
KNOWN: dict[str, tuple[str, dict[str, Any], int]] = {
    "account": ("getAccount", {}, 3),
    "customer": ("getContact", {"IsCustomer": True}, 3),
    "supplier": ("getContact", {"IsSupplier": True}, 3),
    "product": ("getItem", {}, 3),
    "invoice": ("getInvoice", {"Type": "ACCREC"}, 4),
    "supplier_invoice": ("getInvoice", {"Type": "ACCPAY"}, 0),
    "credit_note": ("getCreditNote", {"Type": "ACCRECCREDIT"}, 2),
    "supplier_credit_note": ("getCreditNote", {"Type": "ACCPAYCREDIT"}, 1),
    "purchase_order": ("getPurchaseOrder", {}, 4),
    "ledger_entry": ("getJournal", {}, 13),
}

pytestmark = needs(ANSWERS, "the vendor's answers")
with_answers = pytest.mark.parametrize("name", sorted(KNOWN.keys() - WITHOUT_ANSWERS))

Record = dict[str, Any]


@cache
def records_of(name: str) -> tuple[Record, ...]:
    """Return the records of the stream in all answers, filtered as its request asks for them."""
    begins, wanted, _ = KNOWN[name]
    (place,) = XERO.streams[name].records
    answers = [
        erp_json.read(path.read_bytes()) for path in sorted((SHARED / ANSWERS).glob(f"{begins}*_200.json"))
    ]
    found = [record for answer in answers for record in answer.get(place, [])]
    found = rows_of(XERO.streams[name].rows, found)
    return tuple(one for one in found if wanted.items() <= {key: one.get(key) for key in wanted}.items())


def mapped(name: str) -> list[Record]:
    """Return the canonical records; every one is valid."""
    return [XERO.canonical(name, record) for record in records_of(name)]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_the_answers_hold_as_many_records_as_are_known(name: str) -> None:
    assert len(records_of(name)) == KNOWN[name][2]


def test_every_stream_has_answers_or_is_named_without() -> None:
    assert KNOWN.keys() | OF_PROJECTS == XERO.streams.keys()
    assert {name for name in KNOWN if not records_of(name)} == WITHOUT_ANSWERS


@with_answers
def test_each_record_fits_what_the_connector_declares(name: str) -> None:
    validator = Draft202012Validator(dict(XERO.streams[name].schema))
    assert [error.message for one in records_of(name) for error in validator.iter_errors(one)] == []


@with_answers
def test_each_record_becomes_a_valid_canonical_record(name: str) -> None:
    found = mapped(name)
    assert len({one["id"] for one in found}) > 0
    assert all(one["source_id"] == record[XERO.streams[name].key[0][0]] for one, record in pairs(name, found))


def pairs(name: str, found: list[Record]) -> zip[tuple[Record, Record]]:
    return zip(found, records_of(name), strict=True)


@pytest.mark.parametrize("name", ["invoice", "credit_note", "supplier_credit_note", "purchase_order"])
def test_days_are_those_that_xero_writes_out_beside_them(name: str) -> None:
    for one, record in pairs(name, mapped(name)):
        assert one["issue_date"] == record["DateString"][:10]
        if "DueDateString" in record:
            assert one["due_date"] == record["DueDateString"][:10]


@pytest.mark.parametrize("name", ["invoice", "credit_note", "supplier_credit_note", "purchase_order"])
def test_totals_and_lines_add_up(name: str) -> None:
    for one in mapped(name):
        total = Decimal(one["total_excluding_tax"]) + Decimal(one["tax_amount"])
        assert total == Decimal(one["total_including_tax"])
        lines = one["lines"]
        assert lines is not None
        if lines:
            net = sum(Decimal(line["total_excluding_tax"]) for line in lines)
            assert net == Decimal(one["total_excluding_tax"])
