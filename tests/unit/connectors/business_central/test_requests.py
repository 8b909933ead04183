"""What the Business Central connector asks for: logins, first reads, increments, windows and next pages."""

from __future__ import annotations

import pytest

from sluice.connector.outcomes import Page
from sluice.connector.values import Scope
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.model.http import Reply
from sluice.model.secret import Secret
from tests.unit.connectors.harness import NOW, asked_by, form_of, harness, query_of, received, replied

GIVEN = {"tenant": "fjellheim.example.no", "company_id": "4d0e744d", "history_from": "2025-01-01"}
DEPARTMENTS = {"department_dimension_id": "a8196a90"}
SECRETS = {"client_id": "canary-id", "client_secret": "canary-secret"}
CENTRAL = harness("business_central", {**GIVEN, **DEPARTMENTS}, SECRETS)
COMPANY = "/fjellheim.example.no/Production/api/v2.0/companies(4d0e744d)"
API = "https://api.businesscentral.dynamics.com/v2.0"
SINCE = "2026-11-20T10:00:00+00:00"
WITH_INCREMENTS = sorted(name for name, stream in CENTRAL.streams.items() if stream.incremental)
FROM_HISTORY = ["credit_note", "invoice", "ledger_entry", "supplier_credit_note", "supplier_invoice"]


def test_the_login_asks_the_tenant_for_a_token_of_the_api() -> None:
    request = CENTRAL.request("customer")
    assert request.method == "POST"
    assert request.url == "https://login.microsoftonline.com/fjellheim.example.no/oauth2/v2.0/token"
    assert form_of(request) == {
        "grant_type": "client_credentials",
        "client_id": "canary-id",
        "client_secret": "canary-secret",
        "scope": "https://api.businesscentral.dynamics.com/.default",
    }
    assert "Authorization" not in request.headers


def test_a_first_read_names_the_fields_and_asks_a_copy_of_the_database() -> None:
    request = asked_by(CENTRAL.logged_in("project"))
    assert request.url.startswith(f"{API}{COMPANY}/projects?")
    assert query_of(request) == {"$select": "displayName,id,lastModifiedDateTime,number"}
    assert request.headers["Authorization"] == "Bearer canary-token"
    assert request.headers["Data-Access-Intent"] == "ReadOnly"
    assert request.headers["Prefer"] == "odata.maxpagesize=1000"


def test_a_document_comes_with_its_lines_in_smaller_pages() -> None:
    request = asked_by(CENTRAL.logged_in("order"))
    assert query_of(request) == {"$expand": "salesOrderLines"}
    assert request.headers["Prefer"] == "odata.maxpagesize=200"


def test_private_fields_of_employees_are_never_asked_for() -> None:
    asked = set(query_of(asked_by(CENTRAL.logged_in("employee")))["$select"].split(","))
    assert asked & {"birthDate", "personalEmail", "addressLine1", "bankAccountNumber", "iban"} == set()
    assert not CENTRAL.streams["employee"].all_fields


@pytest.mark.parametrize("name", WITH_INCREMENTS)
def test_an_increment_asks_from_an_hour_before_without_quotes(name: str) -> None:
    asked = query_of(asked_by(CENTRAL.logged_in(name, SINCE)))["$filter"]
    history = "postingDate ge 2025-01-01 and " if name in FROM_HISTORY else ""
    assert asked == f"{history}lastModifiedDateTime gt 2026-11-20T09:00:00Z"


@pytest.mark.parametrize("name", FROM_HISTORY)
def test_a_whole_read_of_postings_begins_with_the_history(name: str) -> None:
    assert query_of(asked_by(CENTRAL.logged_in(name)))["$filter"] == "postingDate ge 2025-01-01"


@pytest.mark.parametrize("name", sorted(CENTRAL.streams))
@pytest.mark.parametrize("since", [None, SINCE])
def test_the_sandbox_knows_every_request_for_what_it_is(name: str, since: str | None) -> None:
    request = asked_by(CENTRAL.logged_in(name, since))
    found, asked = CENTRAL.recognised(request)
    assert found.name == name
    assert asked.since == (None if since is None or name == "time_entry" else "2026-11-20T09:00:00Z")


def test_hours_are_asked_for_by_date_because_a_list_of_all_is_refused() -> None:
    windows = CENTRAL.streams["time_entry"].windows
    assert windows is not None
    assert windows.days <= 71
    asked = query_of(asked_by(CENTRAL.logged_in("time_entry")))["$filter"]
    assert asked == "date ge 2025-01-01 and date lt 2025-03-02"


def test_the_next_page_is_where_the_answer_says_and_as_large() -> None:
    reader = CENTRAL.logged_in("customer")
    following = f"{API}{COMPANY}/customers?$select=id&aid=FIELD&$skiptoken=28,customers"
    record = {"id": "f2a5738a", "lastModifiedDateTime": "2026-11-01T08:00:00Z"}
    body = {"@odata.context": "x", "value": [record], "@odata.nextLink": following}
    page = received(reader, body)
    assert isinstance(page, Page)
    assert [one["id"] for one in page.records] == ["f2a5738a"]
    request = asked_by(reader)
    assert request.url == following
    assert request.headers["Prefer"] == "odata.maxpagesize=1000"
    assert request.headers["Authorization"] == "Bearer canary-token"
    reader.receive(replied({"value": [{**record, "id": "f3a5738a"}]}))
    assert reader.next_request() is None


def test_departments_need_the_id_of_their_dimension() -> None:
    request = asked_by(CENTRAL.logged_in("department"))
    assert request.url.startswith(f"{API}{COMPANY}/dimensions(a8196a90)/dimensionValues?")
    reader = CENTRAL.with_settings(**dict.fromkeys(DEPARTMENTS)).logged_in("department")
    with pytest.raises(ConfigurationInvalid):
        reader.next_request()


def refusal(code: str, message: str) -> Reply:
    return replied({"error": {"code": code, "message": message}}, 400)


def test_a_field_that_is_gone_is_an_api_change_that_names_it() -> None:
    reader = CENTRAL.logged_in("project")
    asked_by(reader)
    message = "Could not find a property named 'number' on type 'Microsoft.NAV.project'."
    with pytest.raises(ApiChanged) as caught:
        reader.receive(refusal("BadRequest", message))
    assert [(one.code, one.path) for one in caught.value.changes] == [("D42", "number")]


@pytest.mark.parametrize("code", ["NoEnvironment", "Internal_CompanyNotFound"])
def test_a_wrong_environment_or_company_is_the_operators_to_mend(code: str) -> None:
    reader = CENTRAL.logged_in("project")
    with pytest.raises(ConfigurationInvalid):
        received(reader, {"error": {"code": code, "message": "It does not exist."}}, 404)


def test_all_companies_of_one_application_share_the_limits() -> None:
    assert [str(limit) for limit in CENTRAL.connector.limits] == [
        "6000 requests in 300 s",
        "5 requests at once",
    ]
    scopes = [
        Scope({**CENTRAL.settings, "company_id": company}, {"client_id": Secret(client)}, NOW)
        for company, client in (("one", "a"), ("two", "a"), ("one", "b"))
    ]
    for limit in CENTRAL.connector.limits:
        one, two, other = (limit.key("business_central", str(scope), scope) for scope in scopes)
        assert one == two != other
