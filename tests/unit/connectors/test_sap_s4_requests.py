"""What the SAP S/4HANA Cloud connector asks for: login, reads, increments, pages; what it makes of errors."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from sandbox.exchange import Incoming
from sandbox.matching import Matcher
from sandbox.routes import Routes
from sluice.connector.load import load_connector
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.settings import complete_settings
from sluice.errors import ConfigurationInvalid, CredentialsRejected
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

DOCUMENTS = FolderDocuments(Path(__file__).parents[3])
CONNECTOR = load_connector(DOCUMENTS, "sap_s4")
API = "https://my300000-api.s4hana.cloud.sap"
SETTINGS = complete_settings(CONNECTOR, {"base_url": API, "history_from": "2025-01-01"})
SECRETS = {"user": "SLUICE", "password": "canary"}
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SINCE = "2026-11-20T10:00:00+00:00"
STREAMS = sorted(CONNECTOR.streams)
WITH_INCREMENTS = ["invoice", "order", "product", "purchase_order"]
JSON = {"Content-Type": "application/json"}
FILTERS = {
    "account": "ChartOfAccounts eq 'YCOA'",
    "customer": "Customer ne ''",
    "department": "ControllingArea eq 'A000' and ValidityStartDate le datetime'2026-11-21T00:00:00' "
    "and ValidityEndDate ge datetime'2026-11-21T00:00:00'",
    "invoice": "BillingDocumentDate ge datetime'2025-01-01T00:00:00'",
    "order": "SalesOrderDate ge datetime'2025-01-01T00:00:00'",
    "purchase_order": "PurchaseOrderDate ge datetime'2025-01-01T00:00:00'",
    "supplier": "Supplier ne ''",
    "supplier_invoice": "PostingDate ge datetime'2025-01-01T00:00:00'",
}
PRIVATE = {"BirthDate", "IsFemale", "IsMale", "GenderCodeName", "BusPartNationality", "BusPartMaritalStatus"}


def reader_of(name: str, since: str | None = None) -> StreamReader:
    selection = Selection(load_mapping(DOCUMENTS, "sap_s4", name).used.paths())
    secrets = {key: Secret(text) for key, text in SECRETS.items()}
    return StreamReader(
        ReadPlan(CONNECTOR, CONNECTOR.streams[name], SETTINGS, secrets, selection, since, NOW)
    )


def next_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def answer(count: int, *numbers: int) -> Reply:
    records: list[dict[str, Any]] = [{"Product": f"P{number}"} for number in numbers]
    return Reply(200, JSON, orjson.dumps({"d": {"__count": str(count), "results": records}}))


@pytest.mark.parametrize("name", STREAMS)
def test_a_first_read_asks_for_json_in_order_with_a_count(name: str) -> None:
    request = next_of(reader_of(name))
    query = query_of(request)
    assert request.method == "GET"
    assert request.url.startswith(f"{API}{CONNECTOR.streams[name].path}?")
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"SLUICE:canary").decode()
    assert (query["$format"], query["$inlinecount"], query["$skip"]) == ("json", "allpages", "0")
    assert set(query["$orderby"].split(",")) <= set(CONNECTOR.streams[name].schema["properties"])
    assert query.get("$filter") == FILTERS.get(name)


@pytest.mark.parametrize("name", STREAMS)
def test_what_is_expanded_comes_in_smaller_pages_where_it_is_much(name: str) -> None:
    many = {"customer", "supplier", "order", "invoice", "purchase_order"}
    size = "200" if name in many else "500"
    assert query_of(next_of(reader_of(name)))["$top"] == size


@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_private_fields_of_partners_are_never_asked_for(name: str) -> None:
    assert set(query_of(next_of(reader_of(name)))["$select"].split(",")) & PRIVATE == set()
    assert not CONNECTOR.streams[name].all_fields


@pytest.mark.parametrize("name", STREAMS)
def test_an_address_stays_far_below_what_servers_take(name: str) -> None:
    assert len(next_of(reader_of(name, SINCE)).url) < 4000


@pytest.mark.parametrize("name", WITH_INCREMENTS)
def test_an_increment_asks_from_an_hour_before(name: str) -> None:
    history = f"{FILTERS[name]} and " if name in FILTERS else ""
    asked = query_of(next_of(reader_of(name, SINCE)))["$filter"]
    assert asked == f"{history}LastChangeDateTime ge datetimeoffset'2026-11-20T09:00:00Z'"


@pytest.mark.parametrize("name", sorted(set(STREAMS) - set(WITH_INCREMENTS)))
def test_lists_that_tell_no_sure_moment_of_change_are_read_whole(name: str) -> None:
    assert CONNECTOR.streams[name].incremental is None
    assert query_of(next_of(reader_of(name, SINCE))) == query_of(next_of(reader_of(name)))


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    request = next_of(reader_of(name, since))
    headers = {key.lower(): text for key, text in request.headers.items()}
    found, asked = Routes(CONNECTOR.streams, Matcher(SETTINGS, SECRETS)).find(
        Incoming(request.method, urlsplit(request.url).path, query_of(request), headers)
    )
    assert found.name == name
    assert asked.since == ("2026-11-20T09:00:00Z" if since and name in WITH_INCREMENTS else None)


def test_pages_go_on_from_the_last_record_to_the_count_however_few_the_server_gives() -> None:
    reader = reader_of("product")
    next_of(reader)
    first = reader.receive(answer(4, 1, 2, 3))
    assert isinstance(first, Page)
    assert query_of(next_of(reader))["$skip"] == "2"
    second = reader.receive(answer(4, 3, 4))
    assert isinstance(second, Page)
    assert [one["Product"] for page in (first, second) for one in page.records] == ["P1", "P2", "P3", "P4"]
    assert reader.next_request() is None


@pytest.mark.parametrize("status", [403, 404])
def test_an_api_without_an_arrangement_is_the_operators_to_mend(status: int) -> None:
    reader = reader_of("product")
    next_of(reader)
    message = {"lang": "en", "value": "No service found for namespace '', name 'API_PRODUCT_SRV'"}
    body = orjson.dumps({"error": {"code": "/IWFND/MED/170", "message": message}})
    with pytest.raises(ConfigurationInvalid):
        reader.receive(Reply(status, JSON, body))


def test_a_wrong_password_is_told_as_that() -> None:
    reader = reader_of("product")
    next_of(reader)
    with pytest.raises(CredentialsRejected):
        reader.receive(Reply(401, {"Content-Type": "text/html"}, b"<html>Logon failed</html>"))
