"""What is asked of NetSuite, page by page and change by change, and what its answers and errors come to."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from sandbox.tokens.proofs import pem_of
from sluice.connector.outcomes import LoggedIn, Page, Throttled, TryAgain
from sluice.connector.reader import StreamReader
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected
from tests.unit.connectors.harness import asked_by, form_of, harness, query_of, received

HOST = "https://1234567-sb1.suitetalk.api.netsuite.com"
LOGIN = f"{HOST}/services/rest/auth/oauth2/v1/token"
KEY = pem_of("PS256")
NETSUITE = harness("netsuite", {"base_url": HOST, "token_url": LOGIN}, {"private_key": KEY})
SINCE = "2026-11-20T00:30:00+00:00"
WHOLE = {"account", "department"}


def asked(reader: StreamReader) -> str:
    """Return the query of the next page's request."""
    body: dict[str, str] = json.loads(asked_by(reader).body or b"")
    assert body.keys() == {"q"}
    return body["q"]


def page(ids: list[int], *, more: bool, **fields: Any) -> dict[str, Any]:
    """Return an answer as NetSuite's, whose rows have these ids as text."""
    items = [{"links": [], "id": str(one), **fields} for one in ids]
    return {"links": [], "count": len(items), "hasMore": more, "items": items, "offset": 0, "totalResults": 9}


def columns_of(query: str) -> dict[str, str]:
    """Return what a query selects: the name in the answer, and the expression behind it."""
    parts, depth = [""], 0
    for word in re.findall(r"\w+|\W", query.removeprefix("SELECT ")):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "FROM":
            break
        parts = [*parts, ""] if depth == 0 and word == "," else [*parts[:-1], parts[-1] + word]
    found = [part.strip().rpartition(" AS ") for part in parts]
    return {name.rpartition(".")[2]: expression or name for expression, _, name in found}


def problem(code: str, detail: str) -> dict[str, Any]:
    return {"title": "Bad Request", "o:errorDetails": [{"detail": detail, "o:errorCode": code}]}


def test_the_login_is_an_assertion_signed_with_the_certificate_s_key() -> None:
    request = NETSUITE.logged_out().request("customer")
    form = form_of(request)
    assert (request.method, request.url) == ("POST", LOGIN)
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    public = serialization.load_pem_private_key(KEY.replace("\\n", "\n").encode(), None).public_key()
    key: Any = public
    skipped: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(form["client_assertion"], key, ["PS256"], skipped, audience=LOGIN)
    assert (claims["iss"], claims["scope"]) == ("canary-client_id", "rest_webservices")
    assert 0 < claims["exp"] - claims["iat"] < 3600
    header = jwt.get_unverified_header(form["client_assertion"])
    assert (header["kid"], header["alg"]) == ("canary-certificate_id", "PS256")


def test_a_token_whose_lifetime_is_a_text_is_taken() -> None:
    reader = NETSUITE.logged_out().reader("customer")
    answer = {"token_type": "bearer", "expires_in": "3600", "access_token": "canary-token"}
    assert isinstance(received(reader, answer), LoggedIn)
    assert asked_by(reader).headers["Authorization"] == "Bearer canary-token"


@pytest.mark.parametrize("stream", sorted(NETSUITE.streams))
def test_a_first_read_asks_for_everything_in_the_order_of_ids(stream: str) -> None:
    reader = NETSUITE.logged_in(stream)
    request = asked_by(reader)
    address = urlsplit(request.url)
    assert (request.method, address.path) == ("POST", "/services/rest/query/v1/suiteql")
    assert query_of(request) == {"limit": "1000"}
    assert request.headers["Prefer"] == "transient"
    query = asked(reader)
    key = query.rpartition(" ORDER BY ")[2]
    assert query.startswith("SELECT ")
    assert query.endswith(f" {key} > -1000000 ORDER BY {key}")
    assert "TO_DATE" not in query
    assert query.count("(") == query.count(")")
    assert "  " not in query


@pytest.mark.parametrize("stream", sorted(NETSUITE.streams.keys() - WHOLE))
def test_an_increment_asks_for_a_day_more_because_the_zone_is_not_known(stream: str) -> None:
    query = asked(NETSUITE.logged_in(stream, SINCE))
    assert query.count(".lastmodifieddate >= TO_DATE('2026-11-19', 'YYYY-MM-DD') AND ") == 1
    assert query.replace("r.lastmodifieddate >= TO_DATE('2026-11-19', 'YYYY-MM-DD') AND ", "").replace(
        "l.lastmodifieddate >= TO_DATE('2026-11-19', 'YYYY-MM-DD') AND ", ""
    ) == asked(NETSUITE.logged_in(stream))


@pytest.mark.parametrize("stream", sorted(WHOLE))
def test_what_shows_no_time_of_change_is_always_read_whole(stream: str) -> None:
    assert NETSUITE.streams[stream].incremental is None


