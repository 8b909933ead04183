"""The Visma.net connector: its fields stand in our copy of the vendor's list, its requests are as documented.

The list is of 2016 and not part of this repository; where ../shared is absent the tests that need it skip.
What only the vendor's description of 2026 has is named here, so that nothing gets in unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.connector.spec import PageKind, Stream
from sluice.errors import ApiChanged
from sluice.model.http import Reply
from tests.unit.connectors.harness import (
    SHARED,
    asked_by,
    form_of,
    harness,
    needs,
    query_of,
    received,
    replied,
    types_of,
)

FIELDS = "erp-facts/visma_net-fields.md"
VISMA = harness("visma_net", {"tenant": "af1140c1"})
LISTED = ["account", "customer", "employee", "invoice", "product", "purchase_order", "supplier"]
SINCE_2016 = ["credit_note", "department", "project", "supplier_invoice", "time_entry"]
OF_ANOTHER_FORM = ["ledger_entry", "order"]
WITHOUT_PAGES = ["account", "department"]
INVOICE_LINE = ("lineNumber", "inventoryNumber", "description", "quantity", "unitPriceInCurrency")
ORDER_LINE = ("lineNbr", "lineType", "lineDescription", "uom", "orderQty", "qtyOnReceipts", "unitCost")
ADDRESS = ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city", "country", "country.id")
NEWER: Mapping[str, set[str]] = {
    "employee": {"department", *(f"contact.{name}" for name in ("firstName", "lastName", "email", "phone1"))},
    "invoice": {
        *("paymentReference", "project", "project.id", "project.description"),
        *(f"invoiceLines.{name}" for name in (*INVOICE_LINE, "discountPercent", "amountInCurrency", "uom")),
    },
    "purchase_order": {
        *("note", "lines.discountPercent", "lines.amount"),
        *(f"lines.{name}" for name in ORDER_LINE),
        *(f"lines.{name}" for name in ("inventory", "inventory.number", "account", "account.number")),
        *(f"lines.{name}" for name in ("project", "project.id")),
        *(f"shippingAddress.{name}" for name in ADDRESS),
    },
}
SINCE = "2026-11-20T10:00:00.123456+00:00"
FIELD = re.compile(r"^(?P<indent> *)- (?P<name>\w+): (?P<type>[\w ]+)")
COUNTRY = {"id": "string", "name": "string"}

listed = needs(FIELDS, "the list of the vendor's fields")

Record = dict[str, Any]


@cache
def sections() -> Mapping[str, str]:
    """Return the text of each list operation by the last part of its path."""
    parts = re.split(r"^## GET \S+/(\w+)$", (SHARED / FIELDS).read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def section(stream: Stream) -> str:
    return sections()[stream.path.rpartition("/")[2]]


def fields(body: str) -> Record:
    """Return field -> its type, or the fields below it; a country has an id and a name."""
    found: Record = {}
    last = ""
    for match in filter(None, map(FIELD.match, body.splitlines())):
        kind: Any = COUNTRY if match["type"].strip() == "CountryDto" else match["type"].strip().split(" ")[0]
        if match["indent"]:
            found[last] = {**(found[last] if isinstance(found[last], dict) else {}), match["name"]: kind}
        else:
            last = match["name"]
            found[last] = kind
    return found


def declared(schema: Record, described: Any, above: str = "") -> Iterator[tuple[str, Record, Any]]:
    """Yield (path, what the connector declares, what the list says or None) of every field."""
    for name, field in schema.get("properties", {}).items():
        kind = described.get(name) if isinstance(described, dict) else None
        yield f"{above}{name}", field, kind
        yield from declared(field.get("items", field), kind, f"{above}{name}.")


def json_type(kind: Any) -> str:
    return "object" if isinstance(kind, dict) or kind.endswith("Dto") else str(kind)


def customers(count: int, total: int, start: int = 1) -> Reply:
    """Return a page: every record repeats how many there are, as the vendor's do."""
    told = {
        "metadata": {"totalCount": total, "maxPageSize": 1000},
        "lastModifiedDateTime": "2026-11-20T09:30:00",
    }
    records = [{"number": str(start + place), "name": "Fjell AS", **told} for place in range(count)]
    return replied(records)


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(VISMA.streams) == sorted(LISTED + SINCE_2016 + OF_ANOTHER_FORM)


