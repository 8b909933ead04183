"""The sandbox's authorisation server: as strict as RFC 6749, 7636 and 7523 let a vendor be."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.tokens.grants import Consent, GrantRefused, Grants, challenge_of
from sandbox.tokens.proofs import pem_of
from tests.unit.connector.tokens.kinds import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    SIGNED,
    connector_of,
)
from tests.unit.sandbox.client import Client

ROOT = Path(__file__).parents[3]
FORM_TYPE = "application/x-www-form-urlencoded"
BASIC = "Basic " + base64.b64encode(b"sandbox-client_id:sandbox-client_secret").decode()
CREDENTIALS = {"grant_type": "client_credentials", "scope": "read write", "tenant_id": "t-7"}
HEADERS = {"Content-Type": FORM_TYPE, "Authorization": BASIC, "X-App": "toy"}
REFRESH = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh_token"}
BACK = "http://127.0.0.1:8400/callback"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Starter = Callable[..., Client]


def ask(
    client: Client, form: dict[str, str], headers: dict[str, str] = HEADERS, method: str = "POST"
) -> tuple[int, Any]:
    status, _, body = client.send(method, "/oauth/token", urlencode(form).encode(), headers)
    return status, json.loads(body)


def test_a_token_opens_the_api_until_it_ends(start: Starter) -> None:
    client = start(connector_of(CLIENT_CREDENTIALS), token_ttl=0.2, records={"thing": 3})
    assert client.get("/thing")[0] == 401
    status, given = ask(client, CREDENTIALS)
    assert status == 200
    assert set(given) == {"access_token", "token_type", "expires_in"}
    assert given["token_type"] == "Bearer"
    client.headers = {"Authorization": f"Bearer {given['access_token']}", "X-Tenant": "t-7"}
    assert client.get("/thing")[1]["total"] == 3
    time.sleep(0.25)
    assert client.get("/thing")[0] == 401
    assert client.look()["logins"] == 1


@pytest.mark.parametrize(
    ("form", "headers", "expected"),
    [
        (CREDENTIALS, {**HEADERS, "Authorization": "Basic eDp5"}, (401, "invalid_client")),
        (CREDENTIALS, {"Content-Type": FORM_TYPE, "X-App": "toy"}, (401, "invalid_client")),
        (CREDENTIALS, {**HEADERS, "X-App": "other"}, (401, "invalid_client")),
        (CREDENTIALS, {**HEADERS, "Content-Type": "application/json"}, (400, "invalid_request")),
        ({**CREDENTIALS, "scope": "read"}, HEADERS, (400, "invalid_scope")),
        ({**CREDENTIALS, "tenant_id": "t-8"}, HEADERS, (400, "invalid_request")),
        ({**CREDENTIALS, "more": "1"}, HEADERS, (400, "invalid_request")),
        ({**CREDENTIALS, "grant_type": "password"}, HEADERS, (400, "unsupported_grant_type")),
        ({}, HEADERS, (400, "unsupported_grant_type")),
    ],
)
def test_a_token_request_that_is_not_as_it_should_be(
    start: Starter, form: dict[str, str], headers: dict[str, str], expected: tuple[int, str]
) -> None:
    status, answer = ask(start(connector_of(CLIENT_CREDENTIALS)), form, headers)
    assert (status, answer["error"]) == expected
    assert answer["error_description"]


def test_a_client_says_who_it_is_in_one_way(start: Starter) -> None:
    body = "client_secret: {secret: client_secret}\n  client_authentication: body\n"
    auth = CLIENT_CREDENTIALS.replace("client_secret: {secret: client_secret}\n", body)
    client = start(connector_of(auth))
    form = CREDENTIALS | {name: f"sandbox-{name}" for name in ("client_id", "client_secret")}
    headers = {name: text for name, text in HEADERS.items() if name != "Authorization"}
    assert ask(client, form, headers)[0] == 200
    assert ask(client, form)[1]["error"] == "invalid_client"
    assert ask(client, {**form, "client_secret": "x"}, headers)[1]["error"] == "invalid_client"


def test_the_token_endpoint_answers_nothing_but_its_own_requests(start: Starter) -> None:
    client = start(connector_of(CLIENT_CREDENTIALS))
    assert ask(client, CREDENTIALS, method="PUT")[0] == 404
    assert client.get("/oauth/token")[0] == 404


def test_a_token_request_meets_what_is_ordered_of_logins(start: Starter) -> None:
    client = start(connector_of(CLIENT_CREDENTIALS))
    client.admin("faults", kind="status", status=503, stream="login")
    assert ask(client, CREDENTIALS)[0] == 503
    client.admin("mutate", mutation="D20/login_gone")
    assert ask(client, CREDENTIALS)[0] == 404


def test_a_refresh_rotates_and_is_answered_as_the_kind_says(start: Starter) -> None:
    headers = {"Content-Type": FORM_TYPE, "Authorization": BASIC}
    rotating = ask(start(connector_of(AUTHORIZATION_CODE)), REFRESH, headers)[1]
    assert rotating["refresh_token"] != "sandbox-refresh_token"
    staying = ask(start(connector_of(AUTHORIZATION_CODE + "  rotating: false\n")), REFRESH, headers)[1]
    assert "refresh_token" not in staying
    unknown = {**REFRESH, "refresh_token": "never-given"}
    status, refused = ask(start(connector_of(AUTHORIZATION_CODE)), unknown, headers)
    assert (status, refused["error"]) == (400, "invalid_grant")
    status, refused = ask(start(connector_of(AUTHORIZATION_CODE)), {"grant_type": "refresh_token"}, headers)
    assert (status, refused["error"]) == (400, "invalid_request")


def test_a_refresh_token_is_good_until_its_successor_is_used() -> None:
    grants = Grants(1, "first", rotating=True)
    second, another = grants.by_refresh("first"), grants.by_refresh("first")
    assert second is not None
    assert another is not None
    assert second != another
    third = grants.by_refresh(second)
    with pytest.raises(GrantRefused, match="replaced"):
        grants.by_refresh("first")
    # The other successor was never refused to anybody: it is as good as the one that was used.
    assert grants.by_refresh(another) not in {None, third}


def test_a_refresh_token_is_known_after_the_sandbox_was_started_again() -> None:
    given = Grants(1, "first", rotating=True).by_refresh("first")
    assert given is not None
    assert Grants(1, "first", rotating=True).by_refresh(given) not in {None, given}
    with pytest.raises(GrantRefused, match="not known"):
        Grants(2, "first", rotating=True).by_refresh(given)


def test_a_code_is_good_once_and_for_who_asked_for_it() -> None:
    grants = Grants(1, "", rotating=True)
    verifier = "v" * 43
    asked = Consent(BACK, challenge_of(verifier))
    for redirect, proof, says in ((BACK + "/x", verifier, "redirect_uri"), (BACK, "w" * 43, "code_verifier")):
        with pytest.raises(GrantRefused, match=says):
            grants.by_code(grants.code(asked), redirect, proof)
    code = grants.code(asked)
    assert grants.by_refresh(grants.by_code(code, BACK, verifier)) is not None
    with pytest.raises(GrantRefused, match="used already"):
        grants.by_code(code, BACK, verifier)


def test_a_challenge_is_that_of_the_rfc() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


AUTHORISE = {
    "response_type": "code",
    "client_id": "sandbox-client_id",
    "scope": "offline_access accounting.read",
    "redirect_uri": BACK,
    "state": "s-1",
    "code_challenge": "c",
    "code_challenge_method": "S256",
    "prompt": "consent",
}


def test_a_browser_is_sent_back_at_once(start: Starter) -> None:
    client = start(connector_of(AUTHORIZATION_CODE))
    status, headers, _ = client.send("GET", f"/oauth/authorize?{urlencode(AUTHORISE)}")
    assert status == 302
    assert headers["location"].startswith(f"{BACK}?code=")
    assert dict(parse_qsl(urlsplit(headers["location"]).query))["state"] == "s-1"


def test_a_person_may_say_no(start: Starter) -> None:
    client = start(connector_of(AUTHORIZATION_CODE))
    asked = f"/oauth/authorize?{urlencode(AUTHORISE)}"
    client.admin("consent", agrees=False)
    said = dict(parse_qsl(urlsplit(client.send("GET", asked)[1]["location"]).query))
    assert said == {"error": "access_denied", "error_description": "the person said no", "state": "s-1"}
    client.admin("restore")
    assert "code=" in client.send("GET", asked)[1]["location"]


@pytest.mark.parametrize("name", AUTHORISE)
def test_a_browser_that_comes_with_less_is_not_sent_back(start: Starter, name: str) -> None:
    client = start(connector_of(AUTHORIZATION_CODE))
    less = {key: text for key, text in AUTHORISE.items() if key != name}
    status, _, body = client.send("GET", f"/oauth/authorize?{urlencode(less)}")
    answer = json.loads(body)
    assert (status, answer["error"]) == (400, "invalid_request")
    assert name in answer["error_description"]


def signed(algorithm: str = "ES256", key_id: str = "sandbox-key_id", **claims: Any) -> dict[str, str]:
    now = int(time.time())
    whole = {
        "iss": "sandbox-client_id",
        "scope": ["restlets", "rest_webservices"],
        "aud": "http://127.0.0.1/oauth/token",
        "iat": now,
        "exp": now + 300,
        **claims,
    }
    key = load_pem_private_key(pem_of(algorithm).replace("\\n", "\n").encode(), None)
    text = jwt.encode(whole, key, algorithm, {"kid": key_id})  # type: ignore[arg-type]
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": text,
    }


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (signed, None),
        (lambda: signed(key_id="other"), "kid"),
        (lambda: signed(iss="somebody"), "claims iss"),
        (lambda: signed(scope=["restlets"]), "claims scope"),
        (lambda: signed(aud="http://127.0.0.1/other"), "audience"),
        (lambda: signed(exp=int(time.time()) - 60), "expired"),
        (lambda: signed(exp=int(time.time()) + 7200), "3600 seconds"),
        (lambda: signed("PS256"), "not good"),
        (lambda: {**signed(), "client_assertion": "x.y.z"}, "not good"),
    ],
)
def test_an_assertion_has_to_be_signed_and_to_claim_what_is_so(
    start: Starter, form: Callable[[], dict[str, str]], error: str | None
) -> None:
    status, answer = ask(start(connector_of(SIGNED)), form(), {"Content-Type": FORM_TYPE})
    if error is None:
        assert status == 200
    else:
        assert (status, answer["error"]) == (401, "invalid_client")
        assert error in answer["error_description"]


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_the_private_key_is_the_same_in_every_process(algorithm: str) -> None:
    code = f"from sandbox.tokens.proofs import pem_of; print(pem_of({algorithm!r}))"
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert said == pem_of(algorithm) + "\n"
    assert said.count("\n") == 1


def test_the_secrets_of_a_sandbox_hold_a_key_to_sign_with(start: Starter) -> None:
    client = start(connector_of(SIGNED), secrets={"key_id": "mine"})
    assert client.server.secrets["private_key"] == pem_of("ES256")
    assert client.server.secrets["key_id"] == "mine"
    own = start(connector_of(SIGNED), secrets={"private_key": pem_of("PS256")})
    assert own.server.secrets["private_key"] == pem_of("PS256")
