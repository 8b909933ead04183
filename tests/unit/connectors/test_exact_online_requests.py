"""What the Exact Online connector asks for: the login, first reads, increments and next pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import orjson
import pytest

from sandbox.exchange import Incoming
from sandbox.matching import Matcher
from sandbox.routes import Routes
from sluice.connector.load import load_connector
from sluice.connector.outcomes import LoggedIn, Page, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.values import Scope
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import load_mapping
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

DOCUMENTS = FolderDocuments(Path(__file__).parents[3])
EXACT = load_connector(DOCUMENTS, "exact_online")
SETTINGS = complete_settings(EXACT, {"division": "1234567", "history_from": "2025-01-01"})
SECRETS = {name: Secret(f"canary-{name}") for name in ("client_id", "client_secret", "refresh_token")}
API = "https://start.exactonline.nl/api/v1/1234567"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SINCE = "2026-11-20T12:30:45.250000+00:00"
ASKED = "Modified ge datetime'2026-11-20T11:30:45'"
EVER = "Modified ge datetime'1990-01-01T00:00:00'"
JSON = {"Content-Type": "application/json"}
# The filter of a whole read; the vendor wants one wherever it has a synchronising endpoint too.
WHOLE = {
    "account": EVER,
    "customer": "Status eq 'C'",
    "department": None,
    "employee": None,
    "invoice": "InvoiceDate ge datetime'2025-01-01'",
    "ledger_entry": "Date ge datetime'2025-01-01'",
    "order": "OrderDate ge datetime'2025-01-01'",
    "product": EVER,
    "project": EVER,
    "purchase_order": "OrderDate ge datetime'2025-01-01'",
    "supplier": "IsSupplier eq true",
    "supplier_invoice": "EntryDate ge datetime'2025-01-01'",
    "time_entry": "Date ge datetime'2025-01-01'",
}
LINES = {
    "invoice": "SalesInvoiceLines",
    "order": "SalesOrderLines",
    "purchase_order": "PurchaseOrderLines",
    "supplier_invoice": "PurchaseEntryLines",
}
PRIVATE = {"BirthDate", "PrivateEmail", "Postcode", "SocialSecurityNumber", "MaritalStatus", "Gender"}


def reader_of(name: str, since: str | None = None, session: Session | None = None) -> StreamReader:
    selection = Selection(load_mapping(DOCUMENTS, "exact_online", name).used.paths())
    stream = EXACT.streams[name]
    plan = ReadPlan(EXACT, stream, SETTINGS, SECRETS, selection, since, NOW, session=session, now=lambda: NOW)
    return StreamReader(plan)


def logged_in(name: str, since: str | None = None) -> StreamReader:
    return reader_of(name, since, Session({"access_token": Secret("canary-token")}))


def next_of(reader: StreamReader) -> Request:
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def test_every_stream_is_tested_here() -> None:
    assert sorted(EXACT.streams) == sorted(WHOLE)


def test_the_login_spends_the_refresh_token_at_the_countrys_host() -> None:
    reader = reader_of("customer")
    request = next_of(reader)
    assert (request.method, request.url) == ("POST", "https://start.exactonline.nl/api/oauth2/token")
    assert request.body is not None
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "refresh_token",
        "client_id": "canary-client_id",
        "client_secret": "canary-client_secret",
        "refresh_token": "canary-refresh_token",
    }
    token = {"token_type": "bearer", "expires_in": "600", "access_token": "new", "refresh_token": "next"}
    assert isinstance(reader.receive(Reply(200, JSON, orjson.dumps(token))), LoggedIn)
    assert next_of(reader).headers["Authorization"] == "Bearer new"


@pytest.mark.parametrize("name", WHOLE)
def test_a_first_read_names_its_fields(name: str) -> None:
    request = next_of(logged_in(name))
    query = query_of(request)
    assert request.url.startswith(f"{API}{EXACT.streams[name].path.removeprefix('/{division}')}?")
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == "Bearer canary-token"
    used = {path[0] for path in load_mapping(DOCUMENTS, "exact_online", name).used.paths()}
    assert set(query["$select"].split(",")) == used | {path[0] for path in EXACT.streams[name].key}
    assert query.get("$filter") == WHOLE[name]
    assert query.get("$expand", "") == LINES.get(name, "")


@pytest.mark.parametrize("name", WHOLE)
def test_an_increment_asks_from_an_hour_before(name: str) -> None:
    whole = WHOLE[name]
    kept = "" if whole in {None, EVER} else f"{whole} and "
    first, later = query_of(next_of(logged_in(name))), query_of(next_of(logged_in(name, SINCE)))
    assert later == {**first, "$filter": kept + ASKED}


def test_private_fields_of_employees_are_never_asked_for() -> None:
    asked = set(query_of(next_of(logged_in("employee")))["$select"].split(","))
    assert asked & PRIVATE == set()
    assert not EXACT.streams["employee"].all_fields


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    request = next_of(logged_in(name, since))
    path = urlsplit(request.url).path.removeprefix("/api/v1")
    headers = {key.lower(): text for key, text in request.headers.items()}
    found, asked = Routes(EXACT.streams, Matcher(SETTINGS, SECRETS)).find(
        Incoming(request.method, path, query_of(request), headers)
    )
    assert found.name == name
    assert (asked.since == "2026-11-20T11:30:45") == (since is not None)


def test_the_next_page_is_where_the_answer_says() -> None:
    reader = logged_in("project")
    next_of(reader)
    following = f"{API}/project/Projects?$select=ID&$skiptoken=guid'5a2c0010'"
    body = {"d": {"results": [{"ID": "5a2c0010"}], "__next": following}}
    page = reader.receive(Reply(200, JSON, orjson.dumps(body)))
    assert isinstance(page, Page)
    assert [one["ID"] for one in page.records] == ["5a2c0010"]
    request = next_of(reader)
    assert request.url == following
    assert request.headers["Authorization"] == "Bearer canary-token"
    reader.receive(Reply(200, JSON, b'{"d": {"results": [{"ID": "5a2c0011"}]}}'))
    assert reader.next_request() is None


def test_too_many_requests_are_waited_out_for_a_minute() -> None:
    reader = logged_in("project")
    next_of(reader)
    assert isinstance(reader.receive(Reply(429, JSON, b"{}")), Throttled)
    assert reader.resume_at is not None
    assert (reader.resume_at - NOW).total_seconds() >= 60


def test_one_app_and_one_company_share_the_limits() -> None:
    assert [str(limit) for limit in EXACT.limits[:2]] == ["60 requests in 60 s", "5000 requests in 86400 s"]
    assert "10 errors in 3600 s" in str(EXACT.limits[2])
    scopes = [
        Scope({**SETTINGS, "division": division}, {"client_id": Secret(client)}, NOW)
        for division, client in (("1", "a"), ("1", "a"), ("2", "a"), ("1", "b"))
    ]
    for limit in EXACT.limits:
        keys = [limit.key("exact_online", str(number), scope) for number, scope in enumerate(scopes)]
        assert keys[0] == keys[1]
        assert len(set(keys)) == 3
