"""What goes to a token endpoint, and what goes with every request afterwards."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs

import pytest

from sluice.connector.load import check_connector
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.errors import ConfigurationInvalid
from sluice.model.http import Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import NOW, documents, toy
from tests.unit.connector.tokens.kinds import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    SECRETS,
    SIGNED,
    TOKEN_URL,
    connector_of,
    manifest,
    reading,
    sent,
    session,
    tokens,
)

BODY = "client_secret: {secret: client_secret}\n  client_authentication: body"


def form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}


@pytest.mark.parametrize("auth", [CLIENT_CREDENTIALS, AUTHORIZATION_CODE, SIGNED])
def test_every_kind_loads(auth: str) -> None:
    assert check_connector(documents(manifest(auth)), "toy") == []
    assert connector_of(auth).auth.is_token


def test_a_token_request_by_client_credentials() -> None:
    request = sent(reading(CLIENT_CREDENTIALS))
    assert (request.method, request.url) == ("POST", TOKEN_URL)
    assert request.label == "POST /oauth/token (login)"
    # An id with a colon is encoded first, or the server would end it there (RFC 6749, 2.3.1).
    basic = base64.b64encode(b"id-1%3Aab:client-s3cr3t").decode()
    assert request.headers == {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-App": "toy",
        "Authorization": f"Basic {basic}",
    }
    assert form(request) == {
        "grant_type": "client_credentials",
        "scope": "read write",
        "tenant_id": "t-7",
    }


def test_a_client_that_says_who_it_is_in_the_form() -> None:
    auth = CLIENT_CREDENTIALS.replace("client_secret: {secret: client_secret}", BODY)
    request = sent(reading(auth))
    assert "Authorization" not in request.headers
    assert form(request)["client_id"] == SECRETS["client_id"]
    assert form(request)["client_secret"] == SECRETS["client_secret"]


def test_data_is_asked_for_with_the_token_and_what_else_is_attached() -> None:
    reader = reading(CLIENT_CREDENTIALS)
    sent(reader)
    reader.receive(tokens())
    request = sent(reader)
    assert request.label == "GET /thing page 1"
    assert request.headers == {
        "Accept": "application/json",
        "Authorization": "Bearer access-1-token",
        "X-Tenant": "t-7",
    }
    assert not reader.wants_login


@pytest.mark.parametrize(
    ("held", "used"),
    [
        (None, "refresh-0-token"),
        (session("refresh-8-token"), "refresh-8-token"),
        (session(), "refresh-0-token"),
    ],
)
def test_the_refresh_token_is_that_of_the_last_session_or_the_secret(held: Session | None, used: str) -> None:
    ended = held.ended(NOW) if held else None
    assert form(sent(reading(session=ended))) == {"grant_type": "refresh_token", "refresh_token": used}


def test_what_holds_no_access_token_is_no_session_yet() -> None:
    held = Session({"refresh_token": Secret("refresh-8-token")})
    assert form(sent(reading(session=held)))["refresh_token"] == "refresh-8-token"


def test_a_connection_that_nobody_has_authorised_says_what_to_do() -> None:
    secrets = {name: text for name, text in SECRETS.items() if name != "refresh_token"}
    with pytest.raises(ConfigurationInvalid, match="sluice connections authorize") as caught:
        reading(secrets=secrets).next_request()
    assert [(fault.code, fault.pointer) for fault in caught.value.faults] == [
        ("missing_secret", "/refresh_token")
    ]


def test_a_session_may_be_opened_at_an_address_of_its_own() -> None:
    auth = """\
auth:
  kind: session
  login: {url: {setting: token_url}, form: {key: {secret: client_secret}}}
  capture: {token: token}
  attach: {headers: {X-Token: {captured: token}}}
"""
    request = sent(reading(auth))
    assert (request.url, request.body) == (TOKEN_URL, b"key=client-s3cr3t")


@pytest.mark.parametrize(
    ("auth", "settings", "pointer", "says"),
    [
        (CLIENT_CREDENTIALS, {"token_url": "http://login.toy.example/t"}, "/token_url", "start with https"),
        (CLIENT_CREDENTIALS, {"token_url": "https://u:pw@toy.example/t"}, "/token_url", "into the secrets"),
        (AUTHORIZATION_CODE, {"authorize_url": "ftp://toy.example"}, "/authorize_url", "an https address"),
        (
            CLIENT_CREDENTIALS.replace("{setting: token_url}", '{join: ["http://", {setting: tenant}]}'),
            {"tenant": "toy.example"},
            "/tenant",
            "start with https",
        ),
        (
            CLIENT_CREDENTIALS.replace("{setting: token_url}", "{setting: port}"),
            {"port": 1},
            "/port",
            "is the number 1",
        ),
    ],
)
def test_addresses_of_tokens_are_checked_with_the_settings(
    auth: str, settings: dict[str, object], pointer: str, says: str
) -> None:
    text = manifest(auth).replace("    tenant:", "    port: {type: integer}\n    tenant:")
    with pytest.raises(ConfigurationInvalid) as caught:
        complete_settings(toy(text), settings)
    fault = caught.value.faults[0]
    assert (fault.code, fault.pointer) == ("bad_url", pointer)
    assert says in fault.message
    assert "pw" not in str(caught.value)


def test_an_address_of_tokens_on_this_machine_needs_no_encryption_and_may_have_a_query() -> None:
    settings = {"token_url": "http://127.0.0.1:8080/token?api=2"}
    assert complete_settings(connector_of(CLIENT_CREDENTIALS), settings)["token_url"] == settings["token_url"]
