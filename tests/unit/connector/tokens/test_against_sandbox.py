"""The three kinds against a server that is as strict as vendors are, over real requests."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sandbox.tokens.grants import challenge_of
from sluice.connector.authorization import authorization_url, plan_code_exchange, read_code_exchange
from sluice.connector.outcomes import LoggedIn, Outcome, Page, TryAgain
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.values import Scope
from sluice.errors import CredentialsRejected
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import drive, reader
from tests.unit.connector.tokens.kinds import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, SIGNED, connector_of

BACK = "http://127.0.0.1:8400/callback?from=erp"
VERIFIER = "verifier-" + "v" * 43
BODY = "client_secret: {secret: client_secret}\n  client_authentication: body\n"
IN_BODY = CLIENT_CREDENTIALS.replace("client_secret: {secret: client_secret}\n", BODY)

Starter = Callable[..., SandboxServer]


@pytest.fixture
def start() -> Iterator[Starter]:
    running: list[SandboxServer] = []

    def starter(auth: str = AUTHORIZATION_CODE, **options: Any) -> SandboxServer:
        running.append(serve(connector_of(auth), 0, Options(records={"thing": 5}, **options)))
        return running[-1]

    yield starter
    for server in running:
        server.close()


def send(request: Request) -> Reply:
    parts = urlsplit(request.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(request.method, target, request.body, dict(request.headers))
        came = connection.getresponse()
        return Reply(came.status, {name.lower(): text for name, text in came.getheaders()}, came.read())
    finally:
        connection.close()


def reading(server: SandboxServer, **changes: Any) -> StreamReader:
    secrets = {name: Secret(text) for name, text in server.secrets.items()}
    return reader(
        server.sandbox.connector,
        **{"settings": server.settings, "secrets": secrets, "now": real_now, **changes},
    )


def real_now() -> datetime:
    return datetime.now(UTC)


def kinds(outcomes: Iterator[Outcome]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


@pytest.mark.parametrize(
    "auth",
    [
        CLIENT_CREDENTIALS,
        IN_BODY,
        AUTHORIZATION_CODE,
        AUTHORIZATION_CODE + "  rotating: false\n",
        SIGNED,
        SIGNED.replace("ES256", "PS256"),
        SIGNED.replace("ES256", "RS256"),
    ],
    ids=["credentials", "in the body", "rotating", "not rotating", "ES256", "PS256", "RS256"],
)
def test_a_stream_is_read_to_its_end(start: Starter, auth: str) -> None:
    server = start(auth)
    reader = reading(server)
    assert kinds(drive(reader, send)) == [LoggedIn, Page, Page, Page, Page]
    assert reader.records == 5
    assert reader.session is not None
    assert reader.session.expires_at is not None
    assert set(reader.session.values) == {"access_token"} | (
        {"refresh_token"} if auth == AUTHORIZATION_CODE else set()
    )


def test_addresses_that_are_settings_are_those_of_the_sandbox_with_their_paths(start: Starter) -> None:
    server = start()
    assert server.settings["token_url"] == f"{server.url}/oauth/token"
    assert server.settings["authorize_url"] == f"{server.url}/oauth/authorize"
    assert server.settings["base_url"] == f"{server.url}/v1"


@pytest.mark.parametrize(
    ("auth", "wrong"),
    [
        (CLIENT_CREDENTIALS, "client_secret"),
        (CLIENT_CREDENTIALS, "client_id"),
        (IN_BODY, "client_secret"),
        (AUTHORIZATION_CODE, "client_secret"),
        (AUTHORIZATION_CODE, "refresh_token"),
        (SIGNED, "client_id"),
        (SIGNED, "key_id"),
    ],
)
def test_a_wrong_secret_is_refused(start: Starter, auth: str, wrong: str) -> None:
    server = start(auth)
    secrets = {name: Secret(text) for name, text in {**server.secrets, wrong: "of-somebody-else"}.items()}
    with pytest.raises(CredentialsRejected):
        list(drive(reading(server, secrets=secrets), send))


def test_an_access_token_that_ends_is_refreshed_in_mid_run_with_the_next_refresh_token(
    start: Starter,
) -> None:
    server = start()
    reader = reading(server)
    came = []
    for outcome in drive(reader, send):
        came.append(type(outcome))
        if came == [LoggedIn, Page]:
            first = reader.session
            server.sandbox.door.expire_all()
    assert came == [LoggedIn, Page, TryAgain, LoggedIn, Page, Page, Page]
    assert first is not None
    assert reader.session is not None
    assert first.values["refresh_token"] != reader.session.values["refresh_token"]


def test_a_spent_refresh_token_is_refused_and_a_lost_reply_is_not(start: Starter) -> None:
    server = start()
    reader = reading(server)
    for _ in range(2):  # the first reply is lost on its way to us
        request = reader.next_request()
        assert request is not None
        answer = send(request)
    assert reader.receive(answer) == LoggedIn()
    assert reader.session is not None
    ended = reader.session.ended(real_now())
    assert kinds(drive(reading(server, session=ended), send))[0] is LoggedIn
    with pytest.raises(CredentialsRejected, match="sluice connections authorize"):
        list(drive(reading(server), send))


def test_short_lives_of_tokens_are_told_or_not(start: Starter) -> None:
    told = reading(start(mutations=("D24/told=90",)))
    silent = reading(start(mutations=("D24/silent=90",)))
    for reading_on, seconds in ((told, 90), (silent, 86_400)):
        next(drive(reading_on, send))
        assert reading_on.facts["token"] == seconds


def browse(url: str) -> dict[str, str]:
    """Return what the browser comes back with, having been sent to the address."""
    reply = send(Request("GET", url))
    assert reply.status == 302, reply.body
    location = reply.header("location") or ""
    assert location.startswith(BACK)
    return dict(parse_qsl(urlsplit(location).query))


def test_a_connection_is_authorised_in_a_browser_and_read_with_what_came(start: Starter) -> None:
    server = start()
    connector, secrets = server.sandbox.connector, dict(server.secrets)
    del secrets["refresh_token"]
    scope = Scope(server.settings, {name: Secret(text) for name, text in secrets.items()}, real_now())
    came = browse(authorization_url(connector, scope, BACK, "state-1", challenge_of(VERIFIER)))
    assert came["from"] == "erp"
    assert came["state"] == "state-1"
    request = plan_code_exchange(connector, scope, came["code"], BACK, VERIFIER)
    session = read_code_exchange(connector, scope, request, send(request))
    only_refresh = Session({"refresh_token": session.values["refresh_token"]})
    for held, logins in ((session, []), (only_refresh, [LoggedIn])):
        outcomes = drive(reading(server, secrets=scope.secrets, session=held), send)
        assert kinds(outcomes) == [*logins, Page, Page, Page, Page]
    with pytest.raises(CredentialsRejected):
        read_code_exchange(connector, scope, request, send(request))


@pytest.mark.parametrize(("back", "verifier"), [(BACK + "x", VERIFIER), (BACK, VERIFIER + "x")])
def test_a_code_is_good_only_for_who_asked_for_it(start: Starter, back: str, verifier: str) -> None:
    server = start()
    connector = server.sandbox.connector
    secrets = {name: Secret(text) for name, text in server.secrets.items()}
    scope = Scope(server.settings, secrets, real_now())
    came = browse(authorization_url(connector, scope, BACK, "state-1", challenge_of(VERIFIER)))
    request = plan_code_exchange(connector, scope, came["code"], back, verifier)
    with pytest.raises(CredentialsRejected, match="invalid_grant"):
        read_code_exchange(connector, scope, request, send(request))
