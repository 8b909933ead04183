"""Every path, parameter and field of the Business Central connector stands in the vendor's documentation.

Its tables of properties and its examples of answers are not part of this repository; where ../shared is
absent the tests that need them skip. What the connector asks for is tested in the file beside this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from sluice.connector.spec import Stream
from sluice.connector.values import Call, Value
from sluice.model import erp_json
from tests.unit.connectors.harness import SHARED, harness, needs

TABLES = "specs/business_central/2026-08-21_5dc00b6a.json"
ANSWERS = "samples/business_central"
CENTRAL = harness("business_central")


@dataclass(frozen=True, slots=True)
class Documented:
    """What a stream is called in the documentation: the entity, its list, the entity of its lines."""

    entity: str
    collection: str
    line: str = ""
    lines: str = ""


STREAMS = {
    "account": Documented("account", "accounts"),
    "credit_note": Documented(
        "salescreditmemo", "salesCreditMemos", "salescreditmemoline", "salesCreditMemoLines"
    ),
    "customer": Documented("customer", "customers"),
    "department": Documented("dimensionvalue", "dimensionValues"),
    "employee": Documented("employee", "employees"),
    "invoice": Documented("salesinvoice", "salesInvoices", "salesinvoiceline", "salesInvoiceLines"),
    "ledger_entry": Documented("generalledgerentry", "generalLedgerEntries"),
    "order": Documented("salesorder", "salesOrders", "salesorderline", "salesOrderLines"),
    "product": Documented("item", "items"),
    "project": Documented("project", "projects"),
    "purchase_order": Documented(
        "purchaseorder", "purchaseOrders", "purchaseorderline", "purchaseOrderLines"
    ),
    "supplier": Documented("vendor", "vendors"),
    "supplier_credit_note": Documented(
        "purchasecreditmemo", "purchaseCreditMemos", "purchasecreditmemoline", "purchaseCreditMemoLines"
    ),
    "supplier_invoice": Documented(
        "purchaseinvoice", "purchaseInvoices", "purchaseinvoiceline", "purchaseInvoiceLines"
    ),
    "time_entry": Documented("timeregistrationentry", "timeRegistrationEntries"),
}
# The example's time of the last change was cut to a day, which the API itself never gives.
NOT_AS_ANSWERED = {"purchase_order": ("/lastModifiedDateTime", "2021-01-01")}
KINDS = {"decimal": "number", "integer": "integer", "boolean": "boolean"}
FORMATS = {"date": "date", "datetime": "date-time"}
COMPARED = re.compile(r"(\w+) (?:ge|gt|lt) ")

tables = needs(TABLES, "the vendor's tables of properties")
answers = needs(ANSWERS, "the vendor's examples")

Record = dict[str, Any]


@cache
def entities() -> Mapping[str, Record]:
    found: dict[str, Record] = json.loads((SHARED / TABLES).read_text("utf-8"))["entities"]
    return found


def properties(entity: str) -> Record:
    found: Record = entities()[entity]["properties"]
    return found


def declared(name: str) -> Iterator[tuple[str, Record, str | None]]:
    """Yield (path, what the connector declares, the documented type or None) of every field but the lines."""
    documented, fields = STREAMS[name], CENTRAL.streams[name].schema["properties"]
    for field, schema in fields.items():
        if field != documented.lines:
            yield field, schema, properties(documented.entity).get(field)
    if documented.lines:
        for field, schema in fields[documented.lines]["items"]["properties"].items():
            yield f"{documented.lines}.{field}", schema, properties(documented.line).get(field)


def texts(value: Value) -> str:
    """Return the texts of a value with the words between them left out: ``date ge  and date lt ``."""
    return "".join(map(texts, value.values)) if isinstance(value, Call) else str(getattr(value, "value", ""))


def filters(stream: Stream) -> list[str]:
    parts = (stream.request, stream.incremental, stream.windows)
    return [texts(part.query["$filter"]) for part in parts if part is not None and "$filter" in part.query]


def answer_of(documented: Documented) -> Record:
    """Return the vendor's example of a record, with its example of a line inside."""
    record = example(documented.entity)
    return {**record, documented.lines: [example(documented.line)]} if documented.lines else record


def example(entity: str) -> Record:
    name = f"dynamics_{entity}_get.json"
    (path,) = (one for one in (SHARED / ANSWERS).iterdir() if one.name.lower() == name)
    found: Record = erp_json.read(path.read_bytes())
    return found


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(CENTRAL.streams) == sorted(STREAMS)


@tables
@pytest.mark.parametrize("name", STREAMS)
def test_every_stream_reads_a_documented_entity(name: str) -> None:
    documented = STREAMS[name]
    assert CENTRAL.streams[name].path.rpartition("/")[2] == documented.collection
    assert "GET" in entities()[documented.entity]["methods"]


@tables
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_documented_with_a_fitting_type(name: str) -> None:
    looked = 0
    for path, schema, kind in declared(name):
        assert kind is not None, f"{name}.{path} is not in the vendor's tables"
        assert schema["type"] == KINDS.get(kind, "string"), f"{name}.{path}"
        assert schema.get("format") == FORMATS.get(kind), f"{name}.{path}"
        looked += 1
    assert looked >= 4


@tables
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_that_the_mapping_takes_is_documented(name: str) -> None:
    documented = STREAMS[name]
    used = CENTRAL.used(name)
    heads = {path[0] for path in used} - {documented.lines}
    below = {path[1] for path in used if path[0] == documented.lines and len(path) > 1}
    assert heads <= set(properties(documented.entity))
    assert not below or below <= set(properties(documented.line))
    assert bool(below) == bool(documented.lines)


@tables
@pytest.mark.parametrize("name", STREAMS)
def test_filters_compare_documented_dates_and_moments(name: str) -> None:
    compared = {field for text in filters(CENTRAL.streams[name]) for field in COMPARED.findall(text)}
    assert compared
    assert {properties(STREAMS[name].entity)[field] for field in compared} <= {"date", "datetime"}
    assert compared <= set(CENTRAL.streams[name].schema["properties"])


@pytest.mark.parametrize("name", STREAMS)
def test_documents_are_read_with_their_lines(name: str) -> None:
    expanded = CENTRAL.streams[name].request.query.get("$expand")
    assert getattr(expanded, "value", "") == STREAMS[name].lines


@answers
@pytest.mark.parametrize("name", sorted(set(STREAMS) - set(NOT_AS_ANSWERED)))
def test_the_vendors_examples_become_canonical_records(name: str) -> None:
    assert CENTRAL.canonical(name, answer_of(STREAMS[name]))


@answers
@pytest.mark.parametrize("name", NOT_AS_ANSWERED)
def test_an_example_that_was_no_answer_is_set_aside_for_that_alone(name: str) -> None:
    pointer, text = NOT_AS_ANSWERED[name]
    record = answer_of(STREAMS[name])
    assert record[pointer[1:]] == text
    assert [fault.pointer for fault in CENTRAL.mapper(name).map(record, "acme").faults] == [pointer]
    assert CENTRAL.canonical(name, {**record, pointer[1:]: f"{text}T00:00:00Z"})


@answers
def test_an_invoices_line_keeps_its_price_and_product() -> None:
    invoice = CENTRAL.canonical("invoice", answer_of(STREAMS["invoice"]))
    (line,) = invoice["lines"]
    assert (line["unit_price_excluding_tax"], line["total_including_tax"]) == ("54.9", "172.94")
    assert line["product_id"] == "acme/product/02a6738a-44e3-ea11-bb43-000d3a2feca1"
    assert invoice["order_id"] is None