@listed
@pytest.mark.parametrize("name", LISTED)
def test_every_field_is_listed_with_a_fitting_type_or_known_to_be_newer(name: str) -> None:
    stream, newer = VISMA.streams[name], NEWER.get(name, set())
    looked, unlisted = 0, set()
    for path, field, kind in declared(dict(stream.schema), fields(section(stream))):
        if kind is None:
            unlisted.add(path)
        else:
            assert types_of(field) == {json_type(kind)}, path
            looked += 1
    assert unlisted == newer
    assert looked >= 6


@listed
@pytest.mark.parametrize("name", LISTED)
def test_every_mapped_field_is_declared(name: str) -> None:
    paths = {path for path, _, _ in declared(dict(VISMA.streams[name].schema), {})}
    used = VISMA.used(name)
    assert {".".join(path) for path in used} <= paths


@listed
@pytest.mark.parametrize("name", LISTED)
def test_the_filter_on_changes_is_listed(name: str) -> None:
    stream = VISMA.streams[name]
    assert stream.incremental is not None
    for parameter in stream.incremental.query:
        assert f"{parameter} string" in section(stream)


def test_the_login_names_the_tenant() -> None:
    request = VISMA.request("customer")
    assert request.url == "https://connect.visma.com/connect/token"
    assert form_of(request) == {
        "grant_type": "client_credentials",
        "client_id": "canary-client_id",
        "client_secret": "canary-client_secret",
        "scope": "vismanet_erp_service_api:read",
        "tenant_id": "af1140c1",
    }


@pytest.mark.parametrize("name", LISTED + SINCE_2016)
def test_pages_are_asked_for_exactly_where_the_list_has_them(name: str) -> None:
    request = asked_by(VISMA.logged_in(name))
    assert request.url.startswith(f"https://api.finance.visma.net{VISMA.streams[name].path}")
    assert request.headers["Authorization"] == "Bearer canary-token"
    paged = {} if name in WITHOUT_PAGES else {"pageNumber": "1", "pageSize": "500"}
    assert query_of(request) == paged
    assert (VISMA.streams[name].pagination.kind is PageKind.SINGLE) == (name in WITHOUT_PAGES)


@pytest.mark.parametrize("name", LISTED + SINCE_2016)
def test_an_increment_asks_from_an_hour_before_in_utc_without_a_zone(name: str) -> None:
    query = query_of(asked_by(VISMA.logged_in(name, SINCE)))
    assert re.fullmatch(r"2026-11-20T09:00:00(\.\d{1,3})?", query["lastModifiedDateTime"])
    assert query["lastModifiedDateTimeCondition"] == ">="


def test_the_list_ends_where_the_total_in_its_records_is_reached() -> None:
    reader = VISMA.logged_in("customer")
    asked_by(reader)
    assert isinstance(reader.receive(customers(500, 620)), Page)
    assert query_of(asked_by(reader)) == {"pageNumber": "2", "pageSize": "500"}
    assert isinstance(reader.receive(customers(120, 620, 501)), Page)
    assert reader.next_request() is None


def test_a_page_that_the_vendor_cut_is_followed_by_the_next() -> None:
    reader = VISMA.logged_in("customer")
    asked_by(reader)
    reader.receive(customers(100, 150))
    assert query_of(asked_by(reader))["pageNumber"] == "2"


def test_a_filter_that_is_ignored_is_noticed_by_the_records() -> None:
    reader = VISMA.logged_in("customer", SINCE)
    old = [{"number": "1", "name": "Fjell AS", "lastModifiedDateTime": "2024-01-01T00:00:00"}]
    with pytest.raises(ApiChanged) as caught:
        received(reader, old)
    assert [change.code for change in caught.value.changes] == ["D35"]
