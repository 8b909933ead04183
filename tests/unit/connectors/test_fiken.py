"""Every path, parameter and field of the Fiken connector stands in our copy of the vendor's list of fields.

The list is not part of this repository; where ../shared is absent the tests that need it skip. What the
connector asks for is tested without it. What the list lacks stands below, after public copies of the vendor's
description and clients that were generated from it (connectors/fiken/NOTES.md: description, text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from sluice.connector.spec import Stream
from tests.unit.connectors.harness import SHARED, harness, needs, types_of

FIELDS = "erp-facts/fiken-fields.md"
FIKEN = harness("fiken", {"company_slug": "fjellheim-as"}, {"token": "canary"})
STREAMS = [
    "account",
    "activity",
    "credit_note",
    "customer",
    "invoice",
    "ledger_entry",
    "order",
    "product",
    "project",
    "supplier",
    "supplier_invoice",
    "time_entry",
]
SINCE = "2026-11-20T00:30:00+00:00"
FIELD = re.compile(r"^(?P<indent> *)- (?P<name>\w+): (?P<type>(?:array of )?\w+)")
ARRAY = "array of "
NOT_LISTED = """
## GET /companies/{companySlug}/creditNotes
Parameters: page integer; pageSize integer; lastModifiedGe string(date); settled boolean

Response headers: Fiken-Api-Page, Fiken-Api-Page-Count, Fiken-Api-Page-Size, Fiken-Api-Result-Count

- creditNoteId: integer
- creditNoteNumber: integer
- kid: string
- customer: contact
- net: integer
- vat: integer
- gross: integer
- grossInNok: integer
- creditNoteText: string
- yourReference: string
- ourReference: string
- orderReference: string
- currency: string
- issueDate: string
- settled: boolean
- associatedInvoiceId: integer
- project: projectResult
- lines: array of invoiceLineResult

## GET /companies/{companySlug}/orderConfirmations
Parameters: page integer; pageSize integer

Response headers: Fiken-Api-Page, Fiken-Api-Page-Count, Fiken-Api-Page-Size, Fiken-Api-Result-Count

- confirmationId: integer
- date: string
- confirmationNumber: integer
- net: integer
- vat: integer
- gross: integer
- comment: string
- yourReference: string
- ourReference: string
- orderReference: string
- lines: array of invoiceLineResult
- currency: string
- contactId: integer
- projectId: integer
- createdInvoice: integer
- archived: boolean
- internalComment: string

## GET /companies/{companySlug}/journalEntries
Parameters: page integer; pageSize integer; dateGe string(date); lastModifiedGe string(date)

Response headers: Fiken-Api-Page, Fiken-Api-Page-Count, Fiken-Api-Page-Size, Fiken-Api-Result-Count

- journalEntryId: integer
- transactionId: integer
- offsetTransactionId: integer
- journalEntryNumber: integer
- description: string
- date: string
- lines: array of journalEntryLine

## GET journalEntryLine
- amount: integer
- account: string
- vatCode: string
- projectId: array of integer

## GET invoiceLineResult
- net: integer
- vat: integer
- gross: integer
- unitPrice: integer
- quantity: number
- productId: integer
- productName: string
- description: string

## GET saleResult
- settled: boolean
- writeOff: boolean
- outstandingBalance: integer
- outstandingBalanceInCurrency: integer
- deleted: boolean

## GET orderLine
- description: string
- netPrice: integer
- vat: integer
- account: string
- vatType: string
- netPriceInCurrency: integer
- vatInCurrency: integer
- projectId: integer
"""
NAMED = {
    "contact": "/companies/{}/contacts",
    "projectResult": "/companies/{}/projects",
    "invoiceLineResult": "invoiceLineResult",
    "journalEntryLine": "journalEntryLine",
    "orderLine": "orderLine",
    "saleResult": "saleResult",
}
"""Where the fields of an object that is only named in the list stand."""

listed = needs(FIELDS, "the list of the vendor's fields")

Record = dict[str, Any]


@cache
def sections() -> Mapping[str, str]:
    """Return the text of each operation by its path, with every parameter in it called {}."""
    parts = re.split(r"^## GET (.+)$", (SHARED / FIELDS).read_text("utf-8") + NOT_LISTED, flags=re.MULTILINE)[
        1:
    ]
    return {plain(path): body for path, body in zip(parts[::2], parts[1::2], strict=True)}


def plain(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path.strip())


def section(stream: Stream) -> str:
    return sections()[plain(stream.path)]


def parameters(stream: Stream) -> dict[str, str]:
    (line,) = re.findall(r"^Parameters: (.+)$", section(stream), re.MULTILINE)
    return dict(one.split(" ", 1) for one in line.split("; "))


def fields(body: str) -> Record:
    """Return field -> its type, or the fields below it."""
    found: Record = {}
    last = ""
    for match in filter(None, map(FIELD.match, body.splitlines())):
        name, kind = match["name"], match["type"]
        if match["indent"]:
            below = found[last] if isinstance(found[last], dict) else {}
            found[last] = {**below, name: kind}
        else:
            found[name] = kind
            last = name
    return found


def below(kind: Any) -> Record:
    """Return the fields of an object, or of a list's items; none where nothing is listed of them."""
    if isinstance(kind, dict):
        return kind
    named = NAMED.get(kind.removeprefix(ARRAY))
    return fields(sections()[named]) if named else {}


