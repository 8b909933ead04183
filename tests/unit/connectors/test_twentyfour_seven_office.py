"""What the 24SevenOffice connector asks for, how its lists end, and what its ledger's mapping sets aside.

That each of its names exists in the vendor's description is tested where ../shared is; it is not part of this
repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.exchange import Incoming
from sandbox.matching import Matcher
from sandbox.routes import Routes
from sluice.connector.load import load_connector
from sluice.connector.outcomes import LoggedIn, Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Stream
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

ROOT = Path(__file__).parents[3]
DESCRIPTION = ROOT.parent / "shared/specs/24sevenoffice/2025-10-21_d58e435.json"
DOCUMENTS = FolderDocuments(ROOT)
NAME = "twentyfour_seven_office"
OFFICE = load_connector(DOCUMENTS, NAME)
STREAMS = ["account", "customer", "department", "employee", "ledger_entry", "product", "project", "supplier"]
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SINCE = "2026-11-20T12:00:00+00:00"
BASE = "https://rest.api.24sevenoffice.com/v1"
IN_PATHS = {"/dimensions/1/elements", "/dimensions/2/elements"}

described = pytest.mark.skipif(
    not DESCRIPTION.is_file(), reason="the vendor's description (../shared/specs/24sevenoffice) is not here"
)

Schema = Mapping[str, Any]


def reader_of(stream: str, since: str | None = None, *, logged_in: bool = True) -> StreamReader:
    session = Session({"access_token": Secret("token")}, NOW + timedelta(hours=1)) if logged_in else None
    settings = complete_settings(OFFICE, {"organization_id": "4711"})
    selection = Selection(load_mapping(DOCUMENTS, NAME, stream).used.paths())
    secrets = {"client_id": Secret("app"), "client_secret": Secret("canary")}
    of = OFFICE.streams[stream]
    return StreamReader(
        ReadPlan(OFFICE, of, settings, secrets, selection, since, NOW, session=session, now=lambda: NOW)
    )


def next_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query(request: Request) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(request.url).query).items()}


def reply(records: object, **headers: str) -> Reply:
    return Reply(200, {"content-type": "application/json", **headers}, json.dumps(records).encode())


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(OFFICE.streams) == STREAMS


def test_a_token_is_for_one_organisation_and_the_client_says_who_it_is_in_the_form() -> None:
    reader = reader_of("customer", logged_in=False)
    login = next_of(reader)
    assert (login.method, login.url) == ("POST", "https://login.24sevenoffice.com/oauth/token")
    assert "Authorization" not in login.headers
    assert {name: value for name, (value,) in parse_qs((login.body or b"").decode()).items()} == {
        "grant_type": "client_credentials",
        "client_id": "app",
        "client_secret": "canary",
        "audience": "https://api.24sevenoffice.com",
        "login_organization": "4711",
    }
    outcome = reader.receive(reply({"access_token": "fresh", "token_type": "Bearer", "expires_in": 86400}))
    assert isinstance(outcome, LoggedIn)
    assert next_of(reader).headers["Authorization"] == "Bearer fresh"


def test_customers_go_on_where_the_link_header_says_and_end_where_it_says_no_more() -> None:
    reader = reader_of("customer")
    first = next_of(reader)
    assert query(first) == {"limit": "100", "sortBy": "id:asc"}
    following = f"{BASE}/customers?limit=100&sortBy=id%3Aasc&continuationToken=abc"
    page = reader.receive(reply([{"id": 1, "name": "A"}], link=f'<{following}>; rel="next"'))
    assert isinstance(page, Page)
    assert next_of(reader).url == following
    reader.receive(reply([{"id": 2, "name": "B"}], link=f'<{first.url}>; rel="first"'))
    assert reader.next_request() is None


def test_suppliers_are_the_customers_with_a_mark() -> None:
    request = next_of(reader_of("supplier"))
    assert query(request) == {"limit": "100", "sortBy": "id:asc", "isSupplier": "true"}
    assert request.url.startswith(f"{BASE}/customers?")


@pytest.mark.parametrize("stream", ["customer", "supplier"])
def test_the_sandbox_tells_suppliers_from_customers_by_the_mark(stream: str) -> None:
    asked = next_of(reader_of(stream))
    routes = Routes(OFFICE.streams, Matcher({}, {}))
    found, _ = routes.find(Incoming("GET", "/customers", query(asked), {}))
    assert found.name == stream


@pytest.mark.parametrize("stream", ["customer", "supplier"])
def test_increments_ask_from_ten_minutes_before_the_watermark(stream: str) -> None:
    assert query(next_of(reader_of(stream, SINCE)))["modifiedFrom"] == "2026-11-20T11:50:00Z"


def test_only_customers_and_suppliers_can_be_asked_for_by_change() -> None:
    assert {name for name, stream in OFFICE.streams.items() if stream.incremental} == {"customer", "supplier"}


@pytest.mark.parametrize("stream", ["account", "employee"])
def test_a_list_without_pages_is_asked_for_once(stream: str) -> None:
    reader = reader_of(stream)
    assert query(next_of(reader)) == {}
    reader.receive(reply([{"id": 1, "number": 1920, "name": "Bank"}]))
    assert reader.next_request() is None


@pytest.mark.parametrize("stream", ["product", "ledger_entry"])
def test_numbered_pages_end_with_an_empty_one_and_not_with_a_short_one(stream: str) -> None:
    reader = reader_of(stream)
    assert query(next_of(reader)).items() >= {"page": "1", "limit": "100"}.items()
    reader.receive(reply([{"id": "1", "date": "2024-01-31"}]))
    second = next_of(reader)
    assert query(second).items() >= {"page": "2", "limit": "100"}.items()
    reader.receive(reply([]))
    after = reader.next_request()
    if stream == "product":
        assert after is None
    else:
        assert after is not None
        assert query(after)["dateFrom"] == "2024-04-02"


def test_the_ledger_is_asked_for_in_windows_whose_end_is_not_inside() -> None:
    reader = reader_of("ledger_entry")
    asked = []
    while (request := reader.next_request()) is not None:
        asked.append((query(request)["dateFrom"], query(request)["dateTo"]))
        assert query(request)["includeDimensions"] == "true"
        reader.receive(reply([]))
    assert asked[0] == ("2024-01-01", "2024-04-02")
    assert all(one[1] == two[0] for one, two in pairwise(asked))
    assert asked[-1][1] == "2027-11-23"


@pytest.mark.parametrize(
    ("currency", "amount"),
    [(None, "150.5"), ({"code": "NOK", "rate": 1}, "150.5"), ({"code": "EUR", "rate": 11.5}, None)],
    ids=["none", "rate-1", "foreign"],
)
def test_a_line_in_a_foreign_currency_is_set_aside(currency: object, amount: str | None) -> None:
    line = {"id": "1", "date": "2026-04-03", "amount": 150.5, "currency": currency, "account": {"id": 9}}
    mapped = load_mapping(DOCUMENTS, NAME, "ledger_entry").map(line, "acme")
    if amount is None:
        assert mapped.faults
    else:
        assert not mapped.faults
        assert mapped.data is not None
        assert mapped.data["amount"] == amount


@pytest.mark.parametrize("kind", ["External", "Client"])
def test_people_from_outside_are_no_employees(kind: str) -> None:
    mapper = load_mapping(DOCUMENTS, NAME, "employee")
    mapped = mapper.map({"id": 7, "firstName": "Per", "lastName": "Ås", "personType": kind}, "acme")
    assert mapped.data is None
    assert not mapped.faults


@cache
def vendor() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return found


def resolved(schema: Schema) -> Schema:
    """Return the schema behind a reference, with the properties of all its parts."""
    while "$ref" in schema:
        found: Any = vendor()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    parts = [resolved(part) for part in schema.get("allOf", [])]
    properties = {name: field for part in parts for name, field in part.get("properties", {}).items()}
    return {**schema, "properties": {**properties, **schema.get("properties", {})}}


def operation(stream: Stream) -> tuple[Schema, list[Schema]]:
    path = "/dimensions/{dimensionType}/elements" if stream.path in IN_PATHS else stream.path
    item = vendor()["paths"][path]
    return item["get"], item.get("parameters", []) + item["get"]["parameters"]


def record_schema(stream: Stream) -> Schema:
    found: Schema = operation(stream)[0]["responses"]["200"]["content"]["application/json"]["schema"]
    assert resolved(found)["type"] == "array"
    return resolved(resolved(found)["items"])


def fields(schema: Schema, described: Schema, path: str = "") -> Iterator[tuple[str, Schema, Schema | None]]:
    """Yield (path, what the connector declares, what the vendor describes or None) of every field."""
    for name, field in schema.get("properties", {}).items():
        found = resolved(described)["properties"].get(name)
        yield f"{path}{name}", field, found
        if found is not None:
            inside = resolved(found)
            yield from fields(field.get("items", field), inside.get("items", inside), f"{path}{name}.")


@described
@pytest.mark.parametrize("name", STREAMS)
def test_every_parameter_is_described_and_every_required_one_is_sent(name: str) -> None:
    stream = OFFICE.streams[name]
    listed = {one["name"]: one for one in operation(stream)[1] if one["in"] == "query"}
    parts = [part for part in (stream.request, stream.windows, stream.incremental) if part is not None]
    sent = {parameter for part in parts for parameter in part.query}
    sent |= {place.name for place in (stream.pagination.at, stream.pagination.limit) if place is not None}
    assert sent <= set(listed)
    assert {one for one, spec in listed.items() if spec.get("required")} <= sent
    assert ("page" in listed) == ("page" in sent)


@described
@pytest.mark.parametrize("name", STREAMS)
def test_a_list_without_page_numbers_has_a_link_header_or_no_pages_at_all(name: str) -> None:
    stream = OFFICE.streams[name]
    get, listed = operation(stream)
    headers = {header.lower() for header in get["responses"]["200"]["headers"]}
    paged = bool({"limit", "page"} & {one["name"] for one in listed})
    assert (stream.pagination.kind.value == "single") == (not paged)
    assert ("link" in headers) == paged


@described
@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = OFFICE.streams[name]
    looked = 0
    for path, declared, found in fields(stream.schema, record_schema(stream)):
        assert found is not None, f"{name}.{path} is not in the vendor's description"
        spec = resolved(found)
        kinds = {declared["type"]} if isinstance(declared["type"], str) else set(declared["type"])
        assert kinds - {"null"} == {spec.get("type", "object")}, f"{name}.{path}"
        assert "null" in kinds or not spec.get("nullable"), f"{name}.{path} may be null"
        if "enum" in declared:
            assert set(declared["enum"]) == set(spec["enum"]), f"{name}.{path}"
        looked += 1
    assert looked >= 3


@described
def test_dimension_type_1_is_the_project_and_2_the_department() -> None:
    kind = record_schema(OFFICE.streams["project"])["properties"]["dimensionType"]
    assert re.search(r"1\s*=\s*project\W+2\s*=\s*department", resolved(kind)["description"])
