"""The Visma.net connector: its fields stand in our copy of the vendor's list, its requests are as documented.

The list is of 2016 and not part of this repository; where ../shared is absent the tests that need it skip.
What only the vendor's description of 2026 has is named here, so that nothing gets in unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from sluice.connector.load import load_connector
from sluice.connector.outcomes import LoggedIn, Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.connector.spec import PageKind, Stream
from sluice.errors import ApiChanged
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

ROOT = Path(__file__).parents[3]
FIELDS = ROOT.parent / "shared/erp-facts/visma_net-fields.md"
DOCUMENTS = FolderDocuments(ROOT)
VISMA = load_connector(DOCUMENTS, "visma_net")
LISTED = ["account", "customer", "employee", "invoice", "product", "supplier"]
SINCE_2016 = ["credit_note", "department", "project", "supplier_invoice"]
WITHOUT_PAGES = ["account", "department"]
INVOICE_LINE = ("lineNumber", "inventoryNumber", "description", "quantity", "unitPriceInCurrency")
NEWER: Mapping[str, set[str]] = {
    "employee": {"department", *(f"contact.{name}" for name in ("firstName", "lastName", "email", "phone1"))},
    "invoice": {
        *("paymentReference", "project", "project.id", "project.description"),
        *(f"invoiceLines.{name}" for name in (*INVOICE_LINE, "discountPercent", "amountInCurrency", "uom")),
    },
}
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SINCE = "2026-11-20T10:00:00.123456+00:00"
JSON = {"Content-Type": "application/json"}
FIELD = re.compile(r"^(?P<indent> *)- (?P<name>\w+): (?P<type>[\w ]+)")
COUNTRY = {"id": "string", "name": "string"}

listed = pytest.mark.skipif(
    not FIELDS.is_file(), reason="the vendor's fields (../shared/erp-facts/visma_net-fields.md) are not here"
)

Record = dict[str, Any]


@cache
def sections() -> Mapping[str, str]:
    """Return the text of each list operation by the last part of its path."""
    parts = re.split(r"^## GET \S+/(\w+)$", FIELDS.read_text("utf-8"), flags=re.MULTILINE)[1:]
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


def types_of(field: Record) -> set[str]:
    said = field["type"]
    return ({said} if isinstance(said, str) else set(said)) - {"null"}


def json_type(kind: Any) -> str:
    return "object" if isinstance(kind, dict) or kind.endswith("Dto") else str(kind)


def reader_of(name: str, since: str | None = None) -> StreamReader:
    settings = complete_settings(VISMA, {"tenant": "af1140c1"})
    secrets = {key: Secret(f"canary-{key}") for key in VISMA.secrets}
    selection = Selection(load_mapping(DOCUMENTS, "visma_net", name).used.paths())
    stream = VISMA.streams[name]
    plan = ReadPlan(VISMA, stream, settings, secrets, selection, since, NOW, now=lambda: NOW)
    return StreamReader(plan)


def logged_in(name: str, since: str | None = None) -> StreamReader:
    reader = reader_of(name, since)
    reader.next_request()
    token = {"token_type": "Bearer", "expires_in": 3600, "access_token": "canary-token"}
    assert isinstance(reader.receive(Reply(200, JSON, orjson.dumps(token))), LoggedIn)
    return reader


def next_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def customers(count: int, total: int, start: int = 1) -> Reply:
    """Return a page: every record repeats how many there are, as the vendor's do."""
    told = {
        "metadata": {"totalCount": total, "maxPageSize": 1000},
        "lastModifiedDateTime": "2026-11-20T09:30:00",
    }
    records = [{"number": str(start + place), "name": "Fjell AS", **told} for place in range(count)]
    return Reply(200, JSON, orjson.dumps(records))


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(VISMA.streams) == sorted(LISTED + SINCE_2016)


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
    used = load_mapping(DOCUMENTS, "visma_net", name).used.paths()
    assert {".".join(path) for path in used} <= paths


@listed
@pytest.mark.parametrize("name", LISTED)
def test_the_filter_on_changes_is_listed(name: str) -> None:
    stream = VISMA.streams[name]
    assert stream.incremental is not None
    for parameter in stream.incremental.query:
        assert f"{parameter} string" in section(stream)


def test_the_login_names_the_tenant() -> None:
    request = next_of(reader_of("customer"))
    assert request.url == "https://connect.visma.com/connect/token"
    assert request.body is not None
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "canary-client_id",
        "client_secret": "canary-client_secret",
        "scope": "vismanet_erp_service_api:read",
        "tenant_id": "af1140c1",
    }


@pytest.mark.parametrize("name", sorted(VISMA.streams))
def test_pages_are_asked_for_exactly_where_the_list_has_them(name: str) -> None:
    request = next_of(logged_in(name))
    assert request.url.startswith(f"https://api.finance.visma.net{VISMA.streams[name].path}")
    assert request.headers["Authorization"] == "Bearer canary-token"
    paged = {} if name in WITHOUT_PAGES else {"pageNumber": "1", "pageSize": "500"}
    assert query_of(request) == paged
    assert (VISMA.streams[name].pagination.kind is PageKind.SINGLE) == (name in WITHOUT_PAGES)


@pytest.mark.parametrize("name", sorted(VISMA.streams))
def test_an_increment_asks_from_an_hour_before_in_utc_without_a_zone(name: str) -> None:
    query = query_of(next_of(logged_in(name, SINCE)))
    assert re.fullmatch(r"2026-11-20T09:00:00(\.\d{1,3})?", query["lastModifiedDateTime"])
    assert query["lastModifiedDateTimeCondition"] == ">="


def test_the_list_ends_where_the_total_in_its_records_is_reached() -> None:
    reader = logged_in("customer")
    next_of(reader)
    assert isinstance(reader.receive(customers(500, 620)), Page)
    assert query_of(next_of(reader)) == {"pageNumber": "2", "pageSize": "500"}
    assert isinstance(reader.receive(customers(120, 620, 501)), Page)
    assert reader.next_request() is None


def test_a_page_that_the_vendor_cut_is_followed_by_the_next() -> None:
    reader = logged_in("customer")
    next_of(reader)
    reader.receive(customers(100, 150))
    assert query_of(next_of(reader))["pageNumber"] == "2"


def test_a_filter_that_is_ignored_is_noticed_by_the_records() -> None:
    reader = logged_in("customer", SINCE)
    next_of(reader)
    old = orjson.dumps([{"number": "1", "name": "Fjell AS", "lastModifiedDateTime": "2024-01-01T00:00:00"}])
    with pytest.raises(ApiChanged) as caught:
        reader.receive(Reply(200, JSON, old))
    assert [change.code for change in caught.value.changes] == ["D35"]