def type_of(kind: Any) -> str:
    if isinstance(kind, dict) or kind in NAMED:
        return "object"
    return "array" if kind.startswith(ARRAY) else str(kind)


def described(stream: Stream) -> Record:
    """Return what the list says of a record: of a row, its own fields and those kept of its document."""
    found = fields(section(stream))
    if stream.rows is None:
        return found
    (path,) = stream.rows.path
    return {**below(found[path]), stream.rows.number: "integer", stream.rows.name: found}


def declared(schema: Record, described: Record, path: str = "") -> Iterator[tuple[str, Record, Any]]:
    """Yield (path, what the connector declares, what the list says or None) of every field."""
    for name, field in schema.get("properties", {}).items():
        found = described.get(name)
        yield f"{path}{name}", field, found
        yield from declared(field.get("items", field), below(found or {}), f"{path}{name}.")


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(FIKEN.streams) == STREAMS


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_every_parameter_and_header_is_listed(name: str) -> None:
    stream = FIKEN.streams[name]
    parts = [part for part in (stream.request, stream.incremental) if part is not None]
    paging = stream.pagination
    sent = {parameter for part in parts for parameter in part.query}
    sent |= {place.name for place in (paging.at, paging.limit) if place is not None}
    assert {"page", "pageSize"} <= sent <= set(parameters(stream))
    for told in (paging.total, paging.pages):
        assert told is not None
        assert told.header in section(stream)


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_listed_with_a_fitting_type(name: str) -> None:
    stream = FIKEN.streams[name]
    looked = 0
    for path, field, kind in declared(dict(stream.schema), described(stream)):
        assert kind is not None, f"{name}.{path} is not in the vendor's list"
        assert types_of(field) == {type_of(kind)}, f"{name}.{path}"
        looked += 1
    assert looked >= 2


@listed
@pytest.mark.parametrize("name", STREAMS)
def test_increments_are_asked_for_exactly_where_the_vendor_offers_them(name: str) -> None:
    stream = FIKEN.streams[name]
    offered = {"lastModifiedGe"} & set(parameters(stream))
    assert set(stream.incremental.query if stream.incremental else {}) == offered
    if stream.incremental and stream.incremental.query:
        form = parameters(stream)["lastModifiedGe"]
        assert form == ("string(date-time)" if name == "time_entry" else "string(date)")


@pytest.mark.parametrize(
    "name", ["credit_note", "customer", "invoice", "ledger_entry", "product", "supplier"]
)
def test_a_filter_that_knows_days_is_asked_from_the_day_before(name: str) -> None:
    assert "lastModifiedGe=2026-11-19&" in FIKEN.request(name, SINCE).url + "&"


def test_customers_and_suppliers_are_told_apart_by_the_request() -> None:
    assert "customer=true" in FIKEN.request("customer").url
    assert "supplier=true" in FIKEN.request("supplier").url


def test_pages_count_from_0_and_say_their_size_because_both_switch_paging_on() -> None:
    request = FIKEN.request("account")
    assert request.url.startswith("https://api.fiken.no/api/v2/companies/fjellheim-as/accounts?")
    assert {"page=0", "pageSize=100"} == set(request.url.partition("?")[2].split("&"))
    assert request.headers["Authorization"] == "Bearer canary"


def test_one_request_at_a_time_because_two_may_get_the_user_banned() -> None:
    assert FIKEN.connector.concurrency == 1
