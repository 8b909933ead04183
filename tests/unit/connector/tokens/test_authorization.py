"""What a browser is sent to, and the code that it comes back with given for tokens."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from sluice.connector.authorization import authorization_url, plan_code_exchange, read_code_exchange
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.connector.values import Scope
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import NOW, reply
from tests.unit.connector.tokens.kinds import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    SECRETS,
    TOKEN_URL,
    connector_of,
    tokens,
)

BACK = "http://127.0.0.1:8400/callback"
CODE, VERIFIER = "code-77-of-the-erp", "verifier-" + "v" * 43


def scope_of(connector: Connector, **settings: Any) -> Scope:
    secrets = {name: Secret(text) for name, text in SECRETS.items()}
    return Scope(settings=complete_settings(connector, settings), secrets=secrets, now=NOW)


def exchange(auth: str = AUTHORIZATION_CODE) -> tuple[Connector, Scope, Request]:
    connector = connector_of(auth)
    scope = scope_of(connector)
    return connector, scope, plan_code_exchange(connector, scope, CODE, BACK, VERIFIER)


def test_a_browser_is_sent_to_the_vendor_with_all_that_the_protocol_asks_for() -> None:
    connector = connector_of(AUTHORIZATION_CODE)
    url = authorization_url(connector, scope_of(connector), BACK, "state-1", "challenge-1")
    assert url.partition("?")[0] == "https://login.toy.example/oauth/authorize"
    assert dict(parse_qsl(urlsplit(url).query)) == {
        "response_type": "code",
        "client_id": SECRETS["client_id"],
        "scope": "offline_access accounting.read",
        "redirect_uri": BACK,
        "state": "state-1",
        "code_challenge": "challenge-1",
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    assert SECRETS["client_secret"] not in url


def test_an_address_that_has_a_query_already_keeps_it() -> None:
    connector = connector_of(AUTHORIZATION_CODE)
    scope = scope_of(connector, authorize_url="https://login.toy.example/a?api=2")
    query = parse_qs(urlsplit(authorization_url(connector, scope, BACK, "s", "c")).query)
    assert query["api"] == ["2"]
    assert query["state"] == ["s"]


@pytest.mark.parametrize("body", [False, True])
def test_a_code_is_given_for_tokens(body: bool) -> None:
    way = "client_secret: {secret: client_secret}\n  client_authentication: body\n"
    auth = AUTHORIZATION_CODE.replace("client_secret: {secret: client_secret}\n", way)
    _, _, request = exchange(auth if body else AUTHORIZATION_CODE)
    assert (request.method, request.url) == ("POST", TOKEN_URL)
    assert request.label == "POST /oauth/token (authorisation)"
    assert ("Authorization" in request.headers) is not body
    form = dict(parse_qsl((request.body or b"").decode()))
    client = {name: SECRETS[name] for name in ("client_id", "client_secret")} if body else {}
    assert form == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **client,
    }


def test_the_tokens_that_came_are_the_connection_s_first_session() -> None:
    session = read_code_exchange(*exchange(), tokens(refresh_token="refresh-1-token", expires_in=1800))
    assert {name: secret.reveal() for name, secret in session.values.items()} == {
        "access_token": "access-1-token",
        "refresh_token": "refresh-1-token",
    }
    assert session.expires_at is not None
    assert (session.expires_at - NOW).total_seconds() == 1800


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (reply({"error": "invalid_grant"}, 400), CredentialsRejected, "authorise the connection again"),
        (reply({"error": "invalid_client"}, 401), CredentialsRejected, "the login was refused"),
        (tokens(), ConfigurationInvalid, "gives no refresh_token"),
        (tokens(access_token=None), ApiChanged, "holds no access_token"),
        (tokens(token_type="mac", refresh_token="r"), ApiChanged, "token_type 'mac'"),
        (Reply(429, {"retry-after": "9"}, b""), ErpUnavailable, "asks for patience"),
        (reply({}, 500), ErpUnavailable, "status 500"),
        (reply(b"<html>Log in</html>"), ApiChanged, "a web page"),
        (reply(b'{"access_token": "x'), ErpUnavailable, "cut short"),
    ],
)
def test_a_code_that_is_not_given_tokens_for(answer: Reply, error: type[SluiceError], says: str) -> None:
    with pytest.raises(error, match=says):
        read_code_exchange(*exchange(), answer)


@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_no_code_verifier_or_secret_is_told(status: int) -> None:
    connector, scope, request = exchange()
    for text in (CODE, VERIFIER, *SECRETS.values(), request.headers["Authorization"].split()[1]):
        with pytest.raises(SluiceError) as caught:
            read_code_exchange(connector, scope, request, reply({"error": f"came with {text}"}, status))
        told = f"{caught.value} {request!r}"
        told += "".join(str(change.to_json()) for change in getattr(caught.value, "changes", ()))
        assert status == 200 or "came with" in told
        assert text not in told


def test_a_connector_of_another_kind_needs_no_browser() -> None:
    connector = connector_of(CLIENT_CREDENTIALS)
    with pytest.raises(ConfigurationInvalid, match="should be oauth2_authorization_code"):
        authorization_url(connector, scope_of(connector), BACK, "s", "c")
    with pytest.raises(ConfigurationInvalid, match="should be oauth2_authorization_code"):
        plan_code_exchange(connector, scope_of(connector), CODE, BACK, VERIFIER)