@pytest.mark.parametrize("stream", sorted(NETSUITE.streams))
def test_the_columns_asked_for_are_those_declared_and_dates_have_a_fixed_form(stream: str) -> None:
    columns = columns_of(asked(NETSUITE.logged_in(stream)))
    declared = NETSUITE.streams[stream].schema["properties"]
    assert columns.keys() == declared.keys()
    for name, schema in declared.items():
        is_date = schema.get("format") == "date" or name.endswith("ddate")
        assert columns[name].startswith("TO_CHAR(") == is_date, name


def test_the_next_page_begins_behind_the_last_id() -> None:
    reader = NETSUITE.logged_in("customer", SINCE)
    first = asked(reader)
    changed = {"lastmodifieddate": "2026-11-20T10:00:00"}
    outcome = received(reader, page([-3, 9, 10], more=True, **changed))
    assert isinstance(outcome, Page)
    assert [record["id"] for record in outcome.records] == ["-3", "9", "10"]
    assert asked(reader) == first.replace("r.id > -1000000", "r.id > 10")
    received(reader, page([11], more=False, **changed))
    assert reader.next_request() is None


def test_a_list_without_rows_is_empty() -> None:
    reader = NETSUITE.logged_in("order")
    outcome = received(reader, page([], more=False))
    assert isinstance(outcome, Page)
    assert outcome.records == []
    assert reader.next_request() is None


def test_ids_are_sorted_as_numbers_though_they_are_text() -> None:
    reader = NETSUITE.logged_in("customer")
    assert isinstance(received(reader, page([9, 10, 100], more=True)), Page)
    assert isinstance(received(reader, page([300, 200], more=True)), TryAgain)
    with pytest.raises(ApiChanged, match="D34"):
        received(reader, page([300, 200], more=True))


@pytest.mark.parametrize(
    ("given", "stream", "written"),
    [
        ({"currency": "'NOK'"}, "invoice", "'NOK' AS currencycode"),
        ({"departments": "NULL"}, "time_entry", "NULL AS department"),
        ({"subsidiaries": "NULL"}, "ledger_entry", "NULL AS subsidiary"),
        ({"accounting_book": 2}, "ledger_entry", "a.accountingbook = 2 AND"),
        (
            {"organisation_numbers": "r.custentity_orgno"},
            "customer",
            "r.custentity_orgno AS organisationnumber",
        ),
        ({"vat_numbers": "r.vatregnumber"}, "supplier", "r.vatregnumber AS vatnumber"),
    ],
)
def test_what_not_every_account_has_is_a_setting(given: dict[str, Any], stream: str, written: str) -> None:
    assert written in asked(NETSUITE.with_settings(**given).logged_in(stream))


@pytest.mark.parametrize(
    "given",
    [
        {"currency": "'NOK' FROM employee --"},
        {"currency": "NOK"},
        {"departments": "l.salary"},
        {"projects": "employee"},
        {"organisation_numbers": "r.a, r.b"},
        {"vat_numbers": "(SELECT 1)"},
    ],
)
def test_a_setting_cannot_put_other_sql_into_a_query(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationInvalid):
        _ = NETSUITE.with_settings(**given).settings


@pytest.mark.parametrize(
    ("status", "code"), [(429, "CONCURRENCY_LIMIT_EXCEEDED"), (400, "SSS_REQUEST_LIMIT_EXCEEDED")]
)
def test_too_many_requests_at_once_are_waited_for(status: int, code: str) -> None:
    outcome = received(NETSUITE.logged_in("customer"), problem(code, "Request blocked."), status)
    assert isinstance(outcome, Throttled)
    assert (outcome.resume_at - NETSUITE.now).total_seconds() == 10


def test_a_session_that_has_ended_is_opened_anew_once() -> None:
    reader = NETSUITE.logged_in("customer")
    refused = problem("INVALID_LOGIN", "Invalid login attempt.")
    assert isinstance(received(reader, refused, 401), TryAgain)
    assert asked_by(reader).url == LOGIN
    received(reader, {"token_type": "bearer", "expires_in": "3600", "access_token": "canary-2"})
    with pytest.raises(CredentialsRejected):
        received(reader, refused, 401)


@pytest.mark.parametrize(
    ("status", "code", "detail", "error"),
    [
        (400, "INVALID_PARAMETER", "Search error occurred: Unknown identifier 'department'", ApiChanged),
        (
            400,
            "INVALID_PARAMETER",
            "Search error occurred: Record 'job' was not found.",
            ConfigurationInvalid,
        ),
        (403, "INSUFFICIENT_PERMISSION", "Your current role does not allow that.", CredentialsRejected),
    ],
)
def test_what_the_account_or_the_role_lacks_is_told(
    status: int, code: str, detail: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=detail[-12:-1]):
        received(NETSUITE.logged_in("project"), problem(code, detail), status)
