"""What the Exact Online connector asks for: the login, first reads, increments and next pages."""

from __future__ import annotations

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled
from sluice.connector.values import Scope
from sluice.errors import ApiChanged
from sluice.model.secret import Secret
from tests.unit.connectors.harness import NOW, TOKEN, asked_by, form_of, harness, query_of, received, replied

EXACT = harness(
    "exact_online", {"division": "1234567", "history_from": "2025-01-01"}, session={"access_token": TOKEN}
)
API = "https://start.exactonline.nl/api/v1/1234567"
SINCE = "2026-11-20T12:30:45.250000+00:00"
ASKED = "Modified ge datetime'2026-11-20T11:30:45'"
EVER = "Modified ge datetime'1990-01-01T00:00:00'"
# The filter of a whole read; the vendor wants one wherever it has a synchronising endpoint too.
WHOLE = {
    "account": EVER,
    "activity": None,
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


def test_every_stream_is_tested_here() -> None:
    assert sorted(EXACT.streams) == sorted(WHOLE)


def test_the_login_spends_the_refresh_token_at_the_countrys_host() -> None:
    reader = EXACT.logged_out().reader("customer")
    request = asked_by(reader)
    assert (request.method, request.url) == ("POST", "https://start.exactonline.nl/api/oauth2/token")
    assert form_of(request) == {
        "grant_type": "refresh_token",
        "client_id": "canary-client_id",
        "client_secret": "canary-client_secret",
        "refresh_token": "canary-refresh_token",
    }
    token = {"token_type": "bearer", "expires_in": "600", "access_token": "new", "refresh_token": "next"}
    assert isinstance(reader.receive(replied(token)), LoggedIn)
    assert asked_by(reader).headers["Authorization"] == "Bearer new"


@pytest.mark.parametrize("name", WHOLE)
def test_a_first_read_names_its_fields(name: str) -> None:
    request = EXACT.request(name)
    query = query_of(request)
    assert request.url.startswith(f"{API}{EXACT.streams[name].path.removeprefix('/{division}')}?")
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == "Bearer canary-token"
    used = {path[0] for path in EXACT.used(name)}
    assert set(query["$select"].split(",")) == used | {path[0] for path in EXACT.streams[name].key}
    assert query.get("$filter") == WHOLE[name]
    assert query.get("$expand", "") == LINES.get(name, "")


@pytest.mark.parametrize("name", WHOLE)
def test_an_increment_asks_from_an_hour_before(name: str) -> None:
    whole = WHOLE[name]
    kept = "" if whole in {None, EVER} else f"{whole} and "
    first, later = EXACT.query(name), EXACT.query(name, SINCE)
    assert later == {**first, "$filter": kept + ASKED}


def test_private_fields_of_employees_are_never_asked_for() -> None:
    asked = set(EXACT.query("employee")["$select"].split(","))
    assert asked & PRIVATE == set()
    assert not EXACT.streams["employee"].all_fields


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    request = EXACT.request(name, since)
    found, asked = EXACT.recognised(request)
    assert found.name == name
    assert (asked.since == "2026-11-20T11:30:45") == (since is not None)


def test_the_next_page_is_where_the_answer_says() -> None:
    reader = EXACT.reader("project")
    following = f"{API}/project/Projects?$select=ID&$skiptoken=guid'5a2c0010'"
    body = {"d": {"results": [{"ID": "5a2c0010"}], "__next": following}}
    page = received(reader, body)
    assert isinstance(page, Page)
    assert [one["ID"] for one in page.records] == ["5a2c0010"]
    request = asked_by(reader)
    assert request.url == following
    assert request.headers["Authorization"] == "Bearer canary-token"
    reader.receive(replied({"d": {"results": [{"ID": "5a2c0011"}]}}))
    assert reader.next_request() is None


def test_too_many_requests_are_waited_out_for_a_minute() -> None:
    reader = EXACT.reader("project")
    assert isinstance(received(reader, {}, 429), Throttled)
    assert reader.resume_at is not None
    assert (reader.resume_at - NOW).total_seconds() >= 60


def test_a_field_that_is_gone_is_an_api_change_that_names_it() -> None:
    message = "Type 'Project' does not have a property named 'Code' or there is no type with 'Code' name."
    refusal = {"error": {"code": "", "message": {"lang": "", "value": message}}}
    with pytest.raises(ApiChanged) as caught:
        received(EXACT.reader("project"), refusal, 400)
    assert [(one.code, one.path) for one in caught.value.changes] == [("D42", "Code")]


def test_one_app_and_one_company_share_the_limits() -> None:
    assert [str(limit) for limit in EXACT.connector.limits[:2]] == [
        "60 requests in 60 s",
        "5000 requests in 86400 s",
    ]
    assert "10 errors in 3600 s" in str(EXACT.connector.limits[2])
    scopes = [
        Scope({**EXACT.settings, "division": division}, {"client_id": Secret(client)}, NOW)
        for division, client in (("1", "a"), ("1", "a"), ("2", "a"), ("1", "b"))
    ]
    for limit in EXACT.connector.limits:
        keys = [limit.key("exact_online", str(number), scope) for number, scope in enumerate(scopes)]
        assert keys[0] == keys[1]
        assert len(set(keys)) == 3
