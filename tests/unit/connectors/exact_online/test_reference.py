"""Every path and field of the Exact Online connector stands in the vendor's reference, with a fitting type.

The reference is not part of this repository; where ../shared is absent the tests that need it skip. What the
connector asks for is tested in the file beside this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from sluice.connector.spec import Stream
from sluice.connector.values import Call, Value
from tests.unit.connectors.harness import SHARED, harness, needs, types_of

REFERENCE = "specs/exact/2022-03-23_3e0ed67.json"
EXACT = harness("exact_online")

reference = needs(REFERENCE, "the vendor's reference")


@dataclass(frozen=True, slots=True)
class Documented:
    """The endpoint of a stream, and that of its lines."""

    endpoint: str
    lines: str = ""

    @property
    def line_field(self) -> str:
        return self.lines.rpartition("/")[2]


STREAMS = {
    "account": Documented("financial/GLAccounts"),
    "activity": Documented("project/WBSActivities"),
    "customer": Documented("crm/Accounts"),
    "department": Documented("hrm/Costcenters"),
    "employee": Documented("payroll/Employees"),
    "invoice": Documented("salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines"),
    "ledger_entry": Documented("financialtransaction/TransactionLines"),
    "order": Documented("salesorder/SalesOrders", "salesorder/SalesOrderLines"),
    "product": Documented("logistics/Items"),
    "project": Documented("project/Projects"),
    "purchase_order": Documented("purchaseorder/PurchaseOrders", "purchaseorder/PurchaseOrderLines"),
    "supplier": Documented("crm/Accounts"),
    "supplier_invoice": Documented("purchaseentry/PurchaseEntries", "purchaseentry/PurchaseEntryLines"),
    "time_entry": Documented("project/TimeTransactions"),
}
WITH_LINES = sorted(name for name, one in STREAMS.items() if one.lines)
COMPARED = re.compile(r"(\w+) ge datetime'")
KINDS = {
    "Edm.Guid": "string",
    "Edm.String": "string",
    "Edm.DateTime": "string",
    "Edm.Boolean": "boolean",
    "Edm.Double": "number",
    "Edm.Byte": "integer",
    "Edm.Int16": "integer",
    "Edm.Int32": "integer",
}


@cache
def endpoints() -> Mapping[str, dict[str, Any]]:
    return {one["uri"]: one for one in json.loads((SHARED / REFERENCE).read_text("utf-8")).values()}


def documented(endpoint: str) -> dict[str, Any]:
    found: dict[str, Any] = endpoints()[f"/api/v1/{{division}}/{endpoint}"]
    return found


def properties(endpoint: str) -> dict[str, str]:
    """Return the type of every property that a read gives."""
    return {
        one["name"]: one["type"]
        for one in documented(endpoint)["properties"]
        if one["supportedMethods"]["get"]
    }


def described(endpoint: str, field: str) -> str:
    (text,) = (one["description"] for one in documented(endpoint)["properties"] if one["name"] == field)
    return str(text)


def declared_lines(name: str) -> dict[str, Any]:
    field = EXACT.streams[name].schema["properties"][STREAMS[name].line_field]
    found: dict[str, Any] = field["properties"]["results"]["items"]["properties"]
    return found


def texts(value: Value) -> str:
    """Return the texts of a value with the words between them left out: ``Date ge datetime''``."""
    return "".join(map(texts, value.values)) if isinstance(value, Call) else str(getattr(value, "value", ""))


def filters(stream: Stream) -> list[str]:
    parts = (stream.request, stream.incremental)
    return [texts(part.query["$filter"]) for part in parts if part is not None and "$filter" in part.query]


def fits(schema: Mapping[str, Any], kind: str) -> bool:
    return types_of(schema) == {KINDS[kind]}


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(EXACT.streams) == sorted(STREAMS)


@reference
@pytest.mark.parametrize("name", STREAMS)
def test_every_stream_reads_a_documented_endpoint(name: str) -> None:
    assert EXACT.streams[name].path == f"/{{division}}/{STREAMS[name].endpoint}"
    assert documented(STREAMS[name].endpoint)["supportedMethods"]["get"]


@reference
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_documented_with_a_fitting_type(name: str) -> None:
    known, lines = properties(STREAMS[name].endpoint), STREAMS[name].line_field
    fields = EXACT.streams[name].schema["properties"]
    assert set(fields) <= set(known)
    assert [field for field in fields if field != lines and not fits(fields[field], known[field])] == []
    assert len(fields) >= 7


@reference
@pytest.mark.parametrize("name", WITH_LINES)
def test_every_field_of_a_line_is_documented_with_a_fitting_type(name: str) -> None:
    known, fields = properties(STREAMS[name].lines), declared_lines(name)
    assert properties(STREAMS[name].endpoint)[STREAMS[name].line_field] == STREAMS[name].line_field
    assert set(fields) <= set(known)
    assert [field for field in fields if not fits(fields[field], known[field])] == []


@reference
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_that_the_mapping_takes_is_documented(name: str) -> None:
    used = EXACT.used(name)
    expected = STREAMS[name]
    below = {path[2] for path in used if path[0] == expected.line_field and len(path) > 2}
    assert {path[0] for path in used} <= set(properties(expected.endpoint))
    assert bool(below) == bool(expected.lines)
    assert not below or below <= set(properties(expected.lines))


@reference
@pytest.mark.parametrize("name", STREAMS)
def test_filters_compare_documented_moments(name: str) -> None:
    compared = [field for text in filters(EXACT.streams[name]) for field in COMPARED.findall(text)]
    assert compared[-1] == "Modified"
    assert {properties(STREAMS[name].endpoint)[field] for field in compared} == {"Edm.DateTime"}


@reference
def test_customers_and_suppliers_are_told_apart_by_documented_marks() -> None:
    assert "C=Customer" in described("crm/Accounts", "Status")
    assert properties("crm/Accounts")["Status"] == "Edm.String"
    assert properties("crm/Accounts")["IsSupplier"] == "Edm.Boolean"


@reference
def test_the_activity_of_an_hour_is_one_of_a_projects_breakdown_of_work() -> None:
    assert "linked to project WBS" in described("project/TimeTransactions", "Activity")
    assert "2 = Activity" in described("project/WBSActivities", "Type")
    assert properties("project/TimeTransactions")["Activity"] == properties("project/WBSActivities")["ID"]


@pytest.mark.parametrize(("kind", "name"), [(1, None), (2, "Montage"), (3, None), (None, "Montage")])
def test_deliverables_and_expenses_are_no_activities(kind: int | None, name: str | None) -> None:
    mapped = EXACT.mapper("activity").map({"ID": "a", "Description": "Montage", "Type": kind}, "acme")
    assert not mapped.faults
    assert (mapped.data and mapped.data["name"]) == name


@pytest.mark.parametrize(
    ("blocked", "completed", "active"),
    [(False, False, True), (True, False, False), (False, True, False), (None, None, None)],
)
def test_an_activity_is_in_use_until_it_is_blocked_or_completed(
    *, blocked: bool | None, completed: bool | None, active: bool | None
) -> None:
    record = {"ID": "a", "Description": "Montage", "BlockEntry": blocked, "Completed": completed}
    mapped = EXACT.mapper("activity").map(record, "acme")
    assert mapped.data is not None
    assert mapped.data["active"] is active


@reference
@pytest.mark.parametrize(
    ("name", "field", "record"),
    [
        ("invoice", "Type", {"InvoiceID": "a", "Status": 50, "Currency": "EUR"}),
        ("supplier_invoice", "Type", {"EntryID": "a", "Currency": "EUR"}),
    ],
)
def test_every_documented_type_of_a_document_has_a_meaning(name: str, field: str, record: Any) -> None:
    codes = re.findall(r"(\d+) [-=] ", described(STREAMS[name].endpoint, field))
    mapper = EXACT.mapper(name)
    mapped = [mapper.map({**record, field: int(code)}, "acme") for code in codes]
    assert [one.faults for one in mapped] == [()] * len(codes)
    assert {one.data["type"] for one in mapped if one.data} == {"invoice", "credit_note"}


@reference
def test_most_documented_types_of_accounts_have_a_place_in_the_statements() -> None:
    codes = re.findall(r"(\d+) = ", described("financial/GLAccounts", "Type"))
    mapper = EXACT.mapper("account")
    mapped = {
        code: mapper.map({"ID": "a", "Description": "x", "Type": int(code)}, "acme").data for code in codes
    }
    without = {code for code, data in mapped.items() if data is not None and data["type"] is None}
    assert without == {"14", "21", "24", "90", "300", "301", "302"}
    assert len(codes) == len(mapped) > 30
